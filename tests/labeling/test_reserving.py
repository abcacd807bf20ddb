"""A reservation is short; it becomes active or goes back, alone and once."""

from datetime import timedelta

import pytest

from events.models import Event
from labeling import claiming
from labeling.assigning import COVERED
from labeling.claiming import RESERVATION, Nothing, Wish, activate, claim
from labeling.expiring import expire_assignments
from labeling.models import Assignment, AssignmentStatus, WorkedFor, WorkItem
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import new_events, reserved, taken
from tests.labeling.stops import put_on_hold, stop
from tests.proof.invariants import check_all

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(minutes=1)


def test_reserve_holds_the_next_task_for_a_short_time():
    project = make_project()
    make_tasks(project, 2)
    worker = make_worker(project)
    active = taken(worker)

    ahead = reserved(worker)

    assert ahead == reserved(worker)
    assert (ahead.status, ahead.lease_expires_at) == ("reserved", NOON + claiming.RESERVATION)
    assert ahead.work_item != active.work_item
    assert new_events() == ["assignment_claimed", "assignment_reserved"]


def test_claim_activates_what_is_reserved():
    project = make_project()
    make_tasks(project, 2)
    worker = make_worker(project)
    ahead = reserved(worker)

    assignment = taken(worker, at=NOON + timedelta(minutes=1))

    assert (assignment, assignment.status) == (ahead, AssignmentStatus.ACTIVE)
    assert assignment.lease_expires_at == NOON + timedelta(minutes=31)
    assert new_events() == ["assignment_reserved", "assignment_claimed"]


def test_a_reservation_that_nobody_ended_counts_for_walls_from_when_it_is_taken_up():
    project = make_project()
    make_tasks(project)
    worker = make_worker(project)
    reserved(worker)
    next_day = NOON + timedelta(days=1)

    taken(worker, at=next_day)

    assert WorkedFor.objects.get().last_at == next_day + COVERED


@pytest.mark.parametrize("why", ["pause", "hold", "wish"])
def test_claim_gives_a_reservation_back_that_may_not_become_active(why):
    project, other = make_project(places=2), make_project()
    make_tasks(project)
    worker = make_worker(project, other)
    ahead = reserved(worker)
    if why == "pause":
        stop(project)
    elif why == "hold":
        put_on_hold(worker, project)

    found = claim(worker, at=NOON, project_id=other.pk if why == "wish" else None)

    assert found is Nothing.EMPTY
    ahead.refresh_from_db()
    assert (ahead.status, ahead.ended_at) == (AssignmentStatus.RELEASED, NOON)
    assert WorkItem.objects.get().places_left == 2
    assert new_events() == ["assignment_reserved", "assignment_released"]


@pytest.mark.parametrize("wish", ["any", "another project"])
def test_a_claim_leaves_what_is_reserved_for_others(wish):
    project, empty = make_project(), make_project()
    make_tasks(project, 2)
    worker, other = make_worker(project), make_worker(project)
    reserved(worker)
    ahead = reserved(other)

    if wish == "any":
        taken(worker, at=LATER)
    else:
        assert claim(worker, at=LATER, project_id=empty.pk) is Nothing.EMPTY

    ahead.refresh_from_db()
    assert (ahead.status, ahead.claimed_at, ahead.ended_at) == ("reserved", NOON, None)
    assert ahead.lease_expires_at == NOON + RESERVATION
    check_all()


def test_a_reservation_that_ended_meanwhile_does_not_become_active():
    project = make_project()
    make_tasks(project)
    ahead = reserved(make_worker(project))
    expire_assignments(at=NOON + RESERVATION)

    assert activate(ahead.pk, Wish(), at=NOON + RESERVATION) is None

    assert Assignment.objects.get().status == "expired"
    assert WorkItem.objects.get().places_left == 1
    assert not Event.objects.filter(verb="assignment_claimed").exists()
    check_all()
