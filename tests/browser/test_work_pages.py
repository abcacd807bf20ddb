"""The contractor's and the admin's pages, each in light and dark, wide and on a phone."""

from dataclasses import dataclass, replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page

from accounts.models import User
from labeling import quieting
from labeling.claiming import claim
from labeling.models import Assignment
from labeling.pausing import Order, pause
from labeling.resuming import resume
from labeling.returning import report
from labeling.reviewing import Judgement, review
from labeling.scopes import Scope
from labeling.submitting import submit
from labeling.windows import Weekly
from projects.models import EnrollmentRole, Pause, PausePolicy, PauseReason, PauseScope, Project
from tests.browser.looking import LOOKS, look_at, open_page
from tests.browser.site import Site, sign_in
from tests.browser.world import World
from tests.factories import CAT, EnrollmentFactory, make_project, make_tasks, make_worker

LONG = "The instructions for half-hidden animals are being corrected. " * 3


@dataclass(frozen=True)
class Worked:
    open: Project
    paused: Project
    submission: str


@pytest.fixture
def worked(world: World) -> Worked:
    """The contractor has work in hand, accepted, rejected and in review; one project is paused."""
    project = make_project(
        organization=world.organization, reviews=1, rate_micros=340_000, instruction="## Rules\n\n1. Look."
    )
    paused = make_project(organization=world.organization, name="x" * 200, rate_micros=90_000)
    for one in (project, paused):
        make_tasks(one, 12)
        EnrollmentFactory.create(worker=world.worker, project=one)
    reviewer = make_worker(project, role=EnrollmentRole.REVIEWER)
    first = hand_in(world, 4)
    verdicts = [Judgement("accepted"), Judgement("rejected", None, "wrong_label", "This is a dog.", [{"kind": "task"}])]
    for number, verdict in enumerate(verdicts):
        taken = claim(reviewer, at=timezone.now())
        assert isinstance(taken, Assignment)
        review(taken, verdict, key=f"review-{number}", at=timezone.now())
    broken = claim(world.worker, at=timezone.now(), project_id=project.pk)
    assert isinstance(broken, Assignment)
    report(broken, reason="broken", comment="Only half of the text is there.", at=timezone.now())
    claim(world.worker, at=timezone.now(), project_id=project.pk)
    stop(world.site_admin, paused)
    return Worked(project, paused, first)


def hand_in(world: World, count: int) -> str:
    ids = []
    for number in range(count):
        taken = claim(world.worker, at=timezone.now())
        assert isinstance(taken, Assignment)
        ids.append(submit(taken, response=CAT, key=f"answer-{number}", active_ms=9000, at=timezone.now())["id"])
    return str(ids[0])


def stop(by: User, project: Project) -> None:
    order = Order(PausePolicy.SAVE_ONLY, PauseReason.INSTRUCTIONS, text_for_workers=LONG, text_for_staff="Rule 5.")
    for over in (True, False):
        (one,) = pause([Scope.of(project)], order, by=by, at=timezone.now())
        if over:
            resume(one, by=by, at=timezone.now())
    later = replace(order, starts_at=timezone.now() + timedelta(days=1), warned=timedelta(hours=2), drains=True)
    pause([Scope(PauseScope.COUNTRY, "KE")], later, by=by, at=timezone.now())
    night = Weekly(ZoneInfo("America/Argentina/ComodRivadavia"), frozenset(range(7)), time(22), time(6))
    quieting.start([Scope.of(project)], night, order, by=by, at=timezone.now())


def work_pages(worked: Worked) -> list[str]:
    return [
        "/my/",
        f"/my/projects/{worked.open.codename}/",
        f"/my/projects/{worked.paused.codename}/",
        "/my/wallet/",
        "/my/record/",
        f"/my/record/{worked.submission}/",
        "/my/messages/",
        "/my/work/",
    ]


def operations_pages(worked: Worked) -> list[str]:
    return [
        "/operations/",
        "/operations/projects/",
        "/operations/projects/?q=zebra",
        f"/operations/projects/{worked.open.public_id}/",
        "/operations/customers/",
        "/operations/reports/",
        "/operations/pauses/",
        "/operations/pauses/new/",
        *(f"/operations/pauses/{one.public_id}/" for one in Pause.objects.order_by("pk")[:2]),
        f"/operations/pauses/new/project/{worked.paused.public_id}/",
        "/operations/pauses/new/site/",
        "/operations/events/",
        "/operations/mail/",
    ]


def test_contractors_and_operations_pages(browser: Browser, site: Site, world: World, worked: Worked) -> None:
    """All looks in one test: making the world takes as long as looking at it."""
    for look in LOOKS:
        for person, addresses in (
            (world.worker.user, work_pages(worked)),
            (world.site_admin, operations_pages(worked)),
        ):
            with open_page(browser, site.url, look) as page:
                sign_in(page, person)
                look_at(page, addresses)


def test_an_admin_pauses_and_resumes_a_project(page: Page, world: World, worked: Worked) -> None:
    sign_in(page, world.site_admin)
    page.goto(f"/operations/pauses/new/project/{worked.open.public_id}/")
    page.get_by_role("radio", name="Grace").check()
    page.get_by_role("button", name=f"Pause {worked.open.codename}").click()
    page.get_by_label("Minutes of grace").fill("20")
    page.get_by_label("For workers").fill(f"{world.organization.name} is thinking.")
    page.get_by_role("button", name=f"Pause {worked.open.codename}").click()
    page.get_by_text("This names the customer or the project").first.wait_for()
    page.get_by_label("For workers").fill("Rule 5 is being corrected.")
    page.get_by_role("button", name=f"Pause {worked.open.codename}").click()

    page.get_by_role("heading", name="Pauses", level=1).wait_for()
    page.get_by_role("button", name=f"Resume {worked.open.codename}").click()
    page.get_by_text(f"Open again: {worked.open.codename}.").wait_for()
