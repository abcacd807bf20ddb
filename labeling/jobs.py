"""What runs by schedule: config/celery.py says when."""

from celery import shared_task
from django.utils import timezone

from labeling import batches, beginning, expiring, lanes, quieting, reminding, resuming


@shared_task
def expire_assignments() -> None:
    expiring.expire_assignments(at=timezone.now())


@shared_task
def follow_pauses() -> None:
    """Nobody is handed anything meanwhile: this records, tells and tidies."""
    at = timezone.now()
    quieting.write_ahead(at=at)
    beginning.warn_of_pauses(at=at)
    beginning.begin_due_pauses(at=at)
    resuming.end_due_pauses(at=at)
    resuming.forget_ramps(at=at)


@shared_task
def remind_of_pauses() -> None:
    reminding.remind_of_pauses(at=timezone.now())


@shared_task
def complete_batches() -> None:
    batches.complete_batches(at=timezone.now())


@shared_task
def close_idle_lanes() -> None:
    lanes.close_idle_lanes()
