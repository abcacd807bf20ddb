"""A contractor's days, and the admin's decisions about them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from labeling.forms import CorrectionForm
from labeling.models import Assignment, TimeCorrection, WorkDay, WorkInterval
from projects.models import Project
from tests.budgets import check_budget
from tests.factories import UserFactory, make_project, make_tasks, make_worker
from workers.models import Worker

pytestmark = pytest.mark.django_db

BACKEND = "accounts.backends.EmailBackend"
MINUTE = timedelta(minutes=1)
WINTER = {"begins": "02:10", "ends": "02:20", "note": "I read.", "kind": "add"}


@pytest.fixture
def worker() -> Worker:
    return make_worker(make_project())


@pytest.fixture
def page(client, worker):
    client.force_login(worker.user, backend=BACKEND)
    return client


@pytest.fixture
def admin(client):
    user = UserFactory.create(is_site_admin=True)
    client.force_login(user, backend=BACKEND)
    return client


def noon(days_ago: int = 1) -> datetime:
    return timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=days_ago)


def at_work(
    worker: Worker, begins_at: datetime, minutes: float, *, cut: float = 0, project: Project | None = None
) -> None:
    """An answer of the worker, handed in, with its interval."""
    project = project or worker.enrollments.get().project
    assert project.current_version is not None
    (task,) = make_tasks(project)
    assignment = Assignment.objects.create(
        worker=worker,
        work_item=task.work_items.get(),
        status="submitted",
        version=project.current_version,
        rate_micros=0,
        currency="EUR",
        lease_expires_at=begins_at,
        claimed_at=begins_at,
        ended_at=begins_at + minutes * MINUTE,
    )
    WorkInterval.objects.create(
        worker=worker,
        assignment=assignment,
        begins_at=begins_at,
        seen_at=begins_at + minutes * MINUTE,
        worked_ms=minutes * 60_000,
        cut_ms=cut * 60_000,
    )


def correction(worker: Worker, *, days_ago: int = 1) -> TimeCorrection:
    return TimeCorrection.objects.create(
        worker=worker,
        day=noon(days_ago).date(),
        kind="add",
        begins_at=noon(days_ago),
        ends_at=noon(days_ago) + 30 * MINUTE,
        note="I read.",
        created_at=timezone.now(),
    )


def test_a_day_shows_projects_silences_and_what_is_left(page, worker):
    Worker.objects.filter(pk=worker.pk).update(day_limit_s=3600)
    at_work(worker, noon(), 12)
    at_work(worker, noon() + 30 * MINUTE, 6, cut=10)
    WorkDay.objects.create(worker=worker, day=noon().date(), worked_ms=18 * 60_000)

    said = page.get(f"/my/time/{noon().date()}/").content.decode()

    assert worker.enrollments.get().project.codename in said
    assert "42 min 0 s left of 1 h 0 min" in said
    assert "12:20" in said  # where the silence begins
    assert "You are paid per task" in said


def test_a_day_over_midnight_shows_its_own_part(page, worker):
    midnight = noon() - timedelta(hours=12)
    at_work(worker, midnight - 20 * MINUTE, 30)

    before = page.get(f"/my/time/{(midnight - MINUTE).date()}/").context["timeline"]
    after = page.get(f"/my/time/{midnight.date()}/").context["timeline"]

    assert (before.total, after.total) == (20 * MINUTE, 10 * MINUTE)


@pytest.mark.parametrize("day", ["tomorrow", "2026-13-01", "20260101", "9999-12-31", "1999-01-01"])
def test_there_is_no_such_day(page, day):
    assert page.get(f"/my/time/{day}/").status_code == 404


def test_a_correction_is_asked_for_and_withdrawn(page, worker):
    address = f"/my/time/{noon().date()}/"
    asked = {"kind": "add", "begins": "09:00", "ends": "09:30", "note": "I read the rules."}

    page.post(address, asked)
    found = TimeCorrection.objects.get()
    assert (found.begins_at, found.ends_at) == (noon() - 180 * MINUTE, noon() - 150 * MINUTE)
    assert "Waits for a decision" in page.get(address).content.decode()

    page.post(f"/my/time/corrections/{found.public_id}/withdraw/")
    found.refresh_from_db()
    assert found.status == "withdrawn"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"ends": "08:00"}, "The end comes after the begin."),
        ({"begins": ""}, "This field is required."),
        ({"note": ""}, "This field is required."),
        ({"kind": "remove"}, "Nothing is recorded there."),
    ],
)
def test_wrong_input_is_said_and_nothing_is_lost(page, wrong, sentence):
    asked = {"kind": "add", "begins": "09:00", "ends": "09:30", "note": "A long story."} | wrong

    response = page.post(f"/my/time/{noon().date()}/", asked)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert asked["note"] in response.content.decode()


def test_midnight_is_the_end_of_the_day(page):
    page.post(f"/my/time/{noon().date()}/", WINTER | {"begins": "23:50", "ends": "00:00"})

    found = TimeCorrection.objects.get()
    assert found.ends_at - found.begins_at == 10 * MINUTE


@pytest.mark.parametrize(
    ("again", "begins_at"),
    [
        ({}, datetime(2026, 10, 25, 0, 10, tzinfo=UTC)),
        ({"begins_again": "on", "ends_again": "on"}, datetime(2026, 10, 25, 1, 10, tzinfo=UTC)),
    ],
)
def test_an_hour_that_happens_twice(again, begins_at):
    form = CorrectionForm(WINTER | again, day=date(2026, 10, 25), zone=ZoneInfo("Europe/Berlin"))

    assert form.is_valid(), form.errors
    assert form.wish().stretch.begins_at == begins_at
    assert form.wish().stretch.length == 10 * MINUTE


def test_an_hour_that_does_not_happen():
    form = CorrectionForm(WINTER, day=date(2026, 3, 29), zone=ZoneInfo("Europe/Berlin"))

    assert form.errors.keys() == {"begins", "ends"}
    assert "the clocks go forward" in str(form.errors)


def test_an_admin_accepts_and_refuses(admin, worker):
    first, second = correction(worker), correction(worker, days_ago=2)
    said = admin.get("/operations/corrections/").content.decode()
    assert said.count("30 min 0 s, by the clock of") == 2

    admin.post(f"/operations/corrections/{first.public_id}/decide/", {"decision": "accept", "answer": "Thank you."})
    refused = admin.post(f"/operations/corrections/{second.public_id}/decide/", {"decision": "refuse"})

    assert refused.status_code == 422
    assert "Say why: the contractor reads it." in refused.content.decode()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.answer, second.status) == ("accepted", "Thank you.", "pending")
    assert WorkDay.objects.get(worker=worker).worked_ms == 30 * 60_000


def test_somebody_else_s_correction_is_not_there(page):
    other = correction(make_worker())

    assert page.post(f"/my/time/corrections/{other.public_id}/withdraw/").status_code == 404


def test_home_says_what_today_has(page, worker):
    Worker.objects.filter(pk=worker.pk).update(day_limit_s=8 * 3600)
    WorkDay.objects.create(worker=worker, day=timezone.now().date(), worked_ms=90 * 60_000)

    said = page.get("/my/").content.decode()

    assert "1 h 30 min" in said
    assert "6 h 30 min left of 8 h 0 min" in said


def test_a_day_needs_as_many_queries_for_many_rows_as_for_few(page, worker):
    at_work(worker, noon(), 5)
    correction(worker)

    def grow() -> None:
        for number in range(1, 4):
            at_work(worker, noon() + number * 40 * MINUTE, 10, cut=5)
            correction(worker)

    check_budget(page, "my-time", f"/my/time/{noon().date()}/", grow)


def test_corrections_need_as_many_queries_for_many_rows_as_for_few(admin, worker):
    correction(worker)

    def grow() -> None:
        for days_ago in (1, 2, 3):
            correction(make_worker(), days_ago=days_ago)

    check_budget(admin, "corrections", "/operations/corrections/", grow)
