"""What ends a task or a batch is told to its customer: rows only, in the transaction that sends the signal."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from delivery import happenings, noting
from labeling import signals
from labeling.models import Resolution
from projects.models import Batch, Task
from projects.signals import task_errored


@receiver(signals.task_resolved)
def tell_of_answer(sender: Any, *, task: Task, resolution: Resolution, at: datetime, **_more: Any) -> None:
    """Each version of the answer is told: a fix and a redo have another number."""
    noting.note_task(task, happenings.TASK_COMPLETED, number=resolution.number, at=at)


@receiver(task_errored)
def tell_of_error(sender: Any, *, task: Task, at: datetime, **_more: Any) -> None:
    noting.note_task(task, happenings.TASK_ERRORED, at=at)


@receiver(signals.batch_completed)
def tell_of_batch(sender: Any, *, batch: Batch, at: datetime, **_more: Any) -> None:
    noting.note_batch(batch, at=at)
