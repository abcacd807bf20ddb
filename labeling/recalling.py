"""What a pause and its end do to work in hand, a chunk at a time: take back, shorten, offer again."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import DurationField, F, QuerySet, Value

from core.actions import action
from labeling import eligibility, expiring, places, stopping
from labeling.models import Assignment, AssignmentStatus, Lane, WorkItem
from labeling.scopes import Scope, in_hand
from projects.models import Pause

CHUNK = 100
RETURNED_FIRST = timedelta(hours=1)


@action
def recall_chunk(one: Pause, *, at: datetime) -> int:
    """Take back up to CHUNK leased assignments of the pause's scope; 0 when none is left, or the pause is over."""
    if not still_stands(one):
        return 0
    leased = in_hand(Scope.of_pause(one), reviews_go_on=one.reviews_go_on)
    items = locked_chunk(leased)
    leased = leased.filter(work_item_id__in=items)
    assignments = expiring.locked(leased)
    ended = expiring.end_all(assignments, items, AssignmentStatus.RECALLED, at=at)
    for assignment in assignments:
        expiring.take_away(assignment, items[assignment.work_item_id], one, at=at)
    return ended


@action
def shorten_chunk(one: Pause) -> int:
    """No lease of the scope beyond the grace, in chunks; 0 when none is left, or the pause is over."""
    if not still_stands(one):
        return 0
    longer = in_hand(Scope.of_pause(one), reviews_go_on=one.reviews_go_on).filter(lease_expires_at__gt=one.grace_until)
    items = locked_chunk(longer)
    ids = [assignment.pk for assignment in expiring.locked(longer.filter(work_item_id__in=items))]
    return Assignment.objects.filter(pk__in=ids).update(lease_expires_at=one.grace_until)


def give_time_back(one: Pause, *, at: datetime) -> int:
    """Whoever could only save has as much time left as when the pause began; the number of leases. Inside an action."""
    begun = max(one.starts_at, one.begun_at or one.starts_at)
    frozen = in_hand(Scope.of_pause(one), reviews_go_on=one.reviews_go_on).filter(
        status=AssignmentStatus.ACTIVE, claimed_at__lte=begun, lease_expires_at__gt=at
    )
    ids = [assignment.pk for assignment in expiring.locked(frozen)]
    stood = Value(at - begun, output_field=DurationField())
    return Assignment.objects.filter(pk__in=ids).update(lease_expires_at=F("lease_expires_at") + stood)


def still_stands(one: Pause) -> bool:
    """Lock the pause: whoever lifts it waits for this chunk, and what is handed out after that is not touched."""
    return Pause.objects.filter(pk=one.pk, ended_at=None).select_for_update(no_key=True).first() is not None


def locked_chunk(assignments: QuerySet[Assignment]) -> dict[int, WorkItem]:
    """The work items of the first CHUNK of the assignments, locked by id."""
    ids = list(assignments.order_by("work_item_id").values_list("work_item_id", flat=True)[:CHUNK])
    return {item.pk: item for item in places.locked(WorkItem.objects.filter(pk__in=ids))}


@action
def offer_returned_first(scope: Scope, *, at: datetime) -> int:
    """After a resume: recalled work is its last holder's first, for a time from now, or from their turn in a ramp.

    Not what stands still as yet.
    """
    lanes = Lane.objects.filter(eligibility.unpaused(None, at=at))
    kept = WorkItem.objects.filter(
        scope.within("task__batch"),
        lane__in=lanes,
        open=True,
        reserved_for__isnull=False,
        reserved_until__gt=at + timedelta(days=30),
    )
    first = list(kept.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    items = places.locked(kept.filter(pk__in=first))
    for begin, ones in by_turn(items, at=at).items():
        WorkItem.objects.filter(pk__in=[item.pk for item in ones]).update(reserved_until=begin + RETURNED_FIRST)
    places.bump(item.lane_id for item in items)
    return len(items)


def by_turn(items: Sequence[WorkItem], *, at: datetime) -> dict[datetime, list[WorkItem]]:
    """The items by when their holder may have them again: now, or when the ramps over them have come to the holder."""
    if not Pause.objects.ramping(at=at).exists():
        return {at: list(items)}
    found: dict[datetime, list[WorkItem]] = defaultdict(list)
    for item in items:
        assert item.reserved_for is not None  # filtered
        withheld = stopping.withheld_by(item.task.batch, item.kind, item.reserved_for, at=at)
        found[stopping.turn_in(withheld, item.reserved_for.pk) or at].append(item)
    return found
