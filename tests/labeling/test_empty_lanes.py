"""What a claim remembers of lanes in which it found nothing, and what it finds behind them."""

from datetime import timedelta

import pytest

from labeling import choosing
from labeling.claiming import Nothing, claim, reserve
from labeling.models import Assignment, Lane, LaneCursor, WorkItem
from labeling.returning import release
from projects.creating import create_batch
from projects.models import Batch, EnrollmentRole
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import REJECTED, judged, make_reviewer, submitted, taken

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)


def test_claim_of_an_empty_lane_is_remembered_until_something_opens():
    project = make_project()
    make_tasks(project)
    holder, worker = make_worker(project), make_worker(project)
    assignment = taken(holder)

    assert claim(worker, at=NOON) is Nothing.EMPTY
    lane = Lane.objects.get()
    assert LaneCursor.objects.get(worker=worker).empty_version == lane.version
    release(assignment, at=NOON)

    assert taken(worker).work_item == assignment.work_item


def the_last_of_batches(count: int) -> Batch:
    """The only one of a project's batches with work left: the tasks of those before it are done."""
    project = make_project()
    batches = [create_batch(project, name=f"batch {number}", by=None, at=NOON) for number in range(count)]
    for batch in batches:
        make_tasks(project, batch=batch)
    for _batch in batches[:-1]:
        submitted(make_worker(project))
    return batches[-1]


def test_claim_finds_the_work_behind_many_empty_lanes():
    last = the_last_of_batches(9)

    assert taken(make_worker(last.project)).work_item.task.batch == last


def test_claim_never_says_empty_before_all_lanes_were_looked_at(monkeypatch):
    project = the_last_of_batches(6).project
    monkeypatch.setattr(choosing, "MOST_LANES", 2)
    monkeypatch.setattr(choosing, "FIRST_LANES", 1)
    worker = make_worker(project)

    answers = [claim(worker, at=NOON)]
    while answers[-1] is Nothing.BUSY:
        answers.append(claim(worker, at=NOON))

    assert isinstance(answers.pop(), Assignment)
    assert set(answers) <= {Nothing.BUSY}  # none at all where the first look is lucky


def test_claim_reaches_work_behind_lanes_that_are_kept_for_others(monkeypatch):
    project = make_project()
    batches = [create_batch(project, name=f"batch {number}", by=None, at=NOON) for number in range(5)]
    for batch in batches:
        make_tasks(project, batch=batch)
    kept = WorkItem.objects.exclude(task__batch=batches[-1])
    kept.update(reserved_for=make_worker(project), reserved_until=LATER)
    monkeypatch.setattr(choosing, "MOST_LANES", 2)
    monkeypatch.setattr(choosing, "FIRST_LANES", 1)
    worker = make_worker(project)

    found = next(one for one in (claim(worker, at=NOON) for _n in range(200)) if one is not Nothing.BUSY)

    assert isinstance(found, Assignment)
    assert found.work_item.task.batch == batches[-1]


def test_claim_does_not_remember_a_lane_in_which_own_work_is_the_obstacle():
    """Places of two, one answer sent back and its time for the author over: the second author may take its redo."""
    project = make_project(places=2, reviews=1)
    make_tasks(project)
    first, second = make_worker(project), make_worker(project, role=EnrollmentRole.BOTH)
    submitted(first)
    submitted(make_worker(project))
    reviewer = make_reviewer(project)
    judged(reviewer, REJECTED)
    WorkItem.objects.filter(round=2).update(reserved_until=NOON)
    redo = claim(second, at=NOON, kind="attempt")
    assert isinstance(redo, Assignment)

    assert reserve(second, at=NOON) is Nothing.EMPTY
    release(redo, at=NOON)

    assert isinstance(claim(second, at=NOON, kind="review"), Assignment)
