"""What ends a task or a batch is told to its customer: rows only, in the transaction that sends the signal.

And what follows when an export is ready, and when a callback is given up.
"""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from delivery import exporting, happenings, noting
from delivery.models import Delivery, DeliveryState
from events import recording
from events.models import Job, JobState, Outbox
from events.signals import given_up, job_ended
from events.verbs import Verb
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


@receiver(job_ended)
def say_ready(sender: Any, *, job: Job, **_more: Any) -> None:
    """An export that has ended well is an event: webhooks are told of it."""
    if job.kind == exporting.KIND and job.state == JobState.DONE and job.ended_at is not None:
        event = recording.event(
            Verb.EXPORT_READY,
            at=job.ended_at,
            actor=recording.by_site(),
            subject_type="job",
            subject_id=job.public_id,
            organization_id=job.organization_id,
            data={"format": job.params["format"]},
        )
        recording.write(event)


@receiver(given_up)
def give_up(sender: Any, *, outbox: Outbox, at: datetime, **_more: Any) -> None:
    """A callback's last try has failed."""
    delivery = Delivery.objects.filter(key=outbox.dedupe_key.removeprefix(f"{noting.KIND}:")).first()
    if outbox.kind != noting.KIND or delivery is None:
        return
    waiting = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING)
    if not waiting.update(state=DeliveryState.FAILED, ended_at=at):
        return
    noting.say_at_task(delivery, succeeded=False)
    event = recording.event(
        Verb.CALLBACK_FAILED,
        at=at,
        actor=recording.by_site(),
        subject_type="callback",
        subject_id=delivery.public_id,
        organization_id=delivery.organization_id,
        data={"kind": delivery.kind, "of": delivery.subject_id},
    )
    recording.write(event)
