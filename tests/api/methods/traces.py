"""What a call could have left of itself at a customer: rows of everything that the API writes, and events."""

from typing import Any

from django.db.models import Model

from accounts.models import Invitation, Membership, Organization
from events.models import Event
from labeling.models import Resolution
from projects.models import (
    Asset,
    Batch,
    BatchGroup,
    Enrollment,
    Group,
    GroupMember,
    Pause,
    Project,
    ProjectVersion,
    Task,
    TaskContent,
    TaskTag,
)
from quality.models import QualityTask

# By the way from the model to the organization.
OF_A_CUSTOMER: list[tuple[type[Model], str]] = [
    (Project, "organization"),
    (ProjectVersion, "project__organization"),
    (Batch, "organization"),
    (Pause, "batch__organization"),
    (Task, "organization"),
    (TaskContent, "task__organization"),
    (TaskTag, "task__organization"),
    (Resolution, "task__organization"),
    (QualityTask, "project__organization"),
    (Asset, "organization"),
    (Membership, "organization"),
    (Invitation, "organization"),
    (Enrollment, "project__organization"),
    (Group, "project__organization"),
    (GroupMember, "group__project__organization"),
    (BatchGroup, "batch__organization"),
    (Event, "organization"),
]


def traces(organization: Organization) -> dict[str, list[dict[str, Any]]]:
    return {
        model.__name__: list(model._default_manager.filter(**{way: organization}).order_by("pk").values())
        for model, way in OF_A_CUSTOMER
    }
