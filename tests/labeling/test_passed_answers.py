"""What decides one task is of this task: its answers, its places, the verdicts of its last review."""

import pytest

from core.errors import StaleState
from labeling.amending import amend
from labeling.models import Assignment, Resolution
from labeling.reviewing import review
from projects.models import Task, TaskStatus
from tests.factories import CAT, DOG, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import ACCEPTED, judged, make_reviewer, new_key, submitted, taken

pytestmark = pytest.mark.django_db


def statuses() -> list[str]:
    return list(Task.objects.order_by("pk").values_list("status", flat=True))


def versions(task: Task) -> list[tuple[int, bool, dict[str, str]]]:
    """Each version of the task's answer: its number, whether it is the current one, and what it says."""
    found = Resolution.objects.filter(task=task).order_by("number")
    return list(found.values_list("number", "current", "response"))


def test_each_reviewed_task_is_completed_by_its_own_answer():
    project = make_project(reviews=1)
    first, second = make_tasks(project, 2)
    author, reviewer = make_worker(project), make_reviewer(project)
    submitted(author, CAT)
    submitted(author, DOG)

    judged(reviewer)
    assert statuses() == ["completed", "pending"]
    judged(reviewer)

    assert statuses() == ["completed", "completed"]
    assert [versions(one) for one in (first, second)] == [[(0, True, CAT)], [(0, True, DOG)]]
    assert set(Resolution.objects.values_list("source", flat=True)) == {"review"}


def test_a_verdict_of_an_earlier_review_passes_no_answer():
    project = make_project(places=2, reviews=2)
    make_tasks(project)
    for _n in range(2):
        submitted(make_worker(project))
    early, last = make_reviewer(project), make_reviewer(project)
    for _n in range(2):
        judged(early)

    judged(last)
    assert statuses() == ["pending"]
    judged(last)

    assert statuses() == ["completed"]


def test_versions_of_an_answer_are_counted_and_replaced_for_each_task_by_itself():
    project = make_project()
    first, second = make_tasks(project, 2)
    worker = make_worker(project)
    submitted(worker)
    assignment = submitted(worker)

    amend(assignment, response=DOG, key=new_key(), at=NOON)

    assert versions(first) == [(0, True, CAT)]
    assert versions(second) == [(0, False, CAT), (1, True, DOG)]


def test_a_task_that_was_cancelled_during_its_review_stays_cancelled():
    project = make_project(reviews=1)
    make_tasks(project)
    submitted(make_worker(project))
    assignment = taken(make_reviewer(project))
    Task.objects.update(status=TaskStatus.CANCELED)

    with pytest.raises(StaleState) as refused:
        review(assignment, ACCEPTED, key=new_key(), at=NOON)

    assert (refused.value.code, statuses(), Resolution.objects.count()) == ("task_ended", ["canceled"], 0)
    assert Assignment.objects.get(pk=assignment.pk).status == "active"
