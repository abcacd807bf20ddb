"""Two contractors, a reviewer who rejects one answer and fixes another, the redo, and the customer's audit."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from django.core.files.storage import default_storage
from django.test.utils import override_settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from config.demo.scenes import SIZE
from delivery import exporting
from events import running
from labeling import expiring
from labeling.claiming import RESERVATION
from labeling.models import Resolution
from projects.models import Project, Task
from quality.models import Audit
from tests.browser.pages.bench import Bench
from tests.browser.pages.people import Windows, make_contractor, make_customer, open_windows
from tests.browser.pages.work import CENT, balance, make_boxes_project, street_pictures, task_of
from tests.browser.site import Site

CAR, PERSON, FORGOTTEN = (100, 120, 200, 150), (500, 300, 160, 240), (800, 500, 210, 90)
AUDITED = (60, 600, 90, 120)
COMMENT = "Rule 1: the person at the kerb has no box."


@pytest.fixture
def windows(browser: Browser, site: Site) -> Iterator[Windows]:
    with override_settings(WORKBENCH_TEST_HOOK=True), open_windows(browser, site) as windows:
        yield windows


@pytest.mark.both_databases
def test_a_rejected_and_a_fixed_answer_end_well(windows: Windows) -> None:
    customer = make_customer()
    project = make_boxes_project(street_pictures(2), customer=customer)
    ann, ben = (make_contractor(name, project) for name in ("K7Q2", "M4T9"))
    reviewer = make_contractor("R3D5", project, reviews=True)
    first, second = Bench(windows.open(ann.user)), Bench(windows.open(ben.user))
    rejected = answer(first)
    fixed = answer(second)

    review = Bench(windows.open(reviewer.user))
    review.start(project.codename, kind="review")
    assert task_of(review.expect_task()) == rejected
    review.reject(what="Something is missing", comment=COMMENT)
    add_what_was_forgotten(review, fixed)

    do_again(first, rejected)
    review.start(project.codename, kind="review")
    assert task_of(review.expect_task()) == rejected
    review.accept()
    review.expect_nothing()

    assert set(Task.objects.values_list("status", flat=True)) == {"completed"}
    found = exported(project, customer)
    assert found[rejected.public_id] == [("Car", CAR), ("Person", PERSON)]
    assert found[fixed.public_id] == [("Car", CAR), ("Car", FORGOTTEN)]
    assert [balance(ann, "final"), balance(ben, "final")] == [34 * CENT, 34 * CENT]
    assert [balance(ann, "provisional"), balance(ben, "provisional")] == [0, 0]
    audit_both(windows.open(customer), project)


def answer(bench: Bench) -> Task:
    bench.start()
    task = task_of(bench.expect_task())
    bench.draw("Car", CAR, SIZE)
    bench.submit_and_stop()
    # What the workbench has reserved ahead lapses by itself.
    expiring.expire_assignments(at=timezone.now() + RESERVATION)
    return task


def add_what_was_forgotten(review: Bench, task: Task) -> None:
    review.start(kind="review")
    assert task_of(review.expect_task()) == task
    review.begin_fix()
    review.draw("Car", FORGOTTEN, SIZE)
    review.hand_in_fix()


def do_again(bench: Bench, task: Task) -> None:
    """The author gets it back with the reason, and their answer to go on from."""
    bench.start()
    assert task_of(bench.expect_task()) == task
    expect(bench.page.get_by_text("Correction", exact=True)).to_be_visible()
    why = bench.page.get_by_role("region", name="Why it came back")
    expect(why).to_contain_text("Rejected: Something is missing")
    expect(why).to_contain_text(COMMENT)
    expect(bench.objects.get_by_role("option")).to_have_count(1)
    bench.draw("Person", PERSON, SIZE)
    bench.submit()


def audit_both(page: Page, project: Project) -> None:
    """The customer accepts one answer and fixes the other, in the same workbench."""
    page.goto(f"/o/basalt/projects/{project.public_id}/audit/")
    page.get_by_role("button", name="Begin the audit").click()
    bench = Bench(page)
    bench.expect_shown()
    bench.stage.focus()
    page.keyboard.press("a")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    bench.expect_shown()
    bench.begin_fix()
    bench.draw("Person", AUDITED, SIZE)
    with page.expect_navigation():
        bench.fix_button().click()
    expect(page.get_by_text("Nothing of this sample is left for you.")).to_be_visible()

    assert sorted(Audit.objects.values_list("verdict", flat=True)) == ["accepted", "fixed"]
    changed = Resolution.objects.get(source="audit", current=True).response["annotations"]
    assert ("Person", AUDITED) in [placed(one) for one in changed]


def exported(project: Project, customer: User) -> dict[str, list[tuple[str, tuple[float, ...]]]]:
    job = exporting.start_export(project, format_code="scale_jsonl", by=customer, at=timezone.now())
    running.run(job.pk)
    job.refresh_from_db()
    with default_storage.open(job.result_key) as file:
        tasks = [orjson.loads(line) for line in file]
    return {task["task_id"]: [placed(one) for one in task["response"]["annotations"]] for task in tasks}


def placed(one: dict[str, Any]) -> tuple[str, tuple[float, ...]]:
    return one["label"], (one["left"], one["top"], one["width"], one["height"])
