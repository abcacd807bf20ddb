"""Which lanes a claim looks into, and in what order.

Returned work first, then reviews, then each customer's own order of batches; between customers the dice, a new throw
for each claim, so that nobody's thousand projects stand before somebody's one.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import (
    Case,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber

from core.prepared import Prepared
from labeling import eligibility, timing
from labeling.models import Lane, StageKind, WorkedFor, WorkItem
from workers.models import Worker

LANES_READ = 100
MOST_LANES = 20
FIRST_LANES = 5
REVIEWS_FIRST = Case(When(kind=StageKind.REVIEW, then=Value(0)), default=Value(1))


@dataclass(frozen=True)
class Wanted:
    """What the worker asks for: from one project, of one kind of stage; None: whatever there is."""

    project_id: int | None = None
    kind: str | None = None


@dataclass(frozen=True)
class Choice:
    """One lane as the claim sees it; `position` is the worker's cursor in it, None where there is none yet."""

    lane_id: int
    kind: str
    version: int
    batch_id: int
    project_id: int
    organization_id: int
    time_zone: str
    filling: str
    current_version_id: int
    position: int | None
    # Something in it is reserved for this worker.
    returned: bool
    rank: int
    worked_at: datetime | None


def choices(worker: Worker, wanted: Wanted, *, at: datetime) -> list[Choice]:
    """The lanes to look into, in order."""
    today = timing.day_of(worker, at=at)
    values: dict[str, Any] = {"worker": worker.pk, "at": at, "today": today, "monday": timing.monday_before(today)}
    if wanted.project_id is not None:
        values["project"] = wanted.project_id
    if wanted.kind is not None:
        values["kind"] = wanted.kind
    statement = prepared(wanted.project_id is not None, wanted.kind is not None)
    return fairly([Choice(*row) for row in statement.rows(**values)])


@cache
def prepared(of_project: bool, of_kind: bool) -> Prepared:
    more: dict[str, type] = {"project": int} if of_project else {}
    more |= {"kind": str} if of_kind else {}
    return Prepared(lanes, worker=int, at=datetime, today=date, monday=date, **more)


def lanes(
    worker: int, *, at: datetime, today: date, monday: date, project: int | None = None, kind: str | None = None
) -> QuerySet[Lane, Any]:
    """What may be open to the worker and is not remembered as empty, each customer's first lane before second ones."""
    found = eligibility.open_to(worker, at=at, week=(monday, today)).filter(maybe_open=True)
    if project is not None:
        found = found.filter(project=project)
    if kind is not None:
        found = found.filter(kind=kind)
    returned = WorkItem.objects.filter(lane=OuterRef("pk"), open=True, reserved_for=worker)
    worked = WorkedFor.objects.filter(worker=worker, organization=OuterRef("organization")).values("last_at")[:1]
    own_order: list[Any] = [REVIEWS_FIRST, F("batch__order_key"), F("batch"), F("priority").desc(), F("pk")]
    return (
        found.annotate(mine=FilteredRelation("cursors", condition=Q(cursors__worker=worker)))
        .filter(Q(mine__empty_version=None) | Q(mine__empty_version__lt=F("version")))
        .annotate(
            returned=eligibility.there_is(returned),
            rank=Window(RowNumber(), partition_by=F("organization"), order_by=own_order),
            worked_at=Subquery(worked),
        )
        .order_by("-returned", REVIEWS_FIRST, "rank", "pk")
        .values_list(
            "pk", "kind", "version", "batch", "project", "organization", "organization__time_zone",
            "project__filling", "project__current_version", "mine__position", "returned", "rank", "worked_at",
        )[:LANES_READ]
    )  # fmt: skip


def fairly(found: Sequence[Choice]) -> list[Choice]:
    """The customers in the order that the dice give, each one's lanes in its own order."""
    luck = {organization: random.random() for organization in {one.organization_id for one in found}}  # noqa: S311 (no secret)
    order = lambda one: (not one.returned, one.kind != StageKind.REVIEW, luck[one.organization_id], one.rank)  # noqa: E731
    return sorted(found, key=order)


def some_of(found: list[Choice]) -> list[Choice]:
    """As many lanes as one transaction looks into.

    A lane whose work is kept for others is looked into each time: what stands behind many of them is reached by luck.
    """
    if len(found) <= MOST_LANES:
        return found
    return found[:FIRST_LANES] + random.sample(found[FIRST_LANES:], MOST_LANES - FIRST_LANES)
