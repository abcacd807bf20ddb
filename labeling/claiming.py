"""Handing work out: claim, reserve ahead, take again. Protocol: docs/decisions/0002-the-queue.md."""

import enum
import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.db.models import BooleanField, Case, F, FilteredRelation, Q, QuerySet, Value, When
from django.db.models.functions import Greatest

from core import gate
from core.actions import action
from core.errors import BusinessError
from events import recording
from events.models import Event
from events.verbs import Verb
from labeling import eligibility, places, spending
from labeling.models import Assignment, AssignmentStatus, Lane, LaneCursor, StageKind, WorkedFor, WorkItem
from projects.models import ProjectVersion
from workers.models import Worker

MOST_LANES = 20
FIRST_LANES = 5
LANES_READ = 100
MOST_ANSWERS = 20
# While new work keeps coming nobody wraps around: some claims look for what was left behind.
FROM_THE_HEAD = 1 / 20
RESERVATION = timedelta(minutes=3)
TAKEN_AGAIN = [AssignmentStatus.EXPIRED, AssignmentStatus.RELEASED, AssignmentStatus.RECALLED]


class Nothing(enum.Enum):
    """Why a claim has no assignment: nothing for this worker, or somebody holds it at this moment."""

    EMPTY = "empty"
    BUSY = "busy"


@dataclass(frozen=True)
class Wish:
    """What the worker asks for: from one project, of one kind of stage, to have now or to have next."""

    project_id: int | None = None
    kind: str | None = None
    status: str = AssignmentStatus.ACTIVE
    # Projects whose spend cap is reached: of these only what costs nothing more.
    capped_projects: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Choice:
    """One lane as the claim sees it."""

    lane: Lane
    position: int
    capped: bool
    # Whether emptiness may be remembered: not where the worker's own work in hand may be what stands in the way.
    lasting: bool


class Collided(Exception):
    """Another process changed what this claim had chosen: roll back, and look again."""


def claim(
    worker: Worker, *, at: datetime, project_id: int | None = None, kind: str | None = None
) -> Assignment | Nothing:
    """The worker's active assignment: the one in hand, the reserved one, or the most urgent new one.

    Raises nothing for an empty queue: Nothing.BUSY means “ask again in a second”.
    """
    return within_budget(worker, Wish(project_id, kind), at=at)


def reserve(
    worker: Worker, *, at: datetime, project_id: int | None = None, kind: str | None = None
) -> Assignment | Nothing:
    """The worker's next assignment, reserved for a short time so that it can be loaded ahead."""
    return within_budget(worker, Wish(project_id, kind, AssignmentStatus.RESERVED), at=at)


def within_budget(worker: Worker, wish: Wish, *, at: datetime) -> Assignment | Nothing:
    """Hand out; where a spend cap's token is empty, fill it in a transaction of its own and try again."""
    ask_again = False
    for _answer in range(MOST_ANSWERS):
        try:
            found = hand_out(worker, wish, at=at)
        except spending.TokenEmpty as empty:
            granted = spending.grant(worker, empty.draws, at=at)
            if granted is not spending.Grant.FILLED:
                wish = replace(wish, capped_projects=wish.capped_projects | {empty.project_id})
                ask_again = ask_again or granted is spending.Grant.LATER
        except Collided:
            continue
        else:
            return Nothing.BUSY if ask_again and found is Nothing.EMPTY else found
    return Nothing.BUSY


@action
def hand_out(worker: Worker, wish: Wish, *, at: datetime) -> Assignment | Nothing:
    """One transaction of the claim. Raises spending.TokenEmpty or Collided, which roll it back."""
    if not gate.enter(Worker._meta.db_table, worker.pk):
        raise BusinessError("This worker is gone.", code="gone", status=404)
    leased = Assignment.objects.leased().filter(worker=worker).select_related("work_item__task")
    held = {found.status: found for found in leased}
    if found := held.get(AssignmentStatus(wish.status)):
        return found
    if (found := held.get(AssignmentStatus.RESERVED)) and (activated := activate(found, wish, at=at)):
        return activated
    return take_first(worker, wish, at=at, batches_in_hand={found.work_item.task.batch_id for found in held.values()})


