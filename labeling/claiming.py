"""Handing work out: claim, reserve ahead, take again. Protocol: docs/decisions/0002-the-queue.md."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core import gate
from core.actions import action
from core.errors import BusinessError
from core.prepared import Prepared
from events import recording
from events.models import Event
from events.verbs import Verb
from labeling import assigning, choosing, eligibility, places, spending
from labeling.choosing import Choice, Wanted, some_of
from labeling.models import Assignment, AssignmentStatus, StageKind, WorkItem
from labeling.picking import free_items, pick
from projects.models import ProjectVersion
from workers.models import Worker

MOST_ANSWERS = 20
RESERVATION = assigning.RESERVATION


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
    # By project of which a spend cap did not hold a share: the versions whose tasks cost less.
    cheaper: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    def without(self, project_id: int, share_micros: int) -> "Wish":
        """Of the project only what costs less than the share, which is less than what was refused before."""
        versions = spending.cheaper_versions(project_id, share_micros)
        return replace(self, cheaper={**self.cheaper, project_id: versions})

    def affordable(self, choice: Choice) -> tuple[int, ...] | None:
        """The versions whose tasks may still be paid for; None where nothing was refused."""
        return self.cheaper.get(choice.project_id) if choice.kind == StageKind.ATTEMPT else None


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
                wish = wish.without(empty.project_id, empty.share_micros)
                ask_again = ask_again or granted is spending.Grant.LATER
        except assigning.Collided:
            continue
        else:
            return Nothing.BUSY if ask_again and found is Nothing.EMPTY else found
    return Nothing.BUSY


HELD = Prepared(
    lambda worker: (
        Assignment.objects.leased().filter(worker=worker).values_list("status", "pk", "work_item__task__batch")
    ),
    worker=int,
)


@action
def hand_out(worker: Worker, wish: Wish, *, at: datetime) -> Assignment | Nothing:
    """One transaction of the claim. Raises spending.TokenEmpty or assigning.Collided, which roll it back."""
    found = gate.enter_and_ask(Worker._meta.db_table, worker.pk, HELD.asked(worker=worker.pk))
    if found is None:
        raise BusinessError("This worker is gone.", code="gone", status=404)
    rows = HELD.rows_of(found)
    held = {status: pk for status, pk, _batch in rows}
    if pk := held.get(wish.status):
        return Assignment.objects.select_related("work_item__task").get(pk=pk)
    if (pk := held.get(AssignmentStatus.RESERVED)) and (activated := activate(pk, wish, at=at)):
        return activated
    return take_first(worker, wish, at=at, batches_in_hand={batch for _status, _pk, batch in rows})


def activate(reserved_id: int, wish: Wish, *, at: datetime) -> Assignment | None:
    """The reserved assignment becomes active if its lane may still be handed out; else its place goes back."""
    reserved = Assignment.objects.select_related("worker__user", "work_item__task").get(pk=reserved_id)
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
        # A reservation that nobody has ended in time may be older than what was noted covers.
        assigning.cover_customer(reserved.worker, item.task.organization_id, at=at)
        return reserved
    spending.give_back(reserved)
    places.give_place_back(item)
    places.bump([item.lane_id])
    return None


def fits(item: WorkItem, wish: Wish) -> bool:
    if wish.kind and item.kind != wish.kind:
        return False
    return wish.project_id is None or item.lane.project_id == wish.project_id


def take_first(worker: Worker, wish: Wish, *, at: datetime, batches_in_hand: set[int]) -> Assignment | Nothing:
    """The first free work item of the first lanes that have one."""
    found = choosing.choices(worker, Wanted(wish.project_id, wish.kind), at=at)
    chosen = some_of(found)
    busy = len(chosen) < len(found)
    for choice in chosen:
        affordable = wish.affordable(choice)
        picked = pick(worker.pk, choice, affordable=affordable, at=at)
        if picked is not None:
            return assigning.assign(worker, picked, choice, status=wish.status, at=at)
        # SKIP LOCKED does not see what another transaction holds: emptiness needs a look without it.
        if eligibility.open_items(worker, choice.lane_id, choice.kind).exists():
            busy = busy or free_items(worker.pk, choice.lane_id, choice.kind, affordable=affordable, at=at).exists()
        elif choice.batch_id not in batches_in_hand:  # else the worker's own work in hand may be what stands in the way
            assigning.remember_empty(worker, choice)
    return Nothing.BUSY if busy else Nothing.EMPTY


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
