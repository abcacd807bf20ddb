"""Exports do not stay for ever: results after 30 days, pieces of those that failed or were cancelled at once."""

from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage

from core.actions import action
from delivery import exporting
from events.models import ENDED_JOBS, Job, JobState

KEPT = timedelta(days=30)
MOST_AT_ONCE = 100


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
