"""No work is lost: sessions that end, connections that break, tabs that die, leases that run out."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test.utils import override_settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as PlaywrightError

from config.demo.scenes import SIZE
from labeling import expiring
from labeling.models import Assignment, Draft, Submission
from projects.models import Project
from tests.browser.pages.bench import Bench
from tests.browser.pages.people import Windows, make_contractor, open_windows
from tests.browser.pages.waiting import until
from tests.browser.pages.work import make_boxes_project, street_pictures
from tests.browser.site import Site
from tests.factories import PASSWORD
from workers.models import Worker

FIRST, SECOND = (100, 120, 200, 150), (500, 300, 160, 240)
BROKEN = ("net::ERR_", "Failed to load resource")


@pytest.fixture
def windows(browser: Browser, site: Site) -> Iterator[Windows]:
    with override_settings(WORKBENCH_TEST_HOOK=True), open_windows(browser, site) as windows:
        yield windows


@pytest.fixture
def project(site: Site) -> Project:
    return make_boxes_project(street_pictures(1))


@pytest.fixture
def worker(project: Project) -> Worker:
    return make_contractor("K7Q2", project)


def begin(page: Page) -> Bench:
    """A first box, saved."""
    bench = Bench(page)
    bench.start()
    bench.expect_task()
    bench.draw("Car", FIRST, SIZE)
    until(lambda: len(boxes()) == 1, what="the first box is saved")
    return bench


def boxes() -> list[dict[str, object]]:
    """The server's draft."""
    draft = Draft.objects.first()
    return list(draft.document["annotations"]) if draft else []


def test_a_session_that_ends_is_begun_again_in_place(windows: Windows, worker: Worker) -> None:
    bench = begin(windows.open(worker.user))
    page = bench.page
    before = Draft.objects.get().revision
    Session.objects.all().delete()
    bench.draw("Person", SECOND, SIZE)

    dialog = page.get_by_role("dialog", name="Sign in again to go on")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Email").fill(worker.user.email)
    dialog.get_by_label("Password").fill("not the password")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog.get_by_text("do not belong together")).to_be_visible()
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()

    expect(dialog).to_be_hidden()
    bench.expect_saved()
    until(lambda: len(boxes()) == 2, what="the second box is saved")
    assert Draft.objects.get().revision == before + 1
    bench.submit()
    assert len(Submission.objects.get().response["annotations"]) == 2


def test_two_tabs_are_put_side_by_side(windows: Windows, worker: Worker) -> None:
    first = begin(windows.open(worker.user))
    other = Bench(first.page.context.new_page())
    other.start()
    other.expect_task()
    expect(other.objects.get_by_role("option")).to_have_count(1)
    first.draw("Person", SECOND, SIZE)
    until(lambda: len(boxes()) == 2, what="the first tab's change is saved")
    other.draw("Car", (20, 20, 60, 60), SIZE)

    dialog = other.page.get_by_role("dialog", name="Two drafts of this task")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Keep what is here").click()

    other.expect_saved()
    until(lambda: {box["left"] for box in boxes()} == {100, 20}, what="what was kept is saved")


def test_offline_is_said_and_what_is_done_meanwhile_is_sent(windows: Windows, worker: Worker) -> None:
    bench = begin(windows.open(worker.user))
    windows.expected = BROKEN
    bench.page.context.set_offline(True)
    bench.draw("Person", SECOND, SIZE)
    bench.expect_saved("Kept on this computer")
    expect(bench.banner()).to_contain_text("No connection since")
    assert len(boxes()) == 1

    bench.page.context.set_offline(False)

    bench.expect_saved()
    expect(bench.banner()).to_be_hidden()
    assert len(boxes()) == 2


@pytest.mark.both_databases
def test_a_draft_outlives_a_killed_tab(windows: Windows, worker: Worker) -> None:
    bench = begin(windows.open(worker.user))
    context = bench.page.context
    windows.expected = BROKEN
    bench.page.route("**/draft", lambda route: route.abort())
    bench.draw("Person", SECOND, SIZE)
    bench.expect_saved("Kept on this computer")
    with pytest.raises(PlaywrightError):
        bench.page.goto("chrome://crash")
    assert len(boxes()) == 1

    again = Bench(context.new_page())
    again.start()
    again.expect_task()

    expect(again.objects.get_by_role("option")).to_have_count(2)
    until(lambda: len(boxes()) == 2, what="what the dead tab kept is saved")


def test_a_lease_that_is_over_says_so_and_may_still_be_used(windows: Windows, worker: Worker) -> None:
    bench = begin(windows.open(worker.user))
    over = timezone.now() - timedelta(minutes=1)
    Assignment.objects.update(lease_expires_at=over)
    expiring.expire_assignments(at=timezone.now())

    expect(bench.banner()).to_contain_text("Your lease ended at")
    bench.draw("Person", SECOND, SIZE)
    until(lambda: len(boxes()) == 2, what="a draft is taken after the lease")
    receipt = bench.submit()

    assert receipt["counted"]
    assert len(Submission.objects.get().response["annotations"]) == 2
