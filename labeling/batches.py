"""When a batch is complete: found by a job after the commits, so that no submit waits for a counter."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from core.actions import action
from events import recording
from events.verbs import Verb
from labeling import signals
from projects.models import Batch, BatchStatus, Task, TaskStatus

QUIET = timedelta(seconds=60)


def complete_batches(*, at: datetime) -> int:
    """Complete every named batch in progress whose last task ended a minute ago or more; how many."""
    pending = Task.objects.filter(batch=OuterRef("pk"), status=TaskStatus.PENDING)
    recent = Task.objects.filter(batch=OuterRef("pk"), updated_at__gt=at - QUIET)
    some = Task.objects.filter(batch=OuterRef("pk"))
    done = Batch.objects.filter(~Exists(pending), ~Exists(recent), Exists(some), status=BatchStatus.IN_PROGRESS)
    return sum(complete(batch, at=at) for batch in done.exclude(name=None).order_by("pk"))


@action
def complete(batch: Batch, *, at: datetime) -> int:
    """1 when this call completed it. A task that was added meanwhile holds the batch open."""
    Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if Task.objects.filter(batch=batch, status=TaskStatus.PENDING).exists():
        return 0
    changed = Batch.objects.filter(pk=batch.pk, status=BatchStatus.IN_PROGRESS).update(
        status=BatchStatus.COMPLETED, completed_at=at
    )
    if changed:
        batch.status, batch.completed_at = BatchStatus.COMPLETED, at
        signals.batch_completed.send(Batch, batch=batch, at=at)
        recording.write(
            recording.event(
                Verb.BATCH_COMPLETED,
                at=at,
                actor=recording.by_site(),
                subject_type="batch",
                subject_id=batch.public_id,
                organization_id=batch.organization_id,
            )
        )
    return changed
