"""From an order to money: every verb once, in the order of a working day."""

import pytest
from django.db.models import Sum

from labeling.claiming import Nothing, claim
from labeling.models import Assignment, Draft, Resolution, WorkItem
from labeling.reviewing import Judgement, review
from labeling.submitting import submit
from payments.models import Account, AccountKind, LedgerLine
from projects.models import EnrollmentRole, Task, TaskStatus
from tests.factories import CAT, DOG, NOON, make_project, make_tasks, make_worker

pytestmark = pytest.mark.django_db

REGION = [{"kind": "region", "left": 1, "top": 1, "width": 5, "height": 5}]


def balance(kind: str) -> int:
    return LedgerLine.objects.filter(account__kind=kind).aggregate(total=Sum("amount_micros"))["total"] or 0


def test_a_task_is_attempted_rejected_done_again_fixed_and_paid():
    project = make_project(reviews=1, rate_micros=340_000)
    (task,) = make_tasks(project)
    author, reviewer = make_worker(project), make_worker(project, role=EnrollmentRole.REVIEWER)

    first = claim(author, at=NOON)
    assert isinstance(first, Assignment)
    submit(first, response=CAT, key="first-key", at=NOON)
    assert claim(author, at=NOON) is Nothing.EMPTY
    verdict = claim(reviewer, at=NOON)
    assert isinstance(verdict, Assignment)
    review(verdict, Judgement("rejected", None, "wrong_label", "It is a dog.", REGION), key="review-1", at=NOON)
    assert balance(AccountKind.PROVISIONAL) == 340_000  # the review's own; the attempt's was reversed

    again = claim(author, at=NOON)
    assert isinstance(again, Assignment)
    assert again.work_item.round == 2
    assert Draft.objects.get(worker=author).document == CAT
    submit(again, response=DOG, key="second-key", at=NOON)
    fix = claim(reviewer, at=NOON)
    assert isinstance(fix, Assignment)
    review(fix, Judgement("fixed", CAT), key="review-2", at=NOON)

    task = Task.objects.get(pk=task.pk)
    assert task.status == TaskStatus.COMPLETED
    assert Resolution.objects.get(task=task).response == CAT
    assert not WorkItem.objects.filter(open=True).exists()
    assert balance(AccountKind.FINAL) == 340_000
    assert LedgerLine.objects.aggregate(total=Sum("amount_micros"))["total"] == 0
    assert Account.objects.filter(kind=AccountKind.FINAL).get().worker == author
