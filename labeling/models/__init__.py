"""The work on tasks."""

from labeling.models.answers import (
    Amendment,
    Draft,
    Report,
    ReportDecision,
    Resolution,
    ResolutionSource,
    Review,
    ReviewStatus,
    Submission,
    Verdict,
)
from labeling.models.assignment import LEASED, NEXT_STATUSES, TRANSFERRED, Assignment, AssignmentStatus
from labeling.models.queue import Lane, LaneCursor, Position, StageKind, WorkItem
from labeling.models.time import (
    NEXT_CORRECTION_STATUSES,
    CorrectionKind,
    CorrectionStatus,
    TimeCorrection,
    WorkDay,
    WorkedFor,
    WorkInterval,
)

__all__ = [
    "LEASED",
    "NEXT_CORRECTION_STATUSES",
    "NEXT_STATUSES",
    "TRANSFERRED",
    "Amendment",
    "Assignment",
    "AssignmentStatus",
    "CorrectionKind",
    "CorrectionStatus",
    "Draft",
    "Lane",
    "LaneCursor",
    "Position",
    "Report",
    "ReportDecision",
    "Resolution",
    "ResolutionSource",
    "Review",
    "ReviewStatus",
    "StageKind",
    "Submission",
    "TimeCorrection",
    "Verdict",
    "WorkDay",
    "WorkInterval",
    "WorkItem",
    "WorkedFor",
]
