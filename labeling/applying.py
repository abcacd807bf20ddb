"""The jobs behind a pause and its end: they only tidy; what is handed out and taken in follows the rows at once."""

from django.utils import timezone

from core import gate
from events.models import Job
from events.running import Progress
from labeling import recalling
from labeling.scopes import Scope
from projects.models import Pause, PausePolicy


def apply_pause(job: Job) -> Progress:
    """Recall, or shorten leases to the grace's end, a chunk a step."""
    one = Pause.objects.get(public_id=job.subject_id)
    if one.ended_at is not None or one.policy not in {PausePolicy.RECALL, PausePolicy.GRACE}:
        return Progress(job.done, finished=True)
    # A claim that had read the old stops may still commit: after this nothing of the scope can appear any more.
    gate.drain()
    changed = apply_chunk(one)
    return Progress(job.done + changed, finished=changed == 0)


def apply_chunk(one: Pause) -> int:
    if one.policy == PausePolicy.RECALL:
        return recalling.recall_chunk(one, at=timezone.now())
    return recalling.shorten_chunk(one)


def apply_resume(job: Job) -> Progress:
    """Give recalled work to its last holders first, a chunk a step."""
    one = Pause.objects.get(public_id=job.subject_id)
    changed = recalling.offer_returned_first(Scope.of_pause(one), at=timezone.now())
    return Progress(job.done + changed, finished=changed == 0)
