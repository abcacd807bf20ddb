"""What has to be true of the queue, the money and the caps after everything and anything."""

from collections import Counter

from django.db.models import Count, F, Q, Sum

from labeling.models import LEASED, Assignment, AssignmentStatus, Resolution, Review, StageKind, Submission, WorkItem
from payments.models import AccountKind, LedgerLine, TransferKind
from projects.models import BudgetPool, BudgetToken, Task, TaskStatus


def check_all() -> None:
    check_places()
    check_people()
    check_answers()
    check_money()
    check_caps()
    check_tasks()


def check_places() -> None:
    """places = places_left + reserved + active + counted, places_done = counted, open = places_left > 0."""
    rows = WorkItem.objects.annotate(
        leased=Count("assignments", filter=Q(assignments__status__in=LEASED)),
        counted=Count("assignments", filter=Q(assignments__counted=True)),
    ).values_list("pk", "places", "places_left", "places_done", "open", "leased", "counted")
    wrong = [
        row
        for row in rows.iterator()
        if row[1] != row[2] + row[5] + row[6] or row[3] != row[6] or row[4] != (row[2] > 0)
    ]
    assert wrong == [], "(id, places, left, done, open, leased, counted)"


def check_people() -> None:
    """Nobody fills two first-stage places of a task, or judges a task that they have a place in."""
    filling = Assignment.objects.filter(Q(status__in=LEASED) | Q(counted=True))
    pairs = filling.values_list("worker_id", "work_item__task_id", "work_item__kind")
    attempts = Counter((worker, task) for worker, task, kind in pairs if kind == StageKind.ATTEMPT)
    reviews = {(worker, task) for worker, task, kind in pairs if kind == StageKind.REVIEW}
    assert [pair for pair, times in attempts.items() if times > 1] == []
    assert reviews & set(attempts) == set()


def check_answers() -> None:
    """What is submitted has its answer, once (a constraint), and nothing else has; only that is counted."""
    submitted = Assignment.objects.filter(status=AssignmentStatus.SUBMITTED)
    attempts = submitted.filter(work_item__kind=StageKind.ATTEMPT)
    own = Submission.objects.filter(fixes=None)
    assert list(attempts.order_by("pk").values_list("pk", flat=True)) == sorted(
        own.values_list("assignment_id", flat=True)
    )
    reviews = submitted.filter(work_item__kind=StageKind.REVIEW)
    assert list(reviews.order_by("pk").values_list("pk", flat=True)) == sorted(
        Review.objects.values_list("assignment_id", flat=True)
    )
    assert not Assignment.objects.filter(counted=True).exclude(status=AssignmentStatus.SUBMITTED).exists()


def check_money() -> None:
    """Each worker has rate × counted, and of what a pause took at most the rate; each transfer sums to 0."""
    uneven = LedgerLine.objects.values("transfer").annotate(total=Sum("amount_micros")).exclude(total=0)
    assert list(uneven) == []
    workers = LedgerLine.objects.filter(account__kind__in=[AccountKind.PROVISIONAL, AccountKind.FINAL])
    owed, time = workers.exclude(kind=TransferKind.TIME), workers.filter(kind=TransferKind.TIME)
    earned = Assignment.objects.filter(counted=True, rate_micros__gt=0)
    assert sums(owed, "account__worker_id", "amount_micros") == sums(earned, "worker_id", "rate_micros")
    rates = dict(Assignment.objects.values_list("pk", "rate_micros"))
    assert all(0 < paid <= rates[pk] for pk, paid in sums(time, "assignment_id", "amount_micros").items())


def sums(rows: "object", by: str, amount: str) -> dict[int, int]:
    found = rows.order_by().values_list(by).annotate(total=Sum(amount))  # type: ignore[attr-defined]  # any queryset
    return {key: total for key, total in found if total}


def check_caps() -> None:
    """Tokens hold what assignments drew, pools what tokens were granted, and no pool passes its cap."""
    for pool in BudgetPool.objects.all():
        tokens = BudgetToken.objects.filter(project=pool.project, day=pool.day)
        granted = tokens.aggregate(total=Sum("granted_micros"))["total"] or 0
        used = tokens.aggregate(total=Sum("used_micros"))["total"] or 0
        drawn = Assignment.objects.filter(version__project=pool.project)
        if pool.day is not None:
            drawn = drawn.filter(share_day=pool.day)
        assert (used, granted) == (drawn.aggregate(total=Sum("share_micros"))["total"] or 0, pool.granted_micros)
        assert used <= granted <= pool.cap_micros
    assert not BudgetToken.objects.filter(used_micros__gt=F("granted_micros")).exists()


def check_tasks() -> None:
    """A completed task has its one current answer and nothing on offer; a pending one has no answer."""
    answered = set(Resolution.objects.filter(current=True).values_list("task_id", flat=True))
    assert set(Task.objects.filter(status=TaskStatus.COMPLETED).values_list("pk", flat=True)) == answered
    assert not WorkItem.objects.filter(open=True, task__status=TaskStatus.COMPLETED).exists()
