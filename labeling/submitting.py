"""Handing in an answer: stored exactly once, answered with a receipt, never thrown away."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError
from django.db.models import BooleanField, Case, Q, Value, When
from django.utils.translation import gettext as _

from accounts.models import is_cut_off
from core import gate, jsonio
from core.actions import action, execute_now
from core.errors import BusinessError, StaleState
from core.prepared import PreparedInsert, PreparedUpdate
from events import recording
from events.verbs import Verb
from labeling import eligibility, places, resolving, signals, spending, stopping, timing
from labeling.answers import check
from labeling.claiming import event_of
from labeling.drafting import drop_draft, keep_as_draft
from labeling.models import TRANSFERRED, Assignment, AssignmentStatus, StageKind, Submission, WorkItem
from labeling.receipts import receipt, receipt_of
from labeling.situation import Situation, situation_of
from workers.models import Worker

LATE = {AssignmentStatus.EXPIRED, AssignmentStatus.RECALLED, AssignmentStatus.RELEASED}
MOST_ANSWERS = 20


def is_late(assignment: Assignment) -> bool:
    """Whether it ended without an answer and may still be handed in; what somebody else goes on with may not."""
    return assignment.status in LATE and assignment.reason != TRANSFERRED


class NotActive(Exception):
    """The assignment is not active: roll back, and look again under the work item's lock."""


def submit(
    assignment: Assignment,
    *,
    response: Any,
    key: str,
    active_ms: int = 0,
    now: Situation | None = None,
    at: datetime,
) -> dict[str, Any]:
    """Store the response and return its receipt; a repeat with the same key and body gets the first receipt.

    `now`: what was read with the assignment, for whoever has it already.
    Raises Findings (422), BusinessError `draft_kept` when a pause or somebody else's claim forbids it (the response is
    the draft then), `already_submitted` with the first receipt for another key or body.
    """
    if assignment.work_item.kind != StageKind.ATTEMPT:
        raise BusinessError(_("This is a review: give a verdict."), code="not_an_attempt", status=400)
    now = now or situation_of(assignment, at=at)
    if now.is_handed_in:
        return repeated(assignment, Submission.objects.get(assignment=assignment), key=key, response=response)
    check(response, task=assignment.work_item.task, version=assignment.version, has_files=now.has_files)
    if now.is_paused:
        refuse_while_paused(assignment, response, at=at)
    try:
        try:
            return hand_in(assignment, response=response, key=key, active_ms=active_ms, at=at)
        except NotActive:
            return late_within_budget(assignment, response=response, key=key, active_ms=active_ms, at=at)
    except IntegrityError as error:
        # Twenty tabs at once: one of them stored it, the others find it here.
        if earlier := Submission.objects.filter(assignment=assignment).first():
            return repeated(assignment, earlier, key=key, response=response)
        raise BusinessError(_("This key was used for other work."), code="key_used") from error
    except (TooLate, StaleState):
        keep_as_draft(assignment, document=response, at=at)
        raise BusinessError(too_late_sentence(), code="draft_kept") from None


class TooLate(Exception):
    """Nothing may be stored for this assignment any more; the caller keeps the draft."""


def too_late_sentence() -> str:
    return _("This task is no longer yours to hand in. Your draft is kept.")


def refuse_while_paused(assignment: Assignment, response: Any, *, at: datetime) -> None:
    """Raises BusinessError `draft_kept` when a pause in force says no; the response becomes the draft."""
    stop = stopping.refusal(assignment, at=at)
    if stop is None:
        return
    keep_as_draft(assignment, document=response, at=at)
    codename = assignment.work_item.task.project.codename
    raise BusinessError(stopping.sentence(stop, codename), code="draft_kept")


def repeated(assignment: Assignment, earlier: Submission, *, key: str, response: Any) -> dict[str, Any]:
    """The first receipt for the same key and body; else a refusal that carries it."""
    assignment.refresh_from_db()
    first = receipt(assignment)
    if earlier.key == key and earlier.checksum == jsonio.checksum(response):
        return first
    raise BusinessError(_("You have handed this in already."), code="already_submitted", receipt=first)


# Not `status=`: the planner would look for it in the index of all that are active, which holds what has been so too.
IS_ACTIVE = Case(
    When(Q(status=AssignmentStatus.ACTIVE), then=Value(True)), default=Value(False), output_field=BooleanField()
)
# The same claim that the caller read: a later one of the same row may have frozen another rate.
HAND_IN = PreparedUpdate(
    lambda assignment, claimed_at, at, active_ms: (
        Assignment.objects.filter(IS_ACTIVE, pk=assignment, claimed_at=claimed_at),
        {"status": AssignmentStatus.SUBMITTED, "counted": True, "ended_at": at, "active_ms": active_ms},
    ),
    returning=["id"],
    assignment=int,
    claimed_at=datetime,
    at=datetime,
    active_ms=int,
)
INSERT = PreparedInsert(
    Submission, "public_id", "assignment", "author", "key", "task", "response", "checksum", "submitted_at"
)


@action
def hand_in(assignment: Assignment, *, response: Any, key: str, active_ms: int, at: datetime) -> dict[str, Any]:
    """On time: 99 of 100. Raises NotActive, which rolls back."""
    lock_for(assignment.work_item)
    filled = places.fill_place(assignment.work_item_id)
    if filled is None:
        raise NotActive
    claimed_at = assignment.claimed_at
    HAND_IN.at_end(then=refuse_other, assignment=assignment.pk, claimed_at=claimed_at, at=at, active_ms=active_ms)
    timing.note_sign(assignment, at=at)
    return store(assignment, filled, response=response, key=key, at=at)


