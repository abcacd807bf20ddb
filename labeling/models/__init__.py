"""The work on tasks."""

from labeling.models.answers import (
    Amendment,
    Draft,
    Report,
    ReportDecision,
    Resolution,
    ResolutionSource,
    Review,
    Submission,
    Verdict,
)
from labeling.models.assignment import LEASED, NEXT_STATUSES, Assignment, AssignmentStatus
from labeling.models.queue import Lane, LaneCursor, Position, StageKind, WorkItem

__all__ = [
    "LEASED",
    "NEXT_STATUSES",
    "Amendment",
    "Assignment",
    "AssignmentStatus",
    "Draft",
    "Lane",
    "LaneCursor",
    "Position",
    "Report",
    "ReportDecision",
    "Resolution",
    "ResolutionSource",
    "Review",
    "StageKind",
    "Submission",
    "Verdict",
    "WorkItem",
]
