"""Writing an assignment: its place, its share of a budget, its row, the worker's cursor, its event."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Greatest

from core.ids import new_secret_id
from core.prepared import PreparedInsert, PreparedUpdate
from events import recording
from events.models import Event
from events.verbs import Verb
from labeling import places, spending
from labeling.choosing import Choice
from labeling.models import Assignment, AssignmentStatus, LaneCursor, WorkedFor
from labeling.picking import Picked
from projects.models import Filling, ProjectVersion
from projects.versions import version as version_of
from workers.models import Worker

RESERVATION = timedelta(minutes=3)
TAKEN_AGAIN = [AssignmentStatus.EXPIRED, AssignmentStatus.RELEASED, AssignmentStatus.RECALLED]
# What is noted covers the next hour too, so that not every claim writes it; walls are days long.
COVERED = timedelta(hours=1)
FROZEN = [
    "status", "counted", "lease_expires_at", "version", "rate_micros", "currency", "share_micros", "share_day",
    "claimed_at", "ended_at", "reason",
]  # fmt: skip
# A conflict: their former assignment of this item was handed in late while this claim looked at it.
INSERT = PreparedInsert(Assignment, "public_id", "worker", "work_item", *FROZEN, on_conflict="ON CONFLICT DO NOTHING")
MOVE_CURSOR = PreparedUpdate(
    lambda worker, lane, position: (
        LaneCursor.objects.filter(worker=worker, lane=lane),
        {"position": Greatest(F("position"), Value(position))},
    ),
    worker=int,
    lane=int,
    position=int,
)
NEW_CURSOR = PreparedInsert(LaneCursor, "worker", "lane", "position", "empty_version")


class Collided(Exception):
    """Another process changed what this claim had chosen: roll back, and look again."""


def assign(worker: Worker, picked: Picked, choice: Choice, *, status: str, at: datetime) -> Assignment:
    """The assignment of the locked work item; a former one of the same worker and item is taken again.

    A new one has its key when the action has ended. Raises Collided, at once or then, as spending.TokenEmpty.
    """
    to_tail = picked.places > 1 and choice.filling == Filling.BREADTH
    version_id = places.take_place(picked.id, to_tail=to_tail)
    if version_id is None:
        raise Collided
    version = version_of(version_id)
    day = spending.budget_day(choice.time_zone, at=at)
    caps = version_of(choice.current_version_id)
    draws = spending.draws_of(picked.kind, picked.round, version, caps=caps, day=day)
    frozen = {
        "status": status,
        "counted": False,
        "lease_expires_at": at + lease_of(status, version),
        "version": version,
        "rate_micros": version.step_rate_micros(picked.stage),
        "currency": version.currency,
        "share_micros": spending.draw(worker, draws, at=at),
        "share_day": day if draws else None,
        "claimed_at": at,
        "ended_at": None,
        "reason": "",
    }
    assignment = take_again(picked.again, frozen) if picked.again else insert(worker, picked.id, frozen)
    move_cursor(worker, choice, picked)
    note_customer(worker, choice.organization_id, choice.worked_at, at=at)
    recording.write(event_of_assigning(assignment, worker, picked, choice, at=at))
    return assignment


def lease_of(status: str, version: ProjectVersion) -> timedelta:
    return RESERVATION if status == AssignmentStatus.RESERVED else timedelta(seconds=version.lease_s)


def insert(worker: Worker, item_id: int, frozen: dict[str, Any]) -> Assignment:
    made = Assignment(public_id=new_secret_id(), worker=worker, work_item_id=item_id, **frozen)
    made._state.adding = False  # noqa: SLF001 (it is stored, by a statement that was put together before)
    values = [frozen["version"].pk if name == "version" else frozen[name] for name in FROZEN]
    INSERT.at_end([(made.public_id, worker.pk, item_id, *values)], then=partial(note_key, made))
    return made


def note_key(made: Assignment, key: int | None) -> None:
    if key is None:
        raise Collided
    made.pk = key


def take_again(assignment_id: int, frozen: dict[str, Any]) -> Assignment:
    if not Assignment.objects.filter(pk=assignment_id, status__in=TAKEN_AGAIN).update(**frozen):
        raise Collided
    return Assignment.objects.select_related("worker").get(pk=assignment_id)


def move_cursor(worker: Worker, choice: Choice, picked: Picked) -> None:
    """Keeps its high-water mark when the claim came from the head."""
    if choice.position is None:
        NEW_CURSOR.key(worker.pk, choice.lane_id, picked.position, None)
    else:
        MOVE_CURSOR.at_end(worker=worker.pk, lane=choice.lane_id, position=picked.position)


def remember_empty(worker: Worker, choice: Choice) -> None:
    """Nothing here at the version that was read before the look: whatever opens raises it."""
    if choice.position is None:
        NEW_CURSOR.key(worker.pk, choice.lane_id, 0, choice.version)
    else:
        LaneCursor.objects.filter(worker=worker, lane=choice.lane_id).update(empty_version=choice.version)


def note_customer(worker: Worker, organization_id: int, worked_at: datetime | None, *, at: datetime) -> None:
    """What walls between customers look at; `worked_at` is what is noted so far."""
    if worked_at is None:
        WorkedFor.objects.create(worker=worker, organization_id=organization_id, last_at=at + COVERED)
    elif worked_at < at:
        cover_customer(worker, organization_id, at=at)


def cover_customer(worker: Worker, organization_id: int, *, at: datetime) -> None:
    noted = WorkedFor.objects.filter(worker=worker, organization_id=organization_id, last_at__lt=at)
    noted.update(last_at=at + COVERED)


def event_of_assigning(
    assignment: Assignment, worker: Worker, picked: Picked, choice: Choice, *, at: datetime
) -> Event:
    verb = Verb.ASSIGNMENT_CLAIMED
    if assignment.status == AssignmentStatus.RESERVED:
        verb = Verb.ASSIGNMENT_RESERVED
    if picked.again:
        verb = Verb.ASSIGNMENT_REACTIVATED
    return recording.event(
        verb,
        at=at,
        actor=recording.by_worker(worker),
        subject_type="assignment",
        subject_id=assignment.public_id,
        organization_id=choice.organization_id,
        data={"task": picked.task_public_id, "stage": picked.stage},
    )
