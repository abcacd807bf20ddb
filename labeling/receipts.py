"""What a worker gets for what they handed in: the same for every repeat."""

from datetime import datetime, timedelta
from typing import Any

from labeling.models import Amendment, Assignment, Review, StageKind, Submission

AMEND_WITHIN = timedelta(minutes=10)


def receipt(assignment: Assignment) -> dict[str, Any]:
    """The receipt of a submitted assignment, as docs/workbench-api.md has it."""
    if review := Review.objects.filter(assignment=assignment).first():
        fix = Submission.objects.filter(assignment=assignment).first()
        return receipt_of(assignment, review, number=amendments(fix) if fix else 0)
    submission = Submission.objects.get(assignment=assignment)  # only a stored answer has a receipt
    return receipt_of(assignment, submission, number=amendments(submission))


def amendments(submission: Submission) -> int:
    return Amendment.objects.filter(submission=submission).count()


def receipt_of(assignment: Assignment, stored: Submission | Review, *, number: int = 0) -> dict[str, Any]:
    """`number`: of amendments so far."""
    at = stored.reviewed_at if isinstance(stored, Review) else stored.submitted_at
    may_amend = isinstance(stored, Submission) and may_be_amended(assignment)
    return {
        "id": stored.public_id,
        "submitted_at": stamp(at),
        "checksum": stored.checksum,
        "counted": assignment.counted,
        "pay": {"amount_micros": assignment.rate_micros if assignment.counted else 0, "currency": assignment.currency},
        "state": "in_review" if assignment.counted else "kept",
        "final_by": stamp(at + timedelta(days=assignment.version.review_days)),
        "amend_until": stamp(at + AMEND_WITHIN) if may_amend else None,
        "number": number,
    }


def may_be_amended(assignment: Assignment) -> bool:
    return assignment.counted and assignment.work_item.kind == StageKind.ATTEMPT


def stamp(at: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and Z."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
