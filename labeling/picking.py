"""One open work item of a lane, locked: reserved for this worker, behind their cursor, or from the head."""

import random
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from core.prepared import Prepared
from labeling import eligibility
from labeling.choosing import Choice
from labeling.models import Assignment, WorkItem
from projects.models import Filling, Task

# While new work keeps coming nobody wraps around: some claims look for what was left behind.
FROM_THE_HEAD = 1 / 20


@dataclass(frozen=True)
class Picked:
    """A locked work item as the claim needs it; `again`: the worker's former assignment of it."""

    id: int
    task_id: int
    stage: int
    kind: str
    round: int
    position: int
    places: int
    reserved_for: int | None
    task_public_id: str
    again: int | None


@dataclass(frozen=True)
class Look:
    """What a statement of the claim depends on; `in_place`: places taken meanwhile move an item."""

    kind: str
    affordable: tuple[int, ...] | None
    in_place: bool


def pick(worker_id: int, choice: Choice, *, affordable: tuple[int, ...] | None, at: datetime) -> Picked | None:
    """None where nothing is free at this moment; what another transaction holds is passed over."""
    values: dict[str, Any] = {"worker": worker_id, "lane": choice.lane_id, "at": at}
    look = Look(choice.kind, affordable, in_place=choice.filling == Filling.BREADTH)
    if choice.returned and (found := first(look, "mine", values)):
        return found
    behind_the_cursor = choice.position and random.random() >= FROM_THE_HEAD  # noqa: S311 (no secret)
    if behind_the_cursor and (found := first(look, "behind", values | {"position": choice.position})):
        return found
    return first(look, "head", values)


def first(look: Look, where: str, values: dict[str, Any]) -> Picked | None:
    row = prepared(look, where).first(**values)
    return Picked(*row) if row else None


@lru_cache(maxsize=200)
def prepared(look: Look, where: str) -> Prepared:
    def build(worker: int, lane: int, at: datetime, position: int | None = None) -> QuerySet[WorkItem, Any]:
        items = free_items(worker, lane, look.kind, affordable=look.affordable, at=at)
        if look.in_place:
            items = items.filter(position=seen_position())
        return locked_first(items, worker, where, position)

    more: dict[str, type] = {"position": int} if where == "behind" else {}
    return Prepared(build, worker=int, lane=int, at=datetime, **more)


def seen_position() -> Subquery:
    """Where the outer item stood when the statement began.

    Who took a place in between may have moved it to the tail. PostgreSQL locks the moved row and asks the conditions
    again, with this one still as it was: so it is passed over, instead of going before those that nobody has, and with
    it the cursor.
    """
    return Subquery(WorkItem.objects.filter(pk=OuterRef("pk")).values("position")[:1])


def free_items(
    worker: int, lane: int, kind: str, *, affordable: tuple[int, ...] | None, at: datetime
) -> QuerySet[WorkItem]:
    """Where a cap has refused something: redos, whose place is paid for, and tasks of the versions that cost less."""
    items = eligibility.items_for(worker, lane, kind, at=at)
    if affordable is None:
        return items
    if not affordable:
        return items.filter(round__gt=1)
    cheaper = Task.objects.filter(pk=OuterRef("task"), version__in=affordable)
    return items.filter(Q(round__gt=1) | Exists(cheaper))


def locked_first(items: QuerySet[WorkItem], worker: int, where: str, position: int | None) -> QuerySet[WorkItem, Any]:
    """The thin row alone is locked and sorted: joined to its task, a planner without statistics reads whole lanes."""
    if where == "mine":
        items = items.filter(reserved_for=worker)
    if where == "behind":
        items = items.filter(position__gt=position)
    task = Task.objects.filter(pk=OuterRef("task"))
    former = Assignment.objects.filter(worker=worker, work_item=OuterRef("pk"))
    with_task = items.annotate(
        task_public_id=Subquery(task.values("public_id")[:1]),
        again=Subquery(former.values("pk")[:1]),
    )
    return (
        with_task.order_by("position")
        .select_for_update(skip_locked=True, no_key=True)
        .values_list(
            "pk", "task", "stage", "kind", "round", "position", "places", "reserved_for", "task_public_id", "again",
        )[:1]
    )  # fmt: skip
