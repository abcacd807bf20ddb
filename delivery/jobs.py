"""Celery's side of this app. Each may run twice and late: rows decide."""

from celery import shared_task
from django.utils import timezone

from delivery import expiring, following, sweeping


@shared_task
def delete_exports() -> None:
    """Delete expired results and what cancelled exports left."""
    expiring.delete_expired(at=timezone.now())
    expiring.delete_left_pieces()


@shared_task
def delete_callbacks() -> None:
    """Delete what was delivered or given up long ago, for as long as a job may take."""
    expiring.delete_old_deliveries(at=timezone.now())


@shared_task
def sweep_callbacks() -> None:
    """See to it that what is due is being sent; does not wait for it."""
    sweeping.senders.start()


@shared_task
def follow_events() -> None:
    """Note what webhooks are to be told of."""
    following.follow(at=timezone.now())
