"""Celery's side of running the site."""

from celery import shared_task
from django.utils import timezone

from config.operating import pulse


@shared_task
def show_life() -> None:
    """Beat sends this, a worker runs it: a row each says that both live."""
    pulse.note(pulse.worker_name(), at=timezone.now())
