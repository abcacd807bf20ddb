"""Time on task, as the server sees it."""

from datetime import date, timedelta

import pytest

from labeling import timing
from labeling.claiming import claim
from labeling.drafting import save_draft
from labeling.expiring import expire_assignments
from labeling.models import Assignment, WorkDay, WorkInterval
from labeling.renewing import heartbeat
from labeling.returning import release
from labeling.submitting import submit
from tests.factories import CAT, NOON, EnrollmentFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import reserved, taken

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def worked(assignment: Assignment) -> list[timedelta]:
    found = WorkInterval.objects.filter(assignment=assignment).order_by("begins_at")
    return [timedelta(milliseconds=ms) for ms in found.values_list("worked_ms", flat=True)]


def of_day(worker) -> timedelta:
    return timedelta(milliseconds=sum(WorkDay.objects.filter(worker=worker).values_list("worked_ms", flat=True)))


def begun(**terms) -> Assignment:
    project = make_project(**terms)
    make_tasks(project, 3)
    return taken(make_worker(project))


def test_a_short_task_is_recorded_from_request_to_submit():
    assignment = begun()

    submit(assignment, response=CAT, key="key-00000", at=NOON + timedelta(seconds=41))

    assert worked(assignment) == [timedelta(seconds=41)]
    assert of_day(assignment.worker) == timedelta(seconds=41)


def test_a_long_silence_is_recorded_as_the_idle_limit():
    assignment = begun()

    submit(assignment, response=CAT, key="key-00000", at=NOON + 20 * MINUTE)

    assert worked(assignment) == [timing.IDLE_LIMIT, timedelta()]


def test_signs_of_life_fill_the_time_between():
    assignment = begun()
    for minute in range(1, 20):
        heartbeat(assignment, active=True, at=NOON + minute * MINUTE)
    heartbeat(assignment, active=False, at=NOON + 22 * MINUTE)

    submit(assignment, response=CAT, key="key-00000", at=NOON + 30 * MINUTE)

    assert worked(assignment) == [19 * MINUTE + timing.IDLE_LIMIT, timedelta()]
    assert of_day(assignment.worker) == 19 * MINUTE + timing.IDLE_LIMIT


def test_heartbeats_write_rarely():
    assignment = begun()
    heartbeat(assignment, active=True, at=NOON + timedelta(seconds=24))

    for second in range(25, 39):
        heartbeat(assignment, active=True, at=NOON + timedelta(seconds=second))

    assert worked(assignment) == [timedelta(seconds=24)]


def test_a_draft_is_a_sign_too():
    assignment = begun()
    save_draft(assignment, revision=0, document=CAT, at=NOON + 2 * MINUTE)

    release(assignment, at=NOON + 4 * MINUTE)

    assert worked(assignment) == [4 * MINUTE]


def test_an_assignment_that_is_taken_again_has_a_stint_of_its_own():
    assignment = begun(places=2)
    heartbeat(assignment, active=True, at=NOON + MINUTE)
    expire_assignments(at=NOON + 60 * MINUTE)
    again = claim(assignment.worker, at=NOON + 61 * MINUTE)
    while isinstance(again, Assignment) and again.pk != assignment.pk:
        submit(again, response=CAT, key=f"key-{again.pk:08d}", at=NOON + 61 * MINUTE)
        again = claim(assignment.worker, at=NOON + 61 * MINUTE)
    assert isinstance(again, Assignment)

    submit(again, response=CAT, key="key-00000", at=NOON + 63 * MINUTE)

    assert worked(assignment) == [MINUTE, 2 * MINUTE]
    assert of_day(assignment.worker) == 3 * MINUTE


def test_late_work_is_recorded_too_and_nothing_twice():
    assignment = begun()
    heartbeat(assignment, active=True, at=NOON + MINUTE)
    expire_assignments(at=NOON + 60 * MINUTE)

    submit(assignment, response=CAT, key="key-00000", at=NOON + 62 * MINUTE)

    assert worked(assignment) == [MINUTE + timing.IDLE_LIMIT, timedelta()]
    assert of_day(assignment.worker) == MINUTE + timing.IDLE_LIMIT


def test_a_day_gains_what_was_worked_on_it_in_the_worker_s_own_time_zone():
    assignment = begun()
    assignment.worker.user.time_zone = "Pacific/Auckland"
    assignment.worker.user.save()

    submit(assignment, response=CAT, key="key-00000", at=NOON + MINUTE)

    assert list(WorkDay.objects.values_list("day", "worked_ms")) == [(date(2026, 11, 24), 60_000)]


