"""A redo is its author's for a time, then anybody's who has no other part in the task."""

from datetime import timedelta

import pytest

from labeling.claiming import Nothing, claim
from labeling.expiring import expire_assignments
from labeling.models import WorkItem
from labeling.returning import release
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import REJECTED, judged, make_reviewer, rejected, submitted, taken

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)


def test_claim_keeps_work_reserved_for_its_author():
    project = make_project(reviews=1)
    make_tasks(project)
    author, other = rejected(project), make_worker(project)

    assert claim(other, at=NOON) is Nothing.EMPTY
    assert taken(author).work_item.round == 2


def test_claim_gives_reserved_work_to_others_when_its_time_is_over():
    project = make_project(reviews=1)
    make_tasks(project)
    rejected(project)
    other = make_worker(project)
    assert claim(other, at=NOON) is Nothing.EMPTY

    assert taken(other, at=NOON + timedelta(hours=24)).work_item.round == 2


@pytest.mark.parametrize("how", ["expired", "released"])
def test_claim_gives_the_author_a_lost_redo_again(how):
    project = make_project(reviews=1)
    make_tasks(project)
    author = rejected(project)
    redo = taken(author)
    release(redo, at=LATER) if how == "released" else expire_assignments(at=LATER)

    assert taken(author, at=LATER) == redo


def test_claim_gives_a_redo_to_nobody_who_holds_another_place_of_the_task():
    project = make_project(places=2, reviews=1)
    make_tasks(project)
    first, second = make_worker(project), make_worker(project)
    submitted(first)
    submitted(second)
    judged(make_reviewer(project), REJECTED)
    WorkItem.objects.filter(round=2).update(reserved_for=second, reserved_until=LATER)

    assert claim(second, at=NOON) is Nothing.EMPTY
