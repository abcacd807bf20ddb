"""What runs by schedule: config/celery.py says when."""

from celery import shared_task
from django.utils import timezone

from payments import silence


@shared_task
def accept_by_silence() -> None:
    silence.accept_by_silence(at=timezone.now())
