"""A verdict is about one answer and one place: other work, other tasks and earlier verdicts stay as they are."""

import pytest

from core.errors import BusinessError
from labeling.models import Assignment, Review, Submission, WorkItem
from labeling.reviewing import Judgement, move_to_redo, review
from tests.factories import DOG, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import REJECTED, judged, make_reviewer, new_key, submitted, taken

pytestmark = pytest.mark.django_db

FIXED = Judgement("fixed", DOG)


@pytest.mark.parametrize("judgement", [Judgement("accepted"), FIXED, REJECTED], ids=lambda one: one.verdict)
def test_a_verdict_leaves_all_other_work_as_it_was(judgement):
    project = make_project(reviews=1)
    make_tasks(project, 3)
    author, mine, other = make_worker(project), make_reviewer(project), make_reviewer(project)
    subject = submitted(author)
    submitted(author)
    taken(author)
    given = taken(mine)
    taken(other)
    beside = Assignment.objects.exclude(pk__in=[subject.pk, given.pk]).order_by("pk")
    items = WorkItem.objects.exclude(task=subject.work_item.task).order_by("pk")
    before = list(beside.values()), list(items.values())

    review(given, judgement, key=new_key(), at=NOON)

    assert (list(beside.values()), list(items.values())) == before


def test_rounds_are_counted_for_each_task_by_itself():
    project = make_project(reviews=1)
    first, second = make_tasks(project, 2)
    author, other, reviewer = make_worker(project), make_worker(project), make_reviewer(project)
    for worker in (author, author, other):
        submitted(worker)
        judged(reviewer, REJECTED)

    rounds = [WorkItem.objects.filter(task=one, stage=0).order_by("round") for one in (first, second)]
    assert [list(found.values_list("round", flat=True)) for found in rounds] == [[1, 2, 3], [1, 2]]


def test_an_answer_is_sent_back_only_once():
    project = make_project(reviews=1)
    (task,) = make_tasks(project)
    submitted(make_worker(project))
    judged(make_reviewer(project), REJECTED)
    before = list(WorkItem.objects.order_by("pk").values())

    with pytest.raises(BusinessError) as refused:
        move_to_redo(Submission.objects.get(), task, at=NOON)

    assert (refused.value.code, list(WorkItem.objects.order_by("pk").values())) == ("not_counted", before)


def test_a_fix_under_the_key_of_another_fix_is_refused_and_not_taken_for_a_repeat():
    project = make_project(reviews=1)
    make_tasks(project, 2)
    author, reviewer = make_worker(project), make_reviewer(project)
    for _n in range(2):
        submitted(author)
    review(taken(reviewer), FIXED, key="key-00000", at=NOON)
    second = taken(reviewer)

    with pytest.raises(BusinessError) as refused:
        review(second, FIXED, key="key-00000", at=NOON)

    assert (refused.value.code, Review.objects.count()) == ("key_used", 1)
