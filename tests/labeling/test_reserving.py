"""A reservation becomes active or goes back, alone and once."""

from datetime import timedelta

import pytest

from events.models import Event
from labeling.claiming import RESERVATION, Nothing, Wish, activate, claim
from labeling.expiring import expire_assignments
from labeling.models import Assignment, WorkItem
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import reserved, taken
from tests.proof.invariants import check_all

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(minutes=1)


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
