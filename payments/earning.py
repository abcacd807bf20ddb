"""What work earns: provisional when it is handed in, final when it is accepted, reversed when it is rejected.

Lines are only inserted. An assignment is earned once and decided once; who comes second changes nothing.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum

from core.actions import savepoint
from core.prepared import PreparedInsert
from labeling.models import Assignment
from labeling.usual import usual_times
from payments.models import Account, AccountKind, LedgerLine, TransferKind

LEAST = timedelta(minutes=1)
MILLISECOND = timedelta(milliseconds=1)
DECIDED = [TransferKind.ACCEPTED, TransferKind.SILENT, TransferKind.REJECTED]


def earn(assignment: Assignment, *, at: datetime) -> None:
    """The customer's cost becomes the worker's provisional earning: the rate frozen at the claim. Nothing at rate 0.

    Written at the action's end: no action both earns and decides the same assignment.
    """
    if assignment.rate_micros:
        lines = lines_of(TransferKind.EARNED, assignment, frm=cost(assignment), to=provisional(assignment), at=at)
        LINES.at_end(lines)


def accept(assignment: Assignment, *, kind: str = TransferKind.ACCEPTED, at: datetime) -> bool:
    """Provisional becomes final; False when it was decided before, or never earned."""
    return decide(kind, assignment, to=AccountKind.FINAL, at=at)


def reject(assignment: Assignment, *, at: datetime) -> bool:
    """The provisional earning goes back to the customer; False when it was decided before, or never earned.

    What is final stays: that needs an adjustment with a reason and a second person.
    """
    return decide(TransferKind.REJECTED, assignment, to=AccountKind.COST, at=at)


def pay_time(assignment: Assignment, *, at: datetime) -> int:
    """The site pays the recorded time of what a pause took: final at once, and kept if it is handed in later.

    As much of the rate as the time is of the usual one, in all never more than the rate; nobody knows the usual time
    yet: all of it from LEAST on. Micros that were booked, 0 for nothing. Under the work item's lock.
    """
    worked = assignment.intervals.aggregate(total=Sum("worked_ms"))["total"] or 0
    before = LedgerLine.objects.filter(assignment=assignment, kind=TransferKind.TIME, amount_micros__gt=0)
    amount = share_of_rate(assignment, worked) - (before.aggregate(total=Sum("amount_micros"))["total"] or 0)
    if amount <= 0:
        return 0
    site = account(AccountKind.SITE, assignment.currency)
    to = final(assignment)
    LINES.keys(lines_of(TransferKind.TIME, assignment, amount_micros=amount, frm=site, to=to, at=at))
    return amount


def share_of_rate(assignment: Assignment, worked_ms: int) -> int:
    """Micros."""
    item = assignment.work_item
    usual = usual_times([item.task.project_id], stage=item.stage).get(item.task.project_id)
    if usual is None:
        return assignment.rate_micros if worked_ms >= LEAST / MILLISECOND else 0
    return min(assignment.rate_micros, int(assignment.rate_micros * worked_ms * MILLISECOND / usual))


def decide(kind: str, assignment: Assignment, *, to: str, at: datetime) -> bool:
    lines = LedgerLine.objects.filter(assignment=assignment)
    if not lines.filter(kind=TransferKind.EARNED).exists() or lines.filter(kind__in=DECIDED).exists():
        return False
    target = cost(assignment) if to == AccountKind.COST else final(assignment)
    try:
        # Reviewer, customer and time may decide at the same moment: the unique index lets one of them.
        with savepoint():
            LINES.keys(lines_of(kind, assignment, frm=provisional(assignment), to=target, at=at))
    except IntegrityError:
        return False
    return True


LINES = PreparedInsert(LedgerLine, "transfer", "kind", "account", "amount_micros", "assignment", "at")


def lines_of(
    kind: str, assignment: Assignment, *, amount_micros: int = 0, frm: int, to: int, at: datetime
) -> list[tuple[Any, ...]]:
    """A transfer: two lines that sum to 0; of the frozen rate unless an amount is given."""
    number, amount = uuid.uuid4(), amount_micros or assignment.rate_micros
    return [(number, kind, account, sign * amount, assignment.pk, at) for account, sign in [(frm, -1), (to, 1)]]


def provisional(assignment: Assignment) -> int:
    return account(AccountKind.PROVISIONAL, assignment.currency, worker_id=assignment.worker_id)


def final(assignment: Assignment) -> int:
    return account(AccountKind.FINAL, assignment.currency, worker_id=assignment.worker_id)


def cost(assignment: Assignment) -> int:
    organization_id = assignment.work_item.task.organization_id
    return account(AccountKind.COST, assignment.currency, organization_id=organization_id)


# Committed accounts: they are never deleted, and every transfer needs two of them.
KNOWN: dict[tuple[Any, ...], int] = {}
MOST_KNOWN = 10_000


def account(kind: str, currency: str, *, worker_id: int | None = None, organization_id: int | None = None) -> int:
    """The account's key; it is made when its first line comes."""
    wanted = kind, currency, worker_id, organization_id
    if wanted in KNOWN:
        return KNOWN[wanted]
    owner: dict[str, Any] = {"worker_id": worker_id, "organization_id": organization_id}
    found, _made = Account.objects.get_or_create(kind=kind, currency=currency, **owner)
    # What this transaction has made is none before it commits.
    transaction.on_commit(lambda: remember(wanted, found.pk))
    return found.pk


def remember(wanted: tuple[Any, ...], key: int) -> None:
    if len(KNOWN) >= MOST_KNOWN:
        KNOWN.clear()
    KNOWN[wanted] = key
