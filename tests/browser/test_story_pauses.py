"""A pause in the middle of a task, by each policy, from the admin's form to the contractor's screen and back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test.utils import override_settings
from playwright.sync_api import Browser, expect

from config.demo.scenes import SIZE
from events.models import Notice
from labeling.models import Draft, Submission
from projects.models import Project
from tests.browser.pages.background import background
from tests.browser.pages.bench import Bench
from tests.browser.pages.pauses import pause_project, resume_project
from tests.browser.pages.people import Windows, make_contractor, open_windows
from tests.browser.pages.waiting import until
from tests.browser.pages.work import CENT, balance, make_boxes_project, street_pictures
from tests.browser.site import Site
from tests.factories import UserFactory
from workers.models import Worker

FIRST, SECOND = (100, 120, 200, 150), (500, 300, 160, 240)
TEXT = "Rule 5 is being corrected."
# How long after a pause at most its banner has to be there.
TOLD_MS = 10_000


@pytest.fixture
def windows(browser: Browser, site: Site, tmp_path: Path) -> Iterator[Windows]:
    with override_settings(WORKBENCH_TEST_HOOK=True), background(tmp_path), open_windows(browser, site) as windows:
        yield windows


@pytest.fixture
def project(site: Site) -> Project:
    return make_boxes_project(street_pictures(2))


@pytest.fixture
def worker(project: Project) -> Worker:
    return make_contractor("K7Q2", project)


BOTH = pytest.param("recall", marks=pytest.mark.both_databases)


@pytest.mark.parametrize("policy", ["finish", "grace", "save_only", BOTH])
def test_a_pause_in_the_middle(windows: Windows, project: Project, worker: Worker, policy: str) -> None:
    bench = Bench(windows.open(worker.user))
    bench.start(project.codename)
    bench.expect_task()
    bench.draw("Car", FIRST, SIZE)
    admin = windows.open(UserFactory.create(name="Ada Mensah", is_site_admin=True))

    pause_project(admin, project, policy, text=TEXT)

    expect(bench.banner().filter(has_text=TEXT)).to_be_visible(timeout=TOLD_MS)
    nothing_is_handed_out(windows, project)
    assert Notice.objects.filter(user=worker.user).count() == 1
    bench.draw("Person", SECOND, SIZE)
    until(lambda: len(Draft.objects.get().document["annotations"]) == 2, what="the draft is taken during the pause")
    if policy in {"finish", "grace"}:
        bench.submit()
        resume_project(admin, project)
    else:
        refuses_to_submit(bench)
        resume_project(admin, project)
        goes_on(bench, project, was_recalled=policy == "recall")

    assert len(Submission.objects.get().response["annotations"]) == 2
    assert balance(worker, "provisional") == 34 * CENT
    bench.start(project.codename)
    bench.expect_task()


def nothing_is_handed_out(windows: Windows, project: Project) -> None:
    other = Bench(windows.open(make_contractor("M4T9", project).user))
    other.start(project.codename)
    other.expect_nothing()
    expect(other.page.get_by_text(TEXT)).to_be_visible()


def refuses_to_submit(bench: Bench) -> None:
    button = bench.page.get_by_role("button", name=re.compile("Submit and next"))
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    assert not Submission.objects.exists()


def goes_on(bench: Bench, project: Project, *, was_recalled: bool) -> None:
    """Recalled work is its holder's first, with the draft."""
    if was_recalled:
        bench.start(project.codename)
        bench.expect_task()
    expect(bench.banner().filter(has_text=TEXT)).to_be_hidden(timeout=TOLD_MS)
    expect(bench.objects.get_by_role("option")).to_have_count(2)
    bench.submit()
