"""The order in which work is handed out: a claim reads it, so changing it writes no work items."""

from datetime import datetime

from accounts.models import User
from core.actions import action
from events import recording
from events.verbs import Verb
from projects.creating import event_of
from projects.models import Batch, Project


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


@action
def change_filling(project: Project, filling: str, *, by: User | None, at: datetime) -> None:
    """Which of the project's tasks is next, from the next claim on. The same again changes nothing."""
    if Project.objects.filter(pk=project.pk).exclude(filling=filling).update(filling=filling):
        recording.write(event_of(Verb.PROJECT_CHANGED, project, by=by, at=at, filling=filling))
