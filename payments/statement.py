"""What a worker's ledger says: balances as sums, and the statement line by line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet, Sum

from payments.models import AccountKind, LedgerLine
from workers.models import Worker


@dataclass(frozen=True)
class Balance:
    """One currency of a worker: what is final, what is in review and when the oldest of it is final at the latest."""

    currency: str
    final_micros: int
    provisional_micros: int
    in_review: int
    final_by: datetime | None
    today_micros: int


def lines_of(worker: Worker) -> QuerySet[LedgerLine]:
    """The worker's own sides of all transfers."""
    return LedgerLine.objects.filter(account__worker=worker)


def balances(worker: Worker, *, since: datetime) -> list[Balance]:
    """One per currency in which something was ever earned; `since` is the beginning of the worker's day."""
    sums = lines_of(worker).values("account__currency", "account__kind").annotate(total=Sum("amount_micros")).order_by()
    by_currency: dict[str, dict[str, int]] = {}
    for row in sums:
        by_currency.setdefault(row["account__currency"], {})[row["account__kind"]] = row["total"]
    return [balance(worker, currency, totals, since=since) for currency, totals in sorted(by_currency.items())]


def balance(worker: Worker, currency: str, totals: dict[str, int], *, since: datetime) -> Balance:
    mine = lines_of(worker).filter(account__currency=currency)
    waiting = undecided(mine)
    oldest = waiting.select_related("assignment__version").order_by("pk").first()
    today = mine.filter(kind__in=["earned", "time"], at__gte=since).aggregate(total=Sum("amount_micros"))["total"]
    return Balance(
        currency=currency,
        final_micros=totals.get(AccountKind.FINAL, 0),
        provisional_micros=totals.get(AccountKind.PROVISIONAL, 0),
        in_review=waiting.aggregate(count=Count("pk"))["count"],
        final_by=final_by(oldest) if oldest else None,
        today_micros=today or 0,
    )


def undecided(lines: QuerySet[LedgerLine]) -> QuerySet[LedgerLine]:
    """Earnings that are still provisional."""
    decided = lines.filter(amount_micros__lt=0).values("assignment")
    return lines.filter(kind="earned").exclude(assignment__in=decided)


def final_by(line: LedgerLine) -> datetime | None:
    if line.assignment is None:
        return None
    return line.at + timedelta(days=line.assignment.version.review_days)


@dataclass(frozen=True)
class Entry:
    """One line of the statement as its worker reads it. The amount that changes what is final is `final_micros`."""

    line: LedgerLine
    codename: str
    state: str


STATES = {
    "earned": "in_review",
    "accepted": "accepted",
    "silent": "accepted",
    "rejected": "rejected",
    "adjusted": "open",
    "time": "accepted",
}


def statement(worker: Worker) -> QuerySet[LedgerLine]:
    """One line per transfer: what was earned, what became final, what was taken back. Newest first by key."""
    mine = lines_of(worker).select_related("account", "assignment__work_item__task__project", "assignment__submission")
    return mine.exclude(kind__in=["accepted", "silent"], amount_micros__lt=0)


def rows(lines: Iterable[LedgerLine]) -> Iterator[Entry]:
    for line in lines:
        codename = line.assignment.work_item.task.project.codename if line.assignment else ""
        yield Entry(line, codename, STATES.get(line.kind, line.kind))
