"""A customer calls a whole batch off: nothing of it is handed out any more, and what nobody has begun is cancelled."""

import time
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.models import User
from core import gate
from core.actions import action
from core.errors import BusinessError, StaleState
from events import running
from events.models import Job
from events.recording import write
from events.running import Progress
from events.verbs import Verb
from labeling import canceling
from projects.creating import event_of
from projects.models import Batch, BatchStatus, Task, TaskStatus

KIND = "cancel_batch"
# A step ends at one of them, far below ten seconds.
STEP_TASKS = 200
STEP_S = 4.0


def cancel_batch(batch: Batch, *, by: User | None, at: datetime) -> Batch:
    """For ever. When this returns nothing of it is handed out any more; a job cancels its tasks.

    What somebody has in hand may be handed in and is paid. Raises BusinessError `ended` for a batch that is completed
    or cancelled already, `standing` for a project's standing batch.
    """
    write_canceled(batch, by=by, at=at)
    # The row is committed; whoever read the status before that is waited for here.
    gate.drain()
    return batch


@action
def write_canceled(batch: Batch, *, by: User | None, at: datetime) -> Job:
    if batch.name is None:
        raise BusinessError(_("The standing batch of a project cannot be cancelled."), code="standing")
    standing = Batch.objects.filter(pk=batch.pk, status__in=[BatchStatus.STAGING, BatchStatus.IN_PROGRESS])
    if not standing.update(status=BatchStatus.CANCELED):
        raise BusinessError(_("This batch is completed or cancelled already."), code="ended")
    batch.status = BatchStatus.CANCELED
    write(event_of(Verb.BATCH_CANCELED, batch, by=by, at=at))
    return running.start_job(KIND, organization=batch.organization, by=by, subject_id=batch.public_id, at=at)


def step(job: Job) -> Progress:
    """Cancel the next of its pending tasks, in the order of their creation; those that somebody has begun stay."""
    until = time.monotonic() + STEP_S
    rows = next_tasks(job)
    at, done = job.checkpoint, job.done
    for task in rows:
        done += cancel_unbegun(task, at=timezone.now())
        at = {"created_at": task.created_at.isoformat(), "pk": task.pk}
        if time.monotonic() > until:
            return Progress(done, checkpoint=at)
    return Progress(done, checkpoint=at, finished=len(rows) < STEP_TASKS)


def next_tasks(job: Job) -> list[Task]:
    """By the index on (batch, created_at, id): those behind the checkpoint that have not ended."""
    batch = Batch.objects.get(public_id=job.subject_id)
    tasks = Task.objects.filter(batch=batch, status=TaskStatus.PENDING)
    if job.checkpoint:
        created_at = parse_datetime(job.checkpoint["created_at"])
        tasks = tasks.filter(Q(created_at__gt=created_at) | Q(created_at=created_at, pk__gt=job.checkpoint["pk"]))
    return list(tasks.order_by("created_at", "pk")[:STEP_TASKS])


def cancel_unbegun(task: Task, *, at: datetime) -> int:
    """1 when it was cancelled; 0 when somebody works, or has worked, on it, or it has ended meanwhile."""
    try:
        canceling.cancel(task, free_unique_id=False, by=None, at=at)
    except StaleState:
        return 0
    return 1
