"""What runs by schedule: config/celery.py says when."""

from celery import shared_task
from django.utils import timezone

from automation import evaluating, levels, tallying


@shared_task
def follow_rules() -> None:
    """Count what has happened, then let every rule look at it."""
    at = timezone.now()
    closed = tallying.tally(at=at)
    if closed is not None:
        levels.note_levels(closed=closed, at=at)
        evaluating.evaluate_rules(closed=closed, at=at)


@shared_task
def forget_tallies() -> None:
    tallying.forget(at=timezone.now())