def activate(reserved: Assignment, wish: Wish, *, at: datetime) -> Assignment | None:
    """The reserved assignment becomes active if its lane may still be handed out; else its place goes back."""
    item = WorkItem.objects.filter(pk=reserved.work_item_id).select_for_update(no_key=True).get()
    may = fits(item, wish) and eligibility.may_be_handed_out(reserved.worker, item, at=at)
    status = AssignmentStatus.ACTIVE if may else AssignmentStatus.RELEASED
    lease = at + timedelta(seconds=ProjectVersion.objects.get(pk=reserved.version_id).lease_s)
    changed = Assignment.objects.filter(pk=reserved.pk, status=AssignmentStatus.RESERVED).update(
        status=status, lease_expires_at=lease, **({"claimed_at": at} if may else {"ended_at": at})
    )
    if not changed:
        return None
    reserved.status, reserved.lease_expires_at = status, lease
    verb = Verb.ASSIGNMENT_CLAIMED if may else Verb.ASSIGNMENT_RELEASED
    recording.write(event_of(verb, reserved, at=at))
    if may:
        reserved.claimed_at = at
        return reserved
    spending.give_back(reserved)
    places.give_place_back(item)
    places.bump([item.lane_id])
    return None


def fits(item: WorkItem, wish: Wish) -> bool:
    if wish.kind and item.kind != wish.kind:
        return False
    return wish.project_id is None or item.lane.batch.project_id == wish.project_id


def take_first(worker: Worker, wish: Wish, *, at: datetime, batches_in_hand: set[int]) -> Assignment | Nothing:
    """The first free work item of the first lanes that have one."""
    found = choices(worker, wish, at=at, batches_in_hand=batches_in_hand)
    chosen = some_of(found)
    busy = len(chosen) < len(found)
    for choice in chosen:
        item = take_item(worker, choice, at=at)
        if item is not None:
            return assign(worker, item, choice, wish, at=at)
        # SKIP LOCKED does not see what another transaction holds: emptiness needs a look without it.
        left = eligibility.open_items(worker, choice.lane)
        if left.exists():
            busy = busy or items_of(worker, choice, at=at).exists()
        elif choice.lasting:
            remember_empty(worker, choice.lane)
    return Nothing.BUSY if busy else Nothing.EMPTY


def some_of(found: list[Choice]) -> list[Choice]:
    """As many lanes as one transaction looks into.

    A lane whose work is kept for others is looked into each time: what stands behind many of them is reached by luck.
    """
    if len(found) <= MOST_LANES:
        return found
    return found[:FIRST_LANES] + random.sample(found[FIRST_LANES:], MOST_LANES - FIRST_LANES)


def choices(worker: Worker, wish: Wish, *, at: datetime, batches_in_hand: set[int]) -> list[Choice]:
    """The lanes to look into, returned work first, then reviews, batch order, priority."""
    lanes = wanted(eligibility.open_to(worker, at=at), wish)
    returned = WorkItem.objects.filter(open=True, reserved_for=worker).values("lane")
    found = (
        lanes.filter(maybe_open=True)
        .select_related("batch")
        .annotate(mine=FilteredRelation("cursors", condition=Q(cursors__worker=worker)))
        .annotate(mine_position=F("mine__position"), mine_empty=F("mine__empty_version"))
        .filter(Q(mine_empty=None) | ~Q(mine_empty=F("version")))
        .annotate(
            returned=Case(When(pk__in=returned, then=Value(True)), default=Value(False), output_field=BooleanField())
        )
        .order_by(
            "-returned", Case(When(kind=StageKind.REVIEW, then=0), default=1), "batch__order_key", "-priority", "pk"
        )
    )
    return [
        Choice(
            lane,
            position=lane.mine_position or 0,
            capped=lane.kind == StageKind.ATTEMPT and lane.batch.project_id in wish.capped_projects,
            lasting=lane.batch_id not in batches_in_hand,
        )
        for lane in found[:LANES_READ]
    ]


def wanted(lanes: QuerySet[Lane], wish: Wish) -> QuerySet[Lane]:
    if wish.project_id is not None:
        lanes = lanes.filter(batch__project_id=wish.project_id)
    return lanes.filter(kind=wish.kind) if wish.kind else lanes


def items_of(worker: Worker, choice: Choice, *, at: datetime) -> QuerySet[WorkItem]:
    """The free items of the lane; where the cap is reached, redos alone: their place is paid for."""
    items = eligibility.items_for(worker, choice.lane, at=at)
    return items.filter(round__gt=1) if choice.capped else items


