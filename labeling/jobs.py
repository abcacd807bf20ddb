"""What runs by schedule: config/celery.py says when."""

from celery import shared_task
from django.utils import timezone

from labeling import batches, expiring, lanes, pausing


@shared_task
def expire_assignments() -> None:
    expiring.expire_assignments(at=timezone.now())


@shared_task
def end_due_pauses() -> None:
    pausing.end_due_pauses(at=timezone.now())


@shared_task
def complete_batches() -> None:
    batches.complete_batches(at=timezone.now())


@shared_task
def close_idle_lanes() -> None:
    lanes.close_idle_lanes()
