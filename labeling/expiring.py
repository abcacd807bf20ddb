"""Leases that are over: their places go back to the queue, their drafts stay."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet

from core.actions import action
from events import recording
from events.verbs import Verb
from labeling import places, signals, spending, stopping
from labeling.claiming import event_of
from labeling.models import Assignment, AssignmentStatus, WorkItem
from projects.models import Pause, PauseScope

CHUNK = 100
# Long enough for any pause: resuming sets the time that counts.
KEPT_FOR_HOLDER = timedelta(days=365)


def expire_assignments(*, at: datetime) -> int:
    """Expire everything whose lease ended before then; the number of assignments."""
    total = 0
    while ids := due_items(at=at):
        total += (count := expire_chunk(ids, at=at))
        if not count:
            break
    return total


def due_items(*, at: datetime) -> list[int]:
    due = Assignment.objects.expired(at=at).order_by("work_item_id").values_list("work_item_id", flat=True)
    return list(dict.fromkeys(due[:CHUNK]))


@action
def expire_chunk(item_ids: list[int], *, at: datetime) -> int:
    """Items first, by id; then their assignments with the condition again: a heartbeat in between is not lost."""
    items = {item.pk: item for item in places.locked(WorkItem.objects.filter(pk__in=item_ids))}
    assignments = locked(Assignment.objects.expired(at=at).filter(work_item_id__in=items))
    ended = end_all(assignments, items, AssignmentStatus.EXPIRED, at=at)
    for assignment, pause in refused(assignments, at=at):
        take_away(assignment, items[assignment.work_item_id], pause, at=at)
    return ended


def refused(assignments: list[Assignment], *, at: datetime) -> Iterator[tuple[Assignment, Pause]]:
    """Those that could not have been handed in at the end, with the pause that forbade it."""
    if not Pause.objects.in_force(at=at).exists():
        return
    for assignment in assignments:
        if stop := stopping.refusal(assignment, at=at):
            yield assignment, stop.pause


def take_away(assignment: Assignment, item: WorkItem, pause: Pause, *, at: datetime) -> None:
    """What a pause took from whoever had it in hand: a single place is theirs first afterwards, and time is paid.

    What was only reserved ahead nobody has seen: kept as well, it might come back before what they were at. Of a
    country nothing is kept: the work goes on elsewhere.
    """
    if assignment.status != AssignmentStatus.ACTIVE:
        return
    if item.places == 1 and pause.scope != PauseScope.COUNTRY:
        kept = WorkItem.objects.filter(pk=item.pk)
        kept.update(reserved_for=assignment.worker_id, reserved_until=at + KEPT_FOR_HOLDER)
    signals.work_taken.send(sender=Assignment, assignment=assignment, at=at)


def locked(assignments: QuerySet[Assignment]) -> list[Assignment]:
    """Lock the assignments by id, after their items."""
    with_task = assignments.select_related("worker", "work_item__task", "version")
    return list(with_task.order_by("pk").select_for_update(no_key=True, of=("self",)))


def end_all(
    assignments: list[Assignment], items: dict[int, WorkItem], status: AssignmentStatus, *, at: datetime
) -> int:
    """End these locked assignments of these locked items and give their places back; lanes last."""
    verb = Verb.ASSIGNMENT_RECALLED if status == AssignmentStatus.RECALLED else Verb.ASSIGNMENT_EXPIRED
    for assignment in assignments:
        Assignment.objects.filter(pk=assignment.pk).update(status=status, ended_at=at)
        places.give_place_back(items[assignment.work_item_id])
    # Two chunks may touch the same workers' tokens: one order for both.
    for assignment in sorted(assignments, key=lambda one: (one.worker_id, one.version.project_id)):
        spending.give_back(assignment)
    recording.write(*(event_of(verb, one, at=at, actor=recording.by_site()) for one in assignments))
    places.bump(items[assignment.work_item_id].lane_id for assignment in assignments)
    return len(assignments)