def take_item(worker: Worker, choice: Choice, *, at: datetime) -> WorkItem | None:
    """Lock the first free item: reserved for this worker, behind the cursor, or from the head."""
    items = items_of(worker, choice, at=at)
    if found := first_free(items.filter(reserved_for=worker)):
        return found
    behind_the_cursor = choice.position and random.random() >= FROM_THE_HEAD  # noqa: S311 (no secret)
    if behind_the_cursor and (found := first_free(items.filter(position__gt=choice.position))):
        return found
    return first_free(items)


def first_free(items: QuerySet[WorkItem]) -> WorkItem | None:
    """Lock the thin row alone: joined to its task, a planner without statistics reads and sorts the whole lane."""
    found = items.order_by("position").select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
    if found is None:
        return None
    return WorkItem.objects.select_related("task__version__project__organization").get(pk=found.pk)


def remember_empty(worker: Worker, lane: Lane) -> None:
    """Nothing here at the version that was read before the look: whatever opens raises it."""
    cursor = LaneCursor.objects.filter(worker=worker, lane=lane)
    if not cursor.update(empty_version=lane.version):
        LaneCursor.objects.create(worker=worker, lane=lane, empty_version=lane.version)


def assign(worker: Worker, item: WorkItem, choice: Choice, wish: Wish, *, at: datetime) -> Assignment:
    """Write the assignment: place, budget, row (a former one of the same worker and item is taken again), cursor."""
    if not places.take_place(item.pk):
        raise Collided
    version = item.task.version
    share, day = spending.draw(worker, item, version, at=at)
    frozen = {
        "status": wish.status,
        "counted": False,
        "lease_expires_at": at + lease_of(wish, version),
        "version": version,
        "rate_micros": version.step_rate_micros(item.stage),
        "currency": version.currency,
        "share_micros": share,
        "share_day": day,
        "claimed_at": at,
        "ended_at": None,
        "reason": "",
    }
    again = Assignment.objects.filter(worker=worker, work_item=item, status__in=TAKEN_AGAIN)
    if again.update(**frozen):
        assignment, verb = Assignment.objects.get(worker=worker, work_item=item), Verb.ASSIGNMENT_REACTIVATED
    else:
        assignment, verb = insert(worker, item, **frozen), verb_of(wish)
    move_cursor(worker, choice, item)
    note_customer(worker, item.task.organization_id, at=at)
    recording.write(event_of(verb, assignment, at=at))
    return assignment


def insert(worker: Worker, item: WorkItem, **frozen: Any) -> Assignment:
    try:
        return Assignment.objects.create(worker=worker, work_item=item, **frozen)
    except IntegrityError as error:
        # Their former assignment of this item was handed in late while this claim looked at it.
        raise Collided from error


def verb_of(wish: Wish) -> Verb:
    return Verb.ASSIGNMENT_RESERVED if wish.status == AssignmentStatus.RESERVED else Verb.ASSIGNMENT_CLAIMED


def lease_of(wish: Wish, version: ProjectVersion) -> timedelta:
    return RESERVATION if wish.status == AssignmentStatus.RESERVED else timedelta(seconds=version.lease_s)


def move_cursor(worker: Worker, choice: Choice, item: WorkItem) -> None:
    """Keeps its high-water mark when the claim came from the head."""
    cursor = LaneCursor.objects.filter(worker=worker, lane=choice.lane)
    if not cursor.update(position=Greatest(F("position"), Value(item.position))):
        LaneCursor.objects.create(worker=worker, lane=choice.lane, position=item.position)


def note_customer(worker: Worker, organization_id: int, *, at: datetime) -> None:
    """What walls between customers look at."""
    known = WorkedFor.objects.filter(worker=worker, organization_id=organization_id)
    if not known.update(last_at=at):
        WorkedFor.objects.create(worker=worker, organization_id=organization_id, last_at=at)


def event_of(
    verb: Verb, assignment: Assignment, *, at: datetime, actor: recording.Actor | None = None, **data: object
) -> Event:
    """The event of a step of an assignment, done by its worker unless somebody else is named."""
    return recording.event(
        verb,
        at=at,
        actor=actor or recording.by_worker(assignment.worker),
        subject_type="assignment",
        subject_id=assignment.public_id,
        organization_id=organization_id_of(assignment),
        data={"task": assignment.work_item.task.public_id, "stage": assignment.work_item.stage, **data},
    )


def organization_id_of(assignment: Assignment) -> int:
    return assignment.work_item.task.organization_id
