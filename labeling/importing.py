"""Answers that were given elsewhere, of tasks that are being written: plain functions for an action above this app."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from labeling.models import Resolution, ResolutionSource, ReviewStatus
from projects.models import Task, TaskStatus

Answers = Mapping[int, Sequence[dict[str, Any]]]
"""By the task's key; the last one counts, the others are its earlier versions."""


def finish(answers: Answers, *, at: datetime, reviews: Mapping[int, str] | None = None) -> None:
    """Complete the tasks, which nobody else knows as yet, without work items and without telling anybody.

    `reviews`: what the customer said of the answer that counts, by the task's key; of others nothing as yet.
    They are not on offer: one whose answer is sent back later is offered then, as if it were new.
    """
    Resolution.objects.bulk_create(
        Resolution(
            task_id=task_id,
            number=number,
            current=number == len(given) - 1,
            source=ResolutionSource.IMPORT,
            response=response,
            review_status=(reviews or {}).get(task_id, ReviewStatus.PENDING)
            if number == len(given) - 1
            else ReviewStatus.PENDING,
            resolved_at=at,
        )
        for task_id, given in answers.items()
        for number, response in enumerate(given)
    )
    Task.objects.filter(pk__in=answers, status=TaskStatus.PENDING).update(
        status=TaskStatus.COMPLETED, completed_at=at, updated_at=at, offered_at=None
    )


def end(keys: Sequence[int], status: TaskStatus, *, at: datetime) -> None:
    """Pending becomes canceled or error, as it was elsewhere; nobody is told."""
    pending = Task.objects.filter(pk__in=keys, status=TaskStatus.PENDING)
    if status == TaskStatus.CANCELED:
        pending.update(status=TaskStatus.CANCELED, completed_at=at, updated_at=at, offered_at=None)
    elif status == TaskStatus.ERROR:
        pending.update(
            status=TaskStatus.ERROR, error_code="ended_elsewhere", completed_at=at, updated_at=at, offered_at=None
        )
