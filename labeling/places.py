"""Arithmetic of places on locked work items. Callers hold the items' locks, taken by id."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, BooleanField, Case, F, QuerySet, Value, When

from core.gate import is_postgres
from core.prepared import PreparedUpdate
from labeling.models import Lane, WorkItem
from labeling.positions import advance, next_positions, tail

STILL_OPEN = Case(When(places_left__gt=1, then=Value(True)), default=Value(False), output_field=BooleanField())
# A redo stays its author's: when their lease is over they may come back to it, though they have had the task before.
STILL_KEPT_FOR = Case(When(round__gt=1, then=F("reserved_for")), default=Value(None), output_field=BigIntegerField())


def taking(item: int, **more: Any) -> tuple[QuerySet[WorkItem], dict[str, Any]]:
    left = {"places_left": F("places_left") - 1, "open": STILL_OPEN}
    kept = {"reserved_for": STILL_KEPT_FOR, "reserved_until": None}
    return WorkItem.objects.filter(pk=item, places_left__gt=0), {**left, **kept, **more}


# Who moves a task to a new version holds its items first: whoever has taken a place sees the version it stays with.
VERSION = "(SELECT version_id FROM projects_task AS task WHERE task.id = labeling_workitem.task_id)"
TAKE = PreparedUpdate(taking, returning=[VERSION], item=int)
TAKE_TO_TAIL = PreparedUpdate(
    lambda item: taking(item, position=Case(When(places_left__gt=1, then=tail()), default=F("position"))),
    returning=[VERSION],
    item=int,
)
FILL = PreparedUpdate(
    lambda item: (WorkItem.objects.filter(pk=item, places_done__lt=F("places")), {"places_done": F("places_done") + 1}),
    returning=["round", "places", "places_left", "places_done"],
    item=int,
)


BUMP = PreparedUpdate(
    lambda lane: (Lane.objects.filter(pk=lane), {"version": F("version") + 1, "maybe_open": True}), lane=int
)


@dataclass(frozen=True)
class Filled:
    """A work item right after one of its places was filled."""

    round: int
    places: int
    places_left: int
    places_done: int

    @property
    def is_complete(self) -> bool:
        return self.places_left == 0 and self.places_done == self.places


def locked(items: QuerySet[WorkItem]) -> list[WorkItem]:
    """Lock the work items by id, the one order that everybody keeps."""
    return list(items.order_by("pk").select_for_update(no_key=True, of=("self",)))


def lock(item_id: int) -> WorkItem:
    """The one work item, locked."""
    return WorkItem.objects.select_for_update(no_key=True).get(pk=item_id)


def locked_of_task(task_id: int) -> list[WorkItem]:
    """All work items of the task, locked: whoever decides about the task as a whole holds these."""
    return locked(WorkItem.objects.filter(task_id=task_id))


def take_place(item_id: int, *, to_tail: bool = False) -> int | None:
    """One place fewer; the key of the task's version, or None when no place is left.

    The time for which it was kept ends with it. `to_tail`: what stays open stands behind all others from now on. No
    lane is bumped for that: behind every cursor it is in reach of all, and who was told that nothing is here could not
    have had it at its old place either.
    """
    if to_tail and not is_postgres():
        advance()
    row = (TAKE_TO_TAIL if to_tail else TAKE).row(item=item_id)
    return row[0] if row else None


def fill_place(item_id: int) -> Filled | None:
    """One place more is done; None when all are."""
    row = FILL.row(item=item_id)
    return Filled(*row) if row else None


def give_place_back(item: WorkItem, *, count: int = 1) -> None:
    """Open it again at the tail: cursors have passed its old position. The caller bumps the lane last."""
    (position,) = next_positions(1)
    WorkItem.objects.filter(pk=item.pk).update(places_left=F("places_left") + count, open=True, position=position)


def move_place_away(item: WorkItem) -> None:
    """A rejected answer's place goes to the redo: this item does not open again."""
    WorkItem.objects.filter(pk=item.pk).update(places=F("places") - 1, places_done=F("places_done") - 1)


def bump(lane_ids: Iterable[int]) -> None:
    """Say that something opened. Last in every transaction, by id; claims never write these rows."""
    for lane_id in sorted(set(lane_ids)):
        BUMP.count(lane=lane_id)


def bump_at_end(lane_ids: Iterable[int]) -> None:
    """As `bump`, with the last statement of the action: who opens one thing after another waits there the shortest."""
    for lane_id in sorted(set(lane_ids)):
        BUMP.at_end(lane=lane_id)
