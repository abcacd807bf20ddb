"""An admin gives what somebody has in hand to somebody else, with the draft; its place is never free in between."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core import gate
from core.actions import action
from core.errors import BusinessError, StaleState
from events import recording, telling
from events.verbs import Verb
from labeling import assigning, eligibility, places, spending
from labeling.assigning import TAKEN_AGAIN
from labeling.claiming import event_of
from labeling.eligibility import Barrier
from labeling.models import (
    TRANSFERRED,
    Assignment,
    AssignmentStatus,
    Draft,
    Lane,
    WorkedFor,
    WorkItem,
)
from projects.models import TaskStatus
from projects.versions import version as version_of
from workers.models import Worker

MOST_TRIES = 3


@dataclass(frozen=True)
class Transferred:
    """What somebody has in hand now; `draft` None: there was none, or they had one of their own, which stays."""

    assignment: Assignment
    draft: Draft | None


def transfer(assignment: Assignment, *, to: Worker, by: User, text: str, at: datetime) -> Transferred:
    """The work item is in the other worker's hands, active, with a full lease and a copy of the draft.

    Raises BusinessError `same_worker`, `has_work` (who has an active assignment gets no second one), `task_over`,
    `not_eligible` with the barrier or `had_before`; StaleState `not_in_hand` when it was handed in or ended meanwhile.
    """
    for _try in range(MOST_TRIES):
        try:
            return hand_over(assignment, to=to, by=by, text=text, at=at)
        except assigning.Collided:
            continue
    raise StaleState(_("Something else happened to this task at the same moment. Look again."), code="collided")


@action
def hand_over(assignment: Assignment, *, to: Worker, by: User, text: str, at: datetime) -> Transferred:
    """One transaction: gate and the new worker, the item, both assignments. Raises assigning.Collided as well."""
    gate.enter(Worker._meta.db_table, to.pk)
    if to.pk == assignment.worker_id:
        raise BusinessError(_("They have it in hand already."), code="same_worker")
    item = WorkItem.objects.select_related("lane", "task__project").get(pk=places.lock(assignment.work_item_id).pk)
    end_for_transfer(assignment, at=at)
    check_free(to)
    check_eligible(to, item, at=at)
    made = begin(assignment, item, to, at=at)
    draft = copy_draft(assignment, to)
    actor = recording.by_user(by)
    away = event_of(Verb.ASSIGNMENT_RELEASED, assignment, at=at, actor=actor, reason=TRANSFERRED, to=made.public_id)
    here = event_of(Verb.ASSIGNMENT_TRANSFERRED, made, at=at, actor=actor, came_from=assignment.public_id)
    recording.write(away, here)
    tell(assignment, made, item, text=text, at=at)
    return Transferred(made, draft)


def end_for_transfer(assignment: Assignment, *, at: datetime) -> None:
    """The claim that the caller read ends, if it is in hand still. Raises StaleState."""
    leased = Assignment.objects.filter(
        pk=assignment.pk, status__in=[AssignmentStatus.RESERVED, AssignmentStatus.ACTIVE]
    )
    if not leased.filter(claimed_at=assignment.claimed_at).update(
        status=AssignmentStatus.RELEASED, ended_at=at, reason=TRANSFERRED
    ):
        raise StaleState(_("It is no longer in their hands."), code="not_in_hand")
    assignment.refresh_from_db(fields=["status", "ended_at", "reason", "share_micros", "share_day", "version"])


def check_free(to: Worker) -> None:
    if Assignment.objects.active().filter(worker=to).exists():
        sentence = _("Worker %(name)s has another task in hand. Wait until it is handed in, or release it first.")
        raise BusinessError(sentence % {"name": to.pseudonym}, code="has_work")


def check_eligible(to: Worker, item: WorkItem, *, at: datetime) -> None:
    """By the predicate of the claim: the lane first, then the item."""
    if item.task.status != TaskStatus.PENDING:
        raise BusinessError(_("This task has ended: nobody can hand it in any more."), code="task_over")
    lane = eligibility.with_barrier(Lane.objects.filter(pk=item.lane_id), to, at=at).get()
    if barrier := eligibility.barrier_of(lane):
        sentence = _("Worker %(name)s cannot have it: %(barrier)s.")
        values = {"name": to.pseudonym, "barrier": Barrier(barrier).label}
        raise BusinessError(sentence % values, code="not_eligible", barrier=barrier)
    if not eligibility.may_take_over(to, item):
        sentence = _("Worker %(name)s cannot have it: they have had it before, or have a part in this task already.")
        raise BusinessError(sentence % {"name": to.pseudonym}, code="had_before")


def begin(assignment: Assignment, item: WorkItem, to: Worker, *, at: datetime) -> Assignment:
    """The new worker's assignment: rate and lease as a claim freezes them, the share of a cap as it was drawn."""
    version = version_of(item.task.version_id)
    frozen: dict[str, Any] = {
        "status": AssignmentStatus.ACTIVE,
        "counted": False,
        "lease_expires_at": at + assigning.lease_of(AssignmentStatus.ACTIVE, version),
        "version": version,
        "rate_micros": version.step_rate_micros(item.stage),
        "currency": version.currency,
        "share_micros": assignment.share_micros,
        "share_day": assignment.share_day,
        "claimed_at": at,
        "ended_at": None,
        "reason": "",
    }
    spending.move_share(assignment, to)
    former = Assignment.objects.filter(worker=to, work_item=item, status__in=TAKEN_AGAIN).first()
    made = assigning.take_again(former.pk, frozen) if former else assigning.insert(to, item.pk, frozen)
    note_customer(to, item, at=at)
    return made


def note_customer(to: Worker, item: WorkItem, *, at: datetime) -> None:
    worked = WorkedFor.objects.filter(worker=to, organization=item.lane.organization_id)
    assigning.note_customer(to, item.lane.organization_id, worked.values_list("last_at", flat=True).first(), at=at)


def copy_draft(assignment: Assignment, to: Worker) -> Draft | None:
    """The former holder keeps theirs; one that the new worker saved before is not written over."""
    drafts = Draft.objects.filter(work_item=assignment.work_item_id)
    draft = drafts.filter(worker=assignment.worker_id).first()
    if draft is None or drafts.filter(worker=to).exists():
        return None
    return Draft.objects.create(
        work_item_id=assignment.work_item_id, worker=to, revision=1, document=draft.document, saved_at=draft.saved_at
    )


def tell(assignment: Assignment, made: Assignment, item: WorkItem, *, text: str, at: datetime) -> None:
    """The former holder reads the admin's words, the new one until when it is theirs."""
    codename = item.task.project.codename
    away = {"codename": codename, "text": text}
    here = {"codename": codename, "until_at": made.lease_expires_at.isoformat()}
    for code, one, params in (("work_transferred", assignment, away), ("work_received", made, here)):
        key = f"{code}:{one.public_id}:{at.isoformat()}"
        telling.tell([one.worker.user_id], code=code, params=params, dedupe_key=key, at=at, mail=False)
