"""What the order sends up: a task is ready, a version is published."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from labeling import moving, offering
from projects import signals
from projects.models import Project, ProjectVersion, Task


@receiver(signals.tasks_ready)
def offer_tasks(sender: Any, *, tasks: list[Task], at: datetime, **_more: Any) -> None:
    offering.offer(tasks, at=at)


@receiver(signals.version_published)
def move_tasks(
    sender: Any, *, project: Project, version: ProjectVersion, by: User | None, at: datetime, **_more: Any
) -> None:
    moving.start(project, version, by=by, at=at)
