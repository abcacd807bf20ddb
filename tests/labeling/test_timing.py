"""Time on task, as the server sees it."""

import random
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
from tests.factories import CAT, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import taken

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

    assert worked(assignment) == [timing.IDLE_LIMIT]


def test_signs_of_life_fill_the_time_between():
    assignment = begun()
    for minute in range(1, 20):
        heartbeat(assignment, active=True, at=NOON + minute * MINUTE)
    heartbeat(assignment, active=False, at=NOON + 22 * MINUTE)

    submit(assignment, response=CAT, key="key-00000", at=NOON + 30 * MINUTE)

    assert worked(assignment) == [19 * MINUTE + timing.IDLE_LIMIT]
    assert of_day(assignment.worker) == 19 * MINUTE + timing.IDLE_LIMIT


def test_heartbeats_write_rarely():
    assignment = begun()
    heartbeat(assignment, active=True, at=NOON + timedelta(seconds=24))

    for second in range(25, 44):
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

    assert worked(assignment) == [MINUTE + timing.IDLE_LIMIT]
    assert of_day(assignment.worker) == MINUTE + timing.IDLE_LIMIT


def test_a_day_gains_what_was_worked_on_it_in_the_worker_s_own_time_zone():
    assignment = begun()
    assignment.worker.user.time_zone = "Pacific/Auckland"
    assignment.worker.user.save()

    submit(assignment, response=CAT, key="key-00000", at=NOON + MINUTE)

    assert list(WorkDay.objects.values_list("day", "worked_ms")) == [(date(2026, 11, 24), 60_000)]


def test_four_hours_are_recorded_within_two_per_cent():
    """Tasks of 20 seconds to 12 minutes with a heartbeat every 8 seconds, the next one claimed at once; no breaks."""
    chance = random.Random(4)
    project = make_project()
    make_tasks(project, 200)
    worker = make_worker(project)
    at, end = NOON, NOON + timedelta(hours=4)
    while at < end:
        assignment = claim(worker, at=at)
        assert isinstance(assignment, Assignment)
        done_at = min(at + timedelta(seconds=chance.uniform(20, 720)), end)
        while (at := at + timedelta(seconds=8)) < done_at:
            heartbeat(assignment, active=chance.random() < 0.8, at=at)
        submit(assignment, response=CAT, key=f"key-{assignment.pk:08d}", at=done_at)
        at = done_at + timedelta(seconds=chance.uniform(0.2, 1))

    assert abs(of_day(worker) - timedelta(hours=4)) <= timedelta(hours=4) * 0.02
