"""The order in which batches are handed out: a claim reads it, so moving one writes batches only."""

from datetime import datetime

from accounts.models import User
from core.actions import action
from events import recording
from events.verbs import Verb
from projects.creating import event_of
from projects.models import Batch


@action
def move_batch(batch: Batch, *, up: bool, by: User | None, at: datetime) -> None:
    """Change places with the neighbour; at the end of the list nothing happens."""
    rows = list(
        Batch.objects.filter(project_id=batch.project_id).order_by("order_key", "pk").select_for_update(no_key=True)
    )
    place = next(number for number, row in enumerate(rows) if row.pk == batch.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for number, row in enumerate(rows):
        if row.order_key != number:
            Batch.objects.filter(pk=row.pk).update(order_key=number)
    recording.write(event_of(Verb.BATCH_REORDERED, batch, by=by, at=at, place=other))
