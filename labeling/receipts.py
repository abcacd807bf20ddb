"""What a worker gets for what they handed in: the same for every repeat."""

from datetime import datetime, timedelta
from typing import Any

from labeling.models import Amendment, Assignment, Review, StageKind, Submission

AMEND_WITHIN = timedelta(minutes=10)


def receipt(assignment: Assignment) -> dict[str, Any]:
    """The receipt of a submitted assignment, as docs/workbench-api.md has it."""
    submission = Submission.objects.filter(assignment=assignment).first()
    review = Review.objects.filter(assignment=assignment).first()
    stored = review or submission
    assert stored is not None  # only a stored answer has a receipt
    at = review.reviewed_at if review else submission.submitted_at  # type: ignore[union-attr]  # one of them is there
    version = assignment.version
    return {
        "id": stored.public_id,
        "submitted_at": stamp(at),
        "checksum": stored.checksum,
        "counted": assignment.counted,
        "pay": {"amount_micros": assignment.rate_micros if assignment.counted else 0, "currency": assignment.currency},
        "state": "in_review" if assignment.counted else "kept",
        "final_by": stamp(at + timedelta(days=version.review_days)),
        "amend_until": stamp(at + AMEND_WITHIN) if review is None and may_be_amended(assignment) else None,
        "number": Amendment.objects.filter(submission=submission).count() if submission else 0,
    }


def may_be_amended(assignment: Assignment) -> bool:
    return assignment.counted and assignment.work_item.kind == StageKind.ATTEMPT


def stamp(at: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and Z."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
