"""What the order sends up: a task is ready, a version is published."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from labeling import moving, offering, test_world
from projects import signals
from projects.models import Batch, Project, ProjectVersion, Task


@receiver(signals.tasks_ready)
def offer_tasks(sender: Any, *, tasks: list[Task], at: datetime, **_more: Any) -> None:
    offering.offer(tasks, at=at)


@receiver(signals.tasks_begun)
def offer_begun_tasks(sender: Any, *, tasks: list[tuple[int, int]], batch: Batch, **_more: Any) -> None:
    offering.offer_begun(tasks, batch)


@receiver(signals.test_tasks_ordered)
def answer_test_tasks(sender: Any, *, keys: list[int], at: datetime, **_more: Any) -> None:
    test_world.complete(keys, at=at)


@receiver(signals.version_published)
def move_tasks(
    sender: Any, *, project: Project, version: ProjectVersion, by: User | None, at: datetime, **_more: Any
) -> None:
    moving.start(project, version, by=by, at=at)
