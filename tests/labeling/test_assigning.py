"""What a claim writes besides its assignment: about this worker, this lane and this customer, and nobody else."""

from datetime import datetime, timedelta

import pytest

from labeling.assigning import COVERED, Collided, take_again
from labeling.claiming import Nothing, claim
from labeling.models import Assignment, AssignmentStatus, Lane, LaneCursor, WorkedFor
from labeling.returning import release
from labeling.submitting import submit
from tests.factories import CAT, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import new_key, reserved, submitted, taken

pytestmark = pytest.mark.django_db

NEXT_DAY = NOON + timedelta(days=1)


def noted() -> dict[tuple[int, int], datetime]:
    """Until when each worker was handed something of each customer."""
    return {(one.worker_id, one.organization_id): one.last_at for one in WorkedFor.objects.all()}


def test_work_is_noted_for_its_worker_and_its_customer_alone():
    projects = [make_project(), make_project()]
    people = [make_worker(*projects), make_worker(*projects)]
    for project in projects:
        make_tasks(project, 3)
        for worker in people:
            submitted(worker, project=project)
    before = noted()

    taken(people[0], at=NEXT_DAY, project=projects[0])

    assert len(before) == 4
    assert noted() == before | {(people[0].pk, projects[0].organization_id): NEXT_DAY + COVERED}


def test_work_within_what_is_noted_already_is_not_noted_again():
    project = make_project()
    make_tasks(project)
    worker = make_worker(project)
    reserved(worker)

    taken(worker, at=NOON + timedelta(minutes=1))

    assert set(noted().values()) == {NOON + COVERED}


def test_a_lane_that_is_empty_for_one_worker_is_not_remembered_as_empty_for_another():
    project = make_project(places=2)
    make_tasks(project)
    done, other = make_worker(project), make_worker(project)
    release(taken(other), at=NOON)
    submitted(done)

    assert claim(done, at=NOON) is Nothing.EMPTY

    assert LaneCursor.objects.get(worker=done).empty_version == Lane.objects.get().version
    assert taken(other).work_item.task.project == project


def test_what_was_handed_in_late_meanwhile_is_not_taken_again():
    project = make_project()
    make_tasks(project)
    assignment = taken(make_worker(project))
    release(assignment, at=NOON)
    submit(assignment, response=CAT, key=new_key(), at=NOON)

    with pytest.raises(Collided):
        take_again(assignment.pk, {"status": AssignmentStatus.ACTIVE, "counted": False})

    assert Assignment.objects.values_list("status", "counted").get() == ("submitted", True)
