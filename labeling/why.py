"""Why a worker does not get a task, for the admin who asks: of each of its work items the barriers, by the claim's own
predicate (labeling/eligibility.py), in words of a fixed list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from labeling import eligibility, stopping
from labeling.eligibility import Barrier, ItemBarrier, barrier_of
from labeling.explaining import cap_reached
from labeling.models import LEASED, TRANSFERRED, Assignment, Lane, LaneCursor, StageKind, WorkItem
from projects.models import Pause, Task, TaskStatus
from workers.models import Worker


class Cause(models.TextChoices):
    """What closes one work item to one worker whose lane may be open."""

    PREPARING = "preparing", _("The task is still being prepared: nothing of it is on offer yet.")
    TASK_OVER = "task_over", _("The task has ended without an answer.")
    IN_HAND = "in_hand", _("They have it in hand.")
    HAD_BEFORE = "had_before", _("They have had it before, and handed it in or skipped it.")
    TRANSFERRED = "transferred", _("It was transferred from them to somebody else.")
    OTHER_PLACE = "other_place", _("They have had another part of this task.")
    OWN_WORK = "own_work", _("It is their own work, or an answer that they have judged.")
    ALL_DONE = "all_done", _("All of its places are done.")
    NO_PLACES = "no_places", _("No place is left: others have it in hand.")
    RESERVED = "reserved", _("It is kept for somebody else for a while.")
    CAP_REACHED = "cap_reached", _("The project's budget for now is used up.")
    REMEMBERED = "remembered", _("They found nothing here for them, and nothing has opened since.")
    OTHER_TASK = "other_task", _("They have another task in hand: that comes first.")


@dataclass(frozen=True)
class Answer:
    """About one work item; about the task where nothing of it is on offer (item None). Both empty: nothing bars it.

    `turn_at`: when the lane is open to them again, where nothing but the ramp of a pause that is over holds it.
    """

    item: WorkItem | None
    barrier: Barrier | None
    cause: Cause | None
    until: datetime | None = None
    turn_at: datetime | None = None

    @property
    def is_free(self) -> bool:
        return self.barrier is None and self.cause is None


@dataclass(frozen=True)
class Known:
    """What was read once for all items: the lanes' barriers by lane, own assignments by item, turns by kind of work."""

    barriers: dict[int, Barrier | None]
    turns: dict[str, datetime | None]
    own: dict[int, Assignment]
    remembered: frozenset[int]
    is_capped: bool
    has_work: bool


def why(worker: Worker, task: Task, *, at: datetime) -> list[Answer]:
    """One answer for each work item, in the order of stages and rounds; a constant number of queries."""
    items = items_of(worker, task, at=at)
    if not items:
        over = task.status in {TaskStatus.CANCELED, TaskStatus.ERROR}
        return [Answer(None, None, Cause.TASK_OVER if over else Cause.PREPARING)]
    known = known_about(worker, task, {item.lane_id for item in items}, at=at)
    return [answer(item, task, known, at=at) for item in items]


def items_of(worker: Worker, task: Task, *, at: datetime) -> list[WorkItem]:
    """All work items of the task, each with `barrier`."""
    found: list[WorkItem] = []
    for kind in StageKind.values:
        items = WorkItem.objects.filter(task=task, kind=kind)
        found += eligibility.with_item_barrier(items, worker, kind, at=at)
    return sorted(found, key=lambda item: (item.stage, item.round, item.pk))


def known_about(worker: Worker, task: Task, lane_ids: Iterable[int], *, at: datetime) -> Known:
    lanes = list(eligibility.with_barrier(Lane.objects.filter(pk__in=lane_ids), worker, at=at))
    cursors = LaneCursor.objects.filter(worker=worker, lane__in=lanes).values_list("lane", "empty_version")
    versions = {lane.pk: lane.version for lane in lanes}
    return Known(
        barriers={lane.pk: Barrier(value) if (value := barrier_of(lane)) else None for lane in lanes},
        turns=turns_of(worker, task, at=at),
        own={one.work_item_id: one for one in Assignment.objects.filter(worker=worker, work_item__task=task)},
        remembered=frozenset(lane for lane, empty in cursors if empty == versions[lane]),
        is_capped=cap_reached(task.version, caps=task.project.current_version or task.version, at=at),
        has_work=Assignment.objects.active().filter(worker=worker).exists(),
    )


def turns_of(worker: Worker, task: Task, *, at: datetime) -> dict[str, datetime | None]:
    """By kind of work when it is open to the worker again, where nothing but ramps holds it back; in one query."""
    lease = timedelta(seconds=(task.project.current_version or task.version).lease_s)
    withheld = list(
        Pause.objects.withholding(worker.pk, at=at, ahead=Value(lease)).over(
            organization=task.organization_id,
            project=task.project_id,
            task_type=task.project.type,
            batch=task.batch_id,
            country=worker.country,
        )
    )
    stops = {StageKind.ATTEMPT: withheld, StageKind.REVIEW: [one for one in withheld if not one.reviews_go_on]}
    return {str(kind): stopping.turn_in(found, worker.pk) for kind, found in stops.items()}


def answer(item: WorkItem, task: Task, known: Known, *, at: datetime) -> Answer:
    barrier = known.barriers[item.lane_id]
    cause = cause_of(item, task, known)
    until = item.reserved_until if cause is Cause.RESERVED else None
    return Answer(item, barrier, cause, until, known.turns[item.kind] if barrier is Barrier.PAUSED else None)


def cause_of(item: WorkItem, task: Task, known: Known) -> Cause | None:
    match barrier_of(item):
        case ItemBarrier.HAD:
            return cause_of_having(known.own[item.pk])
        case ItemBarrier.OWN_WORK:
            return Cause.OWN_WORK if item.kind == StageKind.REVIEW else Cause.OTHER_PLACE
        case ItemBarrier.CLOSED:
            return cause_of_closing(item, task)
        case ItemBarrier.RESERVED:
            return Cause.RESERVED
    return cause_of_waiting(item, known)


def cause_of_waiting(item: WorkItem, known: Known) -> Cause | None:
    """Why an item that they may take does not come to them now."""
    if known.is_capped and item.kind == StageKind.ATTEMPT and item.round == 1:
        return Cause.CAP_REACHED
    if item.lane_id in known.remembered:
        return Cause.REMEMBERED
    return Cause.OTHER_TASK if known.has_work else None


def cause_of_having(own: Assignment) -> Cause:
    if own.status in LEASED:
        return Cause.IN_HAND
    return Cause.TRANSFERRED if own.reason == TRANSFERRED else Cause.HAD_BEFORE


def cause_of_closing(item: WorkItem, task: Task) -> Cause:
    if task.status in {TaskStatus.CANCELED, TaskStatus.ERROR}:
        return Cause.TASK_OVER
    return Cause.ALL_DONE if item.places_done == item.places else Cause.NO_PLACES
