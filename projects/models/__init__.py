"""The order: what is to be labeled and how, by whom, and what stops it."""

from projects.models.arriving import ColumnHolds, Import, ImportKind, ImportRefusal, TakenUpload
from projects.models.asset import Asset
from projects.models.conditions import RequiredSkill, Requirement, RequirementKind, Wall, WallMember
from projects.models.draft import DraftFile, ProjectDraft
from projects.models.groups import BatchGroup, Group, GroupMember
from projects.models.order import (
    Attachment,
    AttachmentState,
    Batch,
    BatchKind,
    BatchQuerySet,
    BatchStatus,
    Task,
    TaskContent,
    TaskStatus,
    TaskTag,
)
from projects.models.project import Filling, Product, Project, ProjectVersion, Workforce
from projects.models.quiet_hours import QuietHours
from projects.models.ramps import SHARES
from projects.models.standing import (
    BudgetPool,
    BudgetToken,
    Enrollment,
    EnrollmentRole,
    EnrollmentState,
    Hold,
    HoldReason,
)
from projects.models.stops import Pause, PausePolicy, PauseQuerySet, PauseReason, PauseScope

__all__ = [
    "SHARES",
    "Asset",
    "Attachment",
    "AttachmentState",
    "Batch",
    "BatchGroup",
    "BatchKind",
    "BatchQuerySet",
    "BatchStatus",
    "BudgetPool",
    "BudgetToken",
    "ColumnHolds",
    "DraftFile",
    "Enrollment",
    "EnrollmentRole",
    "EnrollmentState",
    "Filling",
    "Group",
    "GroupMember",
    "Hold",
    "HoldReason",
    "Import",
    "ImportKind",
    "ImportRefusal",
    "Pause",
    "PausePolicy",
    "PauseQuerySet",
    "PauseReason",
    "PauseScope",
    "Product",
    "Project",
    "ProjectDraft",
    "ProjectVersion",
    "QuietHours",
    "RequiredSkill",
    "Requirement",
    "RequirementKind",
    "TakenUpload",
    "Task",
    "TaskContent",
    "TaskStatus",
    "TaskTag",
    "Wall",
    "WallMember",
    "Workforce",
]
