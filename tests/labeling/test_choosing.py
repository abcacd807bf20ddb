"""Which of the lanes that are open to a worker is the first."""

from datetime import timedelta

import pytest

from labeling import choosing
from labeling.claiming import claim
from labeling.lanes import close_idle_lanes
from labeling.models import Assignment, WorkItem
from labeling.returning import skip
from projects.creating import create_batch
from projects.models import Batch, EnrollmentRole, Project
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import REJECTED, judged, make_reviewer, submitted, taken

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)


def test_claim_prefers_returned_work_then_reviews_then_batch_order_then_priority():
    project = make_project(reviews=1)
    (reviewable,) = make_tasks(project)
    submitted(make_worker(project))
    later = create_batch(project, name="later", by=None, at=NOON)
    sooner = create_batch(project, name="sooner", by=None, at=NOON)
    Batch.objects.filter(pk=sooner.pk).update(order_key=-1)
    (last,) = make_tasks(project, batch=later)
    (second,) = make_tasks(project, batch=sooner, priority=20)
    (first,) = make_tasks(project, batch=sooner, priority=30)
    (returned,) = make_tasks(project, batch=later)
    worker = make_worker(project, role=EnrollmentRole.BOTH)
    WorkItem.objects.filter(task=returned).update(reserved_for=worker, reserved_until=LATER)

    got = []
    for _n in range(5):
        assignment = taken(worker)
        got.append(assignment.work_item.task)
        skip(assignment, reason="other", at=NOON) if len(got) < 5 else None

    assert got == [returned, reviewable, first, second, last]


@pytest.mark.parametrize(("role", "kind"), [(EnrollmentRole.WORKER, "attempt"), (EnrollmentRole.REVIEWER, "review")])
def test_claim_follows_the_role(role, kind):
    project = make_project(reviews=1)
    make_tasks(project, 2)
    submitted(make_worker(project))

    assert taken(make_worker(project, role=role)).work_item.kind == kind


def test_claim_follows_the_wish_for_project_and_kind():
    first, second = make_project(reviews=1), make_project(reviews=1)
    for project in (first, second):
        make_tasks(project, 2)
        submitted(make_worker(project))
    worker = make_worker(first, second, role=EnrollmentRole.BOTH)

    assignment = claim(worker, at=NOON, project_id=second.pk, kind="attempt")

    assert isinstance(assignment, Assignment)
    assert (assignment.work_item.task.project, assignment.work_item.kind) == (second, "attempt")


def two_batches(project: Project) -> tuple[Batch, Batch]:
    """In the order in which their work is handed out."""
    first, second = (create_batch(project, name=name, by=None, at=NOON) for name in ("first", "second"))
    return first, second


def test_a_redo_that_was_handed_in_puts_its_lane_before_no_other():
    project = make_project(reviews=1)
    first, second = two_batches(project)
    make_tasks(project, batch=second)
    author = make_worker(project)
    submitted(author)
    judged(make_reviewer(project), REJECTED)
    submitted(author)
    for batch in (first, second):
        make_tasks(project, batch=batch)

    assert taken(author).work_item.task.batch == first


def test_closed_lanes_are_none_of_the_few_that_a_claim_looks_into(monkeypatch):
    project = make_project()
    first, second = two_batches(project)
    for batch in (first, second):
        make_tasks(project, batch=batch)
    submitted(make_worker(project))
    close_idle_lanes()
    monkeypatch.setattr(choosing, "MOST_LANES", 1)
    monkeypatch.setattr(choosing, "FIRST_LANES", 1)

    assert taken(make_worker(project)).work_item.task.batch == second
