"""Celery's side of this app. Each may run twice and late: rows decide."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from events import running, sealing, sending
from events.models import Job, Outbox
from events.posting import connections_kept
from events.waking import publish

# A sweep ends after this long and asks for another, so that other work gets its turn.
SWEEP = timedelta(seconds=8)
JOBS_PER_SWEEP = 100


@shared_task
def send_outbox(outbox_id: int) -> None:
    sending.send(Outbox.objects.get(pk=outbox_id))


@shared_task
def sweep_outbox() -> None:
    """Send what is due, for as long as a job may take; where it is much, with one more process to help."""
    until = timezone.now() + SWEEP
    is_alone = True
    with connections_kept():
        while timezone.now() < until:
            count = sending.send_next()
            if not count:
                return
            if is_alone and count == sending.AT_ONCE:
                is_alone = False
                publish("events.jobs.sweep_outbox", ())
    publish("events.jobs.sweep_outbox", ())


@shared_task
def run_job(job_id: int) -> None:
    running.run(job_id)


@shared_task
def sweep_jobs() -> None:
    """Wake the jobs whose runner is silent, and those that never began."""
    stalled = Job.objects.stalled(before=timezone.now() - running.SILENCE)
    for pk in stalled.order_by("heartbeat_at").values_list("pk", flat=True)[:JOBS_PER_SWEEP]:
        publish("events.jobs.run_job", (pk,))


@shared_task
def seal_events() -> None:
    sealing.seal()
