from datetime import timedelta

import pytest

from events.models import Event
from labeling import expiring
from labeling.claiming import RESERVATION
from labeling.expiring import expire_assignments
from labeling.models import Assignment, Draft, WorkItem
from labeling.renewing import heartbeat
from tests.factories import CAT, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import reserved, taken

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)


def test_expire_ends_what_is_over_and_gives_its_place_back():
    project = make_project()
    make_tasks(project)
    assignment = taken(make_worker(project))
    before = WorkItem.objects.select_related("lane").get()
    Draft.objects.create(work_item=before, worker=assignment.worker, revision=1, document=CAT, saved_at=NOON)

    assert expire_assignments(at=NOON + timedelta(minutes=30)) == 1

    assignment.refresh_from_db()
    item = WorkItem.objects.get()
    assert (assignment.status, assignment.ended_at) == ("expired", NOON + timedelta(minutes=30))
    assert (item.places_left, item.open, item.position > before.position) == (1, True, True)
    assert item.lane.version > before.lane.version
    assert Draft.objects.count() == 1
    event = Event.objects.get(verb="assignment_expired")
    assert (event.actor_kind, event.subject_id) == ("site", assignment.public_id)


def test_expire_leaves_what_is_not_over():
    project = make_project()
    make_tasks(project)
    taken(make_worker(project))

    assert expire_assignments(at=NOON + timedelta(minutes=29)) == 0


def test_expire_ends_a_reservation_after_its_short_time():
    project = make_project()
    make_tasks(project)
    ahead = reserved(make_worker(project))

    assert expire_assignments(at=NOON + RESERVATION) == 1
    ahead.refresh_from_db()
    assert ahead.status == "expired"


def test_expire_reads_the_lease_again_under_the_lock():
    project = make_project()
    make_tasks(project)
    assignment = taken(make_worker(project))
    item_ids = expiring.due_items(at=NOON + timedelta(minutes=30))
    heartbeat(assignment, active=True, at=NOON + timedelta(minutes=29))

    assert expiring.expire_chunk(item_ids, at=NOON + timedelta(minutes=30)) == 0


def test_expire_takes_several_chunks_and_several_places_of_an_item(monkeypatch):
    monkeypatch.setattr(expiring, "CHUNK", 2)
    project = make_project(places=2)
    make_tasks(project, 3)
    for _n in range(6):
        taken(make_worker(project))

    assert expire_assignments(at=LATER) == 6

    assert set(Assignment.objects.values_list("status", flat=True)) == {"expired"}
    assert set(WorkItem.objects.values_list("places_left", "open")) == {(2, True)}


def test_expire_chunk_ends_what_is_over_of_its_own_items_alone():
    project = make_project()
    make_tasks(project, 2)
    first, second = [taken(make_worker(project)) for _n in range(2)]

    assert expiring.expire_chunk([second.work_item_id], at=LATER) == 1

    assert list(Assignment.objects.order_by("pk").values_list("pk", "status")) == [
        (first.pk, "active"),
        (second.pk, "expired"),
    ]
