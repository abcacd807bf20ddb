"""A task's answer is made of the answers that count for this task."""

from datetime import timedelta

import pytest

from labeling.amending import amend
from labeling.expiring import expire_assignments
from labeling.models import Resolution, StageKind, WorkItem
from labeling.submitting import submit
from task_types import registry
from tests.factories import CAT, DOG, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import new_key, submitted, taken

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)


def test_an_answer_that_came_too_late_to_count_is_not_reviewed():
    project = make_project(places=2, reviews=1)
    make_tasks(project)
    late = taken(make_worker(project))
    expire_assignments(at=LATER)
    on_time = [taken(make_worker(project), at=LATER) for _n in range(2)]

    counted = [submit(one, response=CAT, key=new_key(), at=LATER)["counted"] for one in (late, *on_time)]

    assert counted == [False, True, True]
    reviewed = WorkItem.objects.filter(kind=StageKind.REVIEW).values_list("subject__author", flat=True)
    assert sorted(reviewed) == sorted(one.worker_id for one in on_time)


def test_answers_are_merged_with_others_to_the_same_task_only():
    project = make_project(places=2)
    make_tasks(project, 3)
    workers = [make_worker(project) for _n in range(2)]

    for answer in (CAT, CAT, DOG):
        for worker in workers:
            submitted(worker, answer)

    answers = Resolution.objects.filter(current=True).order_by("task").values_list("response", flat=True)
    assert list(answers) == [CAT, CAT, DOG]


def test_answers_are_merged_as_their_authors_corrected_them_last():
    project = make_project(places=3)
    make_tasks(project)
    first = submitted(make_worker(project), DOG)
    amend(first, response=DOG, key=new_key(), at=NOON)
    amend(first, response=CAT, key=new_key(), at=NOON)
    submitted(make_worker(project), DOG)

    submitted(make_worker(project), CAT)

    assert Resolution.objects.get().response == CAT


def test_an_answer_that_does_not_count_is_not_merged():
    project = make_project(places=2)
    make_tasks(project)
    late = taken(make_worker(project))
    expire_assignments(at=LATER)
    on_time = [taken(make_worker(project), at=LATER) for _n in range(2)]

    submit(late, response=DOG, key=new_key(), at=LATER)
    submit(on_time[0], response=CAT, key=new_key(), at=LATER)
    assert not Resolution.objects.exists()
    submit(on_time[1], response=CAT, key=new_key(), at=LATER)

    assert Resolution.objects.get().response == CAT


@pytest.mark.parametrize("late", [CAT, DOG])
def test_an_answer_that_came_too_late_to_count_is_not_merged(late):
    project = make_project(places=2)
    make_tasks(project)
    slow = taken(make_worker(project))
    expire_assignments(at=LATER)
    submitted(make_worker(project), CAT, at=LATER)
    last = taken(make_worker(project), at=LATER)
    submit(slow, response=late, key=new_key(), at=LATER)

    submit(last, response=DOG, key=new_key(), at=LATER)

    merged, _likeness = registry.get(project.type).merge([CAT, DOG])
    assert Resolution.objects.get(current=True).response == merged
