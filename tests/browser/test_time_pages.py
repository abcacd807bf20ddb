"""A contractor's days in every look, a full one and one of 25 hours; and a correction's whole way."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page

from labeling import timing
from labeling.models import CorrectionStatus, TimeCorrection, WorkDay
from tests.browser.looking import LOOKS, look_at, open_page
from tests.browser.site import Site, sign_in
from tests.browser.world import World
from tests.factories import EnrollmentFactory, make_project
from tests.labeling.test_time_pages import at_work
from workers.models import Worker

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
MS = timedelta(milliseconds=1)
# In Berlin the clocks go back.
CHANGE = datetime(2026, 10, 25, tzinfo=UTC)


@pytest.fixture
def worker(world: World) -> Worker:
    """Yesterday is full and goes on over midnight; on another day the clocks change."""
    worker = world.worker
    Worker.objects.filter(pk=worker.pk).update(day_limit_s=8 * 3600, week_limit_s=40 * 3600)
    worker.user.time_zone = "Europe/Berlin"
    worker.user.save()
    projects = [make_project(organization=world.organization) for _number in range(3)]
    for project in projects:
        EnrollmentFactory.create(worker=worker, project=project)
    begin = yesterday(worker)
    for number in range(24):
        minutes = 20 + number % 3 * 8
        at_work(worker, begin + number * HOUR + 7 * MINUTE, minutes, cut=5 * (number % 2), project=projects[number % 3])
    at_work(worker, begin + 24 * HOUR - 10 * MINUTE, 30, project=projects[0])
    at_work(worker, CHANGE - 30 * MINUTE, 150, project=projects[0])
    WorkDay.objects.create(worker=worker, day=timing.day_of(worker, at=begin), worked_ms=7 * HOUR // MS)
    for number, status in enumerate(CorrectionStatus):
        correction(worker, begin + number * 2 * HOUR + 40 * MINUTE, status)
    return worker


def yesterday(worker: Worker) -> datetime:
    day = timing.day_of(worker, at=timezone.now()) - timedelta(days=1)
    return timing.start_of(day, timing.zone_of(worker))


def correction(worker: Worker, begins_at: datetime, status: str) -> None:
    TimeCorrection.objects.create(
        worker=worker,
        day=timing.day_of(worker, at=begins_at),
        kind="add",
        status=status,
        begins_at=begins_at,
        ends_at=begins_at + 15 * MINUTE,
        note="I read the instructions before I took a task. " * 3,
        answer="Reading is work." if status != "pending" else "",
        created_at=begins_at + HOUR,
        decided_at=None if status == "pending" else begins_at + 2 * HOUR,
    )


def test_days_in_every_look(browser: Browser, site: Site, world: World, worker: Worker) -> None:
    day = timing.day_of(worker, at=yesterday(worker))
    for look in LOOKS:
        with open_page(browser, site.url, look) as page:
            sign_in(page, worker.user)
            look_at(page, [f"/my/time/{day}/", f"/my/time/{CHANGE.date()}/"])
        with open_page(browser, site.url, look) as page:
            sign_in(page, world.site_admin)
            look_at(page, ["/operations/corrections/"])


def test_a_correction_from_the_wish_to_the_answer(page: Page, world: World) -> None:
    sign_in(page, world.worker.user)
    page.goto("/my/time/")
    page.get_by_role("link", name="Day before").click()
    page.get_by_label("From").fill("09:00")
    page.get_by_label("Until").fill("08:00")
    page.get_by_label("Reason").fill("I read the rules.")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("The end comes after the begin.").first.wait_for()
    page.get_by_label("Until").fill("09:30")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="Withdraw 09:00–09:30").wait_for()
    address = page.url

    sign_in(page, world.site_admin)
    page.goto("/operations/corrections/")
    page.get_by_label("Your word to the contractor").fill("Reading is work.")
    page.get_by_role("button", name="Accept").click()
    page.get_by_text("No correction waits.").wait_for()

    sign_in(page, world.worker.user)
    page.goto(address)
    page.get_by_text("Reading is work.").wait_for()
    page.get_by_role("img", name="Added by you: 30 min 0 s").wait_for()
