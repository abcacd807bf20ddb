import pytest

from labeling import choosing
from labeling.lanes import close_idle_lanes
from projects.creating import create_batch
from projects.models import Batch, Project
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import REJECTED, judged, make_reviewer, submitted, taken

pytestmark = pytest.mark.django_db


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
