"""Celery's side of this app. Each may run twice and late: rows decide."""

from celery import shared_task
from django.utils import timezone

from delivery import expiring


@shared_task
def delete_exports() -> None:
    """Delete expired results and what cancelled exports left."""
    expiring.delete_expired(at=timezone.now())
    expiring.delete_left_pieces()
