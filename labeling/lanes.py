"""Lanes in which nothing is open any more: claims pass them over without a look."""

from django.db.models import Exists, OuterRef, QuerySet

from core.actions import action
from labeling.models import Lane, WorkItem

CHUNK = 100


def idle() -> QuerySet[Lane]:
    """Those that claims still look at, without an open item."""
    return Lane.objects.filter(~Exists(WorkItem.objects.filter(lane=OuterRef("pk"), open=True)), maybe_open=True)


def close_idle_lanes() -> int:
    """How many were closed."""
    ids = list(idle().order_by("pk").values_list("pk", flat=True)[:CHUNK])
    return close(ids) if ids else 0


@action
def close(lane_ids: list[int]) -> int:
    """Lock, then look again: who opens an item bumps its lane last, and so comes before or after this as a whole."""
    locked = Lane.objects.filter(pk__in=lane_ids).order_by("pk").select_for_update(no_key=True)
    ids = [lane.pk for lane in locked]
    return idle().filter(pk__in=ids).update(maybe_open=False)