def refuse_other(changed: int | None) -> None:
    if changed is None:
        raise NotActive


def lock_worker(worker_id: int) -> None:
    """Before the items: what the worker claims, or hands in late, of the same task at this moment waits its turn.

    The gate is shared with it: who cuts a customer off waits for what has not read that yet.
    """
    gate.enter(Worker._meta.db_table, worker_id)


def refuse_of_cut_off(assignment: Assignment) -> None:
    """Raises TooLate. In a statement after the one that shares the gate.

    Not asked of what is handed in on time: its assignment is active under the item's lock, and who cuts a customer off
    takes all of theirs back before it is said to be done.
    """
    if is_cut_off(assignment.work_item.task.organization_id):
        raise TooLate


def lock_for(item: WorkItem) -> None:
    """A redo may complete the task together with its other items: all of them, by id. A first round locks itself."""
    if item.round > 1:
        places.locked_of_task(item.task_id)


def late_within_budget(
    assignment: Assignment, *, response: Any, key: str, active_ms: int, at: datetime
) -> dict[str, Any]:
    """Hand in late; the share of a spend cap was given back with the lease and has to be had again to count."""
    may_count = True
    for _answer in range(MOST_ANSWERS):
        try:
            return hand_in_late(assignment, response=response, key=key, active_ms=active_ms, may_count=may_count, at=at)
        except spending.TokenEmpty as empty:
            may_count = spending.grant(assignment.worker, empty.draws, at=at) is spending.Grant.FILLED
    return hand_in_late(assignment, response=response, key=key, active_ms=active_ms, may_count=False, at=at)


@action
def hand_in_late(
    assignment: Assignment, *, response: Any, key: str, active_ms: int, may_count: bool, at: datetime
) -> dict[str, Any]:
    """Replayed, expired, recalled, given back, or active again meanwhile: decided under the item's lock.

    Late work is always stored, and counted if a place is free and paid for, and its author has no other part in the
    task; else a person decides about it. Raises TooLate, spending.TokenEmpty.
    """
    lock_worker(assignment.worker_id)
    refuse_of_cut_off(assignment)
    lock_for(assignment.work_item)
    item = WorkItem.objects.select_for_update(no_key=True).get(pk=assignment.work_item_id)
    now = Assignment.objects.select_related(
        "worker__user", "version__project__organization", "version__project__current_version"
    ).get(pk=assignment.pk)
    if earlier := Submission.objects.filter(assignment=now).first():
        return repeated(now, earlier, key=key, response=response)
    filled = None
    if now.status == AssignmentStatus.ACTIVE:
        filled = places.fill_place(item.pk)
    elif not is_late(now):
        raise TooLate
    elif may_count:
        filled = take_late_place(now, item, at=at)
    Assignment.objects.filter(pk=now.pk).update(
        status=AssignmentStatus.SUBMITTED, counted=filled is not None, ended_at=at, active_ms=active_ms
    )
    timing.note_sign(now, at=at)
    return store(now, filled, response=response, key=key, at=at)


def take_late_place(assignment: Assignment, item: WorkItem, *, at: datetime) -> places.Filled | None:
    """A place of the locked item, filled by the assignment now, if one is free and nobody fills two of the task by it.

    The caller has locked the worker too. Raises spending.TokenEmpty.
    """
    if not eligibility.may_fill(assignment.worker, item) or not places.take_place(item.pk):
        return None
    filled = places.fill_place(item.pk)
    day = spending.budget_day(assignment.version.project.organization.time_zone, at=at)
    caps = assignment.version.project.current_version or assignment.version
    draws = spending.draws_of(item.kind, item.round, assignment.version, caps=caps, day=day)
    share = spending.draw(assignment.worker, draws, at=at)
    Assignment.objects.filter(pk=assignment.pk).update(share_micros=share, share_day=day if draws else None)
    return filled


def store(
    assignment: Assignment, filled: places.Filled | None, *, response: Any, key: str, at: datetime
) -> dict[str, Any]:
    """Insert the submission and what follows from it, under the item's lock; lanes last.

    `filled` None: it fills no place and is kept for a person's decision.
    """
    submission = insert(assignment, response, key=key, at=at)
    assignment.status, assignment.counted = AssignmentStatus.SUBMITTED, filled is not None
    drop_draft(assignment)
    verb = Verb.SUBMISSION_KEPT_LATE if filled is None else Verb.SUBMISSION_RECEIVED
    recording.write(event_of(verb, assignment, at=at, submission=submission.public_id))
    opened: list[int] = []
    if filled is not None:
        signals.work_handed_in.send(Assignment, assignment=assignment, at=at)
        opened = resolving.after_attempt(assignment.work_item, filled, submission, at=at)
    places.bump(opened)
    return receipt_of(assignment, submission)


def insert(assignment: Assignment, response: Any, *, key: str, at: datetime) -> Submission:
    """With what was to be run at the action's end so far, as the assignment is handed in by now.

    Raises IntegrityError for a key that its author has used, and for an assignment that was handed in.
    """
    submission = Submission(
        assignment=assignment,
        author=assignment.worker,
        key=key,
        task=assignment.work_item.task,
        response=response,
        checksum=jsonio.checksum(response),
        submitted_at=at,
    )
    ids = submission.public_id, assignment.pk, assignment.worker_id
    values = *ids, key, assignment.work_item.task_id, response, submission.checksum, at
    INSERT.at_end([values], then=partial(setattr, submission, "pk"))
    execute_now()
    return submission
