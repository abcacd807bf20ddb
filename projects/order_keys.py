"""The numbers behind an organization's order of batches: lower comes first, with room to put one in between."""

from django.db.models import Case, QuerySet, Value, When

from projects.models import Batch, BatchKind

ROOM = 1 << 20


def all_of(organization_id: int, mode: str) -> QuerySet[Batch]:
    """In the order in which they are handed out; two that were made at one moment may have the same key."""
    return Batch.objects.filter(organization_id=organization_id, mode=mode).order_by("order_key", "pk")


def recommended(organization_id: int, mode: str) -> QuerySet[Batch]:
    """Calibration before everything else, then by age."""
    calibration_first = Case(When(kind=BatchKind.CALIBRATION, then=Value(0)), default=Value(1))
    return all_of(organization_id, mode).order_by(calibration_first, "created_at", "pk")


def next_key(organization_id: int, mode: str) -> int:
    """Of a new batch: behind all others."""
    last = all_of(organization_id, mode).last()
    return (last.order_key if last else 0) + ROOM


def between(low: int | None, high: int | None) -> int | None:
    """A key between the two; None: no neighbour on that side. None comes back where there is no room."""
    if low is None:
        return (high or 0) - ROOM
    if high is None:
        return low + ROOM
    return (low + high) // 2 if high - low > 1 else None


def space(batches: QuerySet[Batch]) -> int:
    """Give them keys with full room between them, in their order; how many keys changed. Under the order's lock."""
    changed = []
    for number, batch in enumerate(batches.only("order_key"), start=1):
        if batch.order_key != number * ROOM:
            batch.order_key = number * ROOM
            changed.append(batch)
    Batch.objects.bulk_update(changed, ["order_key"], batch_size=500)
    return len(changed)
