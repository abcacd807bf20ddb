"""Correcting one's own submission: for ten minutes, and only before its review has begun."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import is_cut_off
from core import jsonio
from core.actions import action
from core.errors import BusinessError
from events import recording
from events.verbs import Verb
from labeling import places, submitting
from labeling.answers import check
from labeling.claiming import event_of
from labeling.models import LEASED, Amendment, Assignment, Resolution, ResolutionSource, Review, Submission
from labeling.receipts import AMEND_WITHIN, receipt
from labeling.resolving import decide, passed_answers, resolve


def amend(assignment: Assignment, *, response: Any, key: str, at: datetime) -> dict[str, Any]:
    """Insert an amendment and return the receipt with its number; a repeat with the same key changes nothing.

    Raises Findings, BusinessError `too_late` when ten minutes are over or the review has begun.
    """
    check(response, task=assignment.work_item.task, version=assignment.version)
    return insert(assignment, response=response, key=key, at=at)


@action
def insert(assignment: Assignment, *, response: Any, key: str, at: datetime) -> dict[str, Any]:
    submitting.lock_worker(assignment.worker_id)
    if is_cut_off(assignment.work_item.task.organization_id):
        raise BusinessError(_("This work is stopped: it stays as it is."), code="too_late")
    # The task's items are what a review begins with: whoever holds them knows whether it has begun.
    places.locked_of_task(assignment.work_item.task_id)
    submission = Submission.objects.filter(assignment=assignment).first()
    if submission is None:
        raise BusinessError(_("There is nothing to correct yet."), code="not_submitted")
    if Amendment.objects.filter(submission=submission, key=key).exists():
        return receipt(assignment)
    refuse_if_late(submission, at=at)
    number = Amendment.objects.filter(submission=submission).count() + 1
    Amendment.objects.create(
        submission=submission,
        number=number,
        key=key,
        response=response,
        checksum=jsonio.checksum(response),
        amended_at=at,
    )
    follow_resolution(submission, response, at=at)
    recording.write(event_of(Verb.SUBMISSION_AMENDED, assignment, at=at, number=number))
    return receipt(assignment)


def refuse_if_late(submission: Submission, *, at: datetime) -> None:
    begun = Assignment.objects.filter(work_item__subject=submission, status__in=LEASED)
    reviewed = Review.objects.filter(submission=submission)
    if at > submission.submitted_at + AMEND_WITHIN or begun.exists() or reviewed.exists():
        raise BusinessError(_("Ten minutes are over, or its review has begun: it stays as it is."), code="too_late")


def follow_resolution(submission: Submission, response: Any, *, at: datetime) -> None:
    """Where the submission is the task's answer already, alone or merged with others, it makes the next version."""
    current = Resolution.objects.filter(task=submission.task, current=True).first()
    if current is None:
        return
    if current.submission_id == submission.pk:
        decide(submission.task, response, source=current.source, submission=submission, at=at)
    elif current.source == ResolutionSource.CONSENSUS and submission.pk in (passed := passed_answers(submission.task)):
        resolve(submission.task, tuple(passed), at=at)
