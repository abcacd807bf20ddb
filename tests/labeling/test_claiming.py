from datetime import timedelta

import pytest

from core.errors import BusinessError
from labeling.claiming import Nothing, claim
from labeling.expiring import expire_assignments
from labeling.models import Assignment, Lane, LaneCursor, WorkItem
from labeling.places import bump
from labeling.returning import release
from projects import versions
from projects.models import ProjectVersion
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import new_events, submitted, taken
from workers.models import Worker

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)


def test_claim_hands_out_the_first_task_and_takes_its_place():
    project = make_project(places=2, rate_micros=340_000)
    first, _second = make_tasks(project, 2)
    worker = make_worker(project)

    assignment = taken(worker)

    item = WorkItem.objects.get(pk=assignment.work_item_id)
    assert (item.task, item.places, item.places_left, item.places_done, item.open) == (first, 2, 1, 0, True)
    assert (assignment.status, assignment.rate_micros, assignment.currency) == ("active", 340_000, "USD")
    assert assignment.lease_expires_at == NOON + timedelta(minutes=30)
    assert assignment.version == project.current_version
    assert LaneCursor.objects.get(worker=worker).position == item.position


def test_claim_returns_what_is_in_hand():
    project = make_project()
    make_tasks(project, 2)
    worker = make_worker(project)

    assert taken(worker) == taken(worker, at=LATER)
    assert Assignment.objects.count() == 1


def test_claim_gives_each_worker_another_task():
    project = make_project()
    make_tasks(project, 3)

    items = [taken(make_worker(project)).work_item_id for _n in range(3)]

    assert len(set(items)) == 3
    assert claim(make_worker(project), at=NOON) is Nothing.EMPTY


def test_claim_never_gives_two_places_of_a_task_to_one_worker():
    project = make_project(places=3)
    make_tasks(project)
    worker = make_worker(project)
    submitted(worker)

    assert claim(worker, at=NOON) is Nothing.EMPTY


def test_claim_without_tasks_or_enrollment_is_empty():
    project = make_project()
    make_tasks(project)

    assert claim(make_worker(make_project()), at=NOON) is Nothing.EMPTY
    assert claim(make_worker(), at=NOON) is Nothing.EMPTY


def test_claim_of_a_worker_who_is_gone_is_refused():
    worker = make_worker()
    Worker.objects.filter(pk=worker.pk).delete()
    worker.pk = 4711

    with pytest.raises(BusinessError) as refused:
        claim(worker, at=NOON)

    assert (refused.value.code, refused.value.status) == ("gone", 404)


def test_claim_takes_an_expired_assignment_again():
    project = make_project(rate_micros=5)
    make_tasks(project)
    worker = make_worker(project)
    first = taken(worker)
    expire_assignments(at=LATER)
    ProjectVersion.objects.update(rate_micros=6)
    versions.kept.cache_clear()

    again = taken(worker, at=LATER)

    assert (again, again.rate_micros, again.claimed_at, again.ended_at) == (first, 6, LATER, None)
    assert new_events() == ["assignment_claimed", "assignment_expired", "assignment_reactivated"]


def test_claim_keeps_its_high_water_mark_when_it_starts_from_the_head(monkeypatch):
    project = make_project()
    make_tasks(project, 3)
    worker = make_worker(project)
    first = taken(worker)
    release(first, at=NOON)
    submitted(worker)
    submitted(worker)
    mark = LaneCursor.objects.get(worker=worker).position
    WorkItem.objects.filter(pk=first.work_item_id).update(position=0)
    bump(Lane.objects.values_list("pk", flat=True))

    assert taken(worker) == first
    assert LaneCursor.objects.get(worker=worker).position == mark