def test_a_silence_lies_between_two_intervals():
    assignment = begun()
    heartbeat(assignment, active=True, at=NOON + MINUTE)

    submit(assignment, response=CAT, key="key-00000", at=NOON + 20 * MINUTE)

    found = WorkInterval.objects.order_by("begins_at").values_list("begins_at", "seen_at", "cut_ms")
    assert list(found) == [
        (NOON, NOON + 4 * MINUTE, 0),
        (NOON + 20 * MINUTE, NOON + 20 * MINUTE, 16 * 60_000),
    ]


def test_a_day_ends_at_midnight():
    assignment = begun()
    assignment.worker.user.time_zone = "Asia/Kathmandu"  # noon in UTC is 17:45 there
    assignment.worker.user.save()
    midnight = NOON + timedelta(hours=6, minutes=15)
    Assignment.objects.update(claimed_at=midnight - MINUTE)
    assignment.refresh_from_db()

    submit(assignment, response=CAT, key="key-00000", at=midnight + timedelta(seconds=90))

    days = WorkDay.objects.order_by("day").values_list("day", "worked_ms")
    assert list(days) == [(date(2026, 11, 23), 60_000), (date(2026, 11, 24), 90_000)]


def test_a_silence_over_midnight_is_the_evening_s():
    assignment = begun()
    midnight = NOON + timedelta(hours=12)
    Assignment.objects.update(claimed_at=midnight - 5 * MINUTE)
    assignment.refresh_from_db()

    submit(assignment, response=CAT, key="key-00000", at=midnight + 30 * MINUTE)

    assert list(WorkDay.objects.values_list("day", "worked_ms")) == [(NOON.date(), 180_000)]


def test_late_work_is_not_recorded_while_something_else_was_in_hand():
    first = begun(lease_s=60)
    heartbeat(first, active=True, at=NOON + timedelta(seconds=40))
    expire_assignments(at=NOON + 2 * MINUTE)
    make_tasks(project := make_project(), 1)
    EnrollmentFactory.create(worker=first.worker, project=project)
    second = taken(first.worker, at=NOON + 2 * MINUTE, project=project)
    submit(second, response=CAT, key="key-00001", at=NOON + 3 * MINUTE)

    submit(first, response=CAT, key="key-00000", at=NOON + 4 * MINUTE)

    assert worked(first) == [2 * MINUTE, timedelta()]
    assert of_day(first.worker) == 3 * MINUTE


def test_late_work_is_recorded_while_others_are_at_work():
    first = begun(lease_s=60)
    heartbeat(first, active=True, at=NOON + timedelta(seconds=40))
    expire_assignments(at=NOON + 2 * MINUTE)
    make_tasks(project := make_project())
    other = taken(make_worker(project), at=NOON + 2 * MINUTE)
    heartbeat(other, active=True, at=NOON + 3 * MINUTE)

    submit(first, response=CAT, key="key-00000", at=NOON + 10 * MINUTE)

    assert worked(first) == [timedelta(seconds=40) + timing.IDLE_LIMIT, timedelta()]


def test_late_work_is_recorded_after_other_work_of_the_same_day():
    make_tasks(project := make_project(lease_s=60), 2)
    earlier = taken(make_worker(project))
    submit(earlier, response=CAT, key="key-00000", at=NOON + MINUTE)
    later = taken(earlier.worker, at=NOON + 2 * MINUTE)
    expire_assignments(at=NOON + 3 * MINUTE)

    submit(later, response=CAT, key="key-00001", at=NOON + 4 * MINUTE)

    assert worked(later) == [2 * MINUTE]


def test_late_work_goes_on_from_its_own_last_sign():
    assignment = begun(lease_s=60)
    heartbeat(assignment, active=True, at=NOON + 20 * MINUTE)
    expire_assignments(at=NOON + 21 * MINUTE)
    assert not Assignment.objects.active().exists()

    submit(assignment, response=CAT, key="key-00000", at=NOON + 22 * MINUTE)

    assert worked(assignment) == [timing.IDLE_LIMIT, 2 * MINUTE]


def test_late_work_is_not_recorded_while_something_asked_for_just_before_its_end_is_in_hand():
    first = begun()
    make_tasks(project := make_project())
    EnrollmentFactory.create(worker=first.worker, project=project)
    release(first, at=NOON + 2 * MINUTE)
    taken(first.worker, at=NOON + 2 * MINUTE - timedelta(seconds=1), project=project)

    submit(first, response=CAT, key="key-00000", at=NOON + 4 * MINUTE)

    assert worked(first) == [2 * MINUTE, timedelta()]
    assert of_day(first.worker) == 2 * MINUTE


def test_what_was_only_reserved_takes_no_time_while_something_else_is_in_hand():
    in_hand = begun()
    ahead = reserved(in_hand.worker, at=NOON + MINUTE)
    release(ahead, at=NOON + 2 * MINUTE)

    submit(ahead, response=CAT, key="key-00000", at=NOON + 3 * MINUTE)

    assert worked(ahead) == [timedelta(), timedelta()]
    assert of_day(in_hand.worker) == timedelta()
