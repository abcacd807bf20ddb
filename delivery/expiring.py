"""Nothing here stays for ever: exports and callbacks go after 30 days, pieces of exports that failed at once."""

from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage

from core.actions import action
from delivery import exporting
from delivery.models import Delivery
from events.models import ENDED_JOBS, Job, JobState, Outbox

KEPT = timedelta(days=30)
MOST_AT_ONCE = 100
DELIVERIES_AT_ONCE = 500
MOST_DELIVERIES = 50_000


def delete_expired(*, at: datetime) -> int:
    """How many results were deleted. The bytes go first: a row without them would have nobody to look for them."""
    ended = Job.objects.filter(kind=exporting.KIND, state__in=ENDED_JOBS)
    expired = ended.filter(ended_at__lt=at - KEPT).exclude(result_key="").select_related("organization")
    found = list(expired.order_by("pk")[:MOST_AT_ONCE])
    for job in found:
        default_storage.delete(job.result_key)
        forget(job, result_key="")
    return len(found)


def delete_left_pieces() -> int:
    """How many unfinished exports were tidied up after."""
    stopped = Job.objects.filter(kind=exporting.KIND, state__in=[JobState.FAILED, JobState.CANCELED])
    found = list(stopped.exclude(checkpoint={}).select_related("organization").order_by("pk")[:MOST_AT_ONCE])
    for job in found:
        exporting.delete_pieces(job, job.checkpoint)
        forget(job, checkpoint={})
    return len(found)


@action
def forget(job: Job, **fields: Any) -> None:
    Job.objects.filter(pk=job.pk).update(**fields)


def delete_old_deliveries(*, at: datetime) -> int:
    """How many callbacks were deleted, with their attempts; in short transactions, the oldest first."""
    deleted = 0
    while deleted < MOST_DELIVERIES and (chunk := delete_chunk(before=at - KEPT)):
        deleted += chunk
    return deleted


@action
def delete_chunk(*, before: datetime) -> int:
    ended = Delivery.objects.filter(ended_at__lt=before).order_by("ended_at")[:DELIVERIES_AT_ONCE]
    found = list(ended.select_for_update(skip_locked=True))
    Outbox.objects.filter(dedupe_key__in=[delivery.outbox_key for delivery in found]).delete()
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in found]).delete()
    return len(found)
