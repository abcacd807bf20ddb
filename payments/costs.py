"""What a customer's projects cost: completed tasks at their price, and what the ledger says of the work on them.

Sums alone, of any number of people: who earned what is between the site and them. The test world costs nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from accounts.models import Mode, Organization
from payments.earning import DECIDED
from payments.models import LedgerLine, TransferKind
from projects.models import Project, Task, TaskStatus

# What becomes of a transfer's kind in a sum. What a pause took is paid by the site.
MEANING = {
    TransferKind.EARNED: "worked_micros",
    TransferKind.ACCEPTED: "accepted_micros",
    TransferKind.SILENT: "accepted_micros",
    TransferKind.REJECTED: "rejected_micros",
}


@dataclass(frozen=True)
class Period:
    """From `since` to before `until`; None: without an end on that side."""

    since: datetime | None = None
    until: datetime | None = None

    def of(self, column: str) -> Q:
        found = Q()
        if self.since is not None:
            found &= Q(**{f"{column}__gte": self.since})
        if self.until is not None:
            found &= Q(**{f"{column}__lt": self.until})
        return found


@dataclass(frozen=True)
class Cost:
    """Of one project in one currency; money in micros.

    `cost`: of the tasks that were completed. `worked`: what was handed in, at its rate. `accepted` and `rejected`: what
    was decided, whenever it was handed in. `in_review`: what was handed in and is not decided yet.
    """

    completed: int = 0
    cost_micros: int = 0
    worked_micros: int = 0
    accepted_micros: int = 0
    rejected_micros: int = 0
    in_review_micros: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


Costs = dict[tuple[int, str], Cost]
"""By project and currency."""


def of_projects(projects: Sequence[Project], period: Period) -> Costs:
    """Three queries, however many; each project has at least a line of zeros."""
    found: Costs = {}
    for (project_id, currency, _day), cost in summed(projects, period, day_in=None).items():
        found[project_id, currency] = cost
    with_some = {project_id for project_id, _currency in found}
    none = {(one.pk, one.organization.currency): Cost() for one in projects if one.pk not in with_some}
    return found | none


def by_day(projects: Sequence[Project], period: Period, *, zone: str) -> dict[tuple[int, str], dict[date, Cost]]:
    """The same day by day in that time zone, in their order, without days on which nothing was."""
    found: dict[tuple[int, str], dict[date, Cost]] = {}
    sums = summed(projects, period, day_in=zone)
    for project_id, currency, day in sorted(sums):
        found.setdefault((project_id, currency), {})[day] = sums[project_id, currency, day]
    return found


def in_all(organization: Organization, period: Period) -> dict[str, Cost]:
    """Of all its projects together, by currency; one line of zeros where nothing was."""
    found: dict[str, Cost] = {}
    everything = Project.objects.filter(organization=organization, mode=Mode.LIVE)
    for (_project, currency, _day), cost in summed(everything, period, day_in=None).items():
        found[currency] = found.get(currency, Cost()) + cost
    return found or {organization.currency: Cost()}


def summed(
    projects: Sequence[Project] | QuerySet[Project], period: Period, *, day_in: str | None
) -> dict[tuple[int, str, Any], Cost]:
    """By project, currency and day; the day is None where none is asked for."""
    found: dict[tuple[int, str, Any], Cost] = {}
    for key, cost in (*of_tasks(projects, period, day_in), *of_lines(projects, period, day_in)):
        found[key] = found.get(key, Cost()) + cost
    return found


Line = tuple[tuple[int, str, Any], Cost]


def of_tasks(projects: Any, period: Period, day_in: str | None) -> Iterator[Line]:
    done = Task.objects.filter(period.of("completed_at"), project__in=projects, mode=Mode.LIVE)
    done = done.filter(status=TaskStatus.COMPLETED, completed_at__isnull=False)
    rows = days(done, "completed_at", day_in).values(
        "project_id", "version__currency", "version__price_micros", *day_column(day_in)
    )
    for row in rows.annotate(count=Count("pk")).order_by():
        key = row["project_id"], row["version__currency"], row.get("day")
        yield key, Cost(completed=row["count"], cost_micros=row["count"] * row["version__price_micros"])


def of_lines(projects: Any, period: Period, day_in: str | None) -> Iterator[Line]:
    """Of each transfer the side that receives."""
    task = "assignment__work_item__task"
    lines = LedgerLine.objects.filter(
        period.of("at"), amount_micros__gt=0, kind__in=MEANING, **{f"{task}__project__in": projects}
    )
    columns = {"project": F(f"{task}__project_id"), "currency": F("assignment__currency")}
    decided = LedgerLine.objects.filter(assignment=OuterRef("assignment"), kind__in=DECIDED, amount_micros__lt=0)
    waiting = lines.filter(~Exists(decided), kind=TransferKind.EARNED)
    for rows, meaning in ((lines, None), (waiting, "in_review_micros")):
        by_kind = days(rows, "at", day_in).values("kind", *day_column(day_in), **columns)
        for row in by_kind.annotate(total=Sum("amount_micros")).order_by():
            name = meaning or MEANING[TransferKind(row["kind"])]
            yield (row["project"], row["currency"], row.get("day")), Cost(**{name: row["total"]})


def days(rows: QuerySet[Any], column: str, day_in: str | None) -> QuerySet[Any]:
    return rows.annotate(day=TruncDate(column, tzinfo=ZoneInfo(day_in))) if day_in else rows


def day_column(day_in: str | None) -> list[str]:
    return ["day"] if day_in else []
