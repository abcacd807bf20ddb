"""A customer takes a task back that nobody has begun."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import User
from core.actions import action
from core.errors import StaleState
from events import recording
from events.verbs import Verb
from labeling import places, spending
from labeling.models import Assignment, AssignmentStatus, Draft, WorkItem
from projects.models import Task, TaskStatus
from projects.task_events import event_of

IN_WORK = [AssignmentStatus.ACTIVE, AssignmentStatus.SUBMITTED]


@action
def cancel(task: Task, *, free_unique_id: bool, by: User | None, at: datetime) -> None:
    """Pending becomes canceled; what was only reserved ahead goes back.

    Raises StaleState: `begun` when somebody works, or has worked, on it; `not_pending` when it has ended.
    """
    # Who offers it locks the task, which has no items to be locked before that; the next statement then sees them.
    Task.objects.select_for_update(no_key=True).filter(pk=task.pk, offered_at=None).first()
    items = places.locked_of_task(task.pk)
    if is_begun(items):
        raise StaleState(_("Work on this task has begun: it cannot be cancelled any more."), code="begun")
    pending = Task.objects.filter(pk=task.pk, status=TaskStatus.PENDING)
    if not pending.update(status=TaskStatus.CANCELED, completed_at=at, updated_at=at):
        raise StaleState(_("This task has ended: it cannot be cancelled."), code="not_pending")
    if free_unique_id:
        Task.objects.filter(pk=task.pk).update(unique_id=None)
    withdraw(items, at=at)
    recording.write(event_of(Verb.TASK_CANCELED, task, by=by, at=at))


def is_begun(items: list[WorkItem]) -> bool:
    """Whether somebody has it open, has handed something in, or has drawn something and come away from it."""
    drafts = Draft.objects.filter(work_item=OuterRef("work_item"), worker=OuterRef("worker"))
    worked_on = Q(status__in=IN_WORK) | Exists(drafts)
    return Assignment.objects.filter(worked_on, work_item__in=items).exists()


def withdraw(items: list[WorkItem], *, at: datetime) -> None:
    """Nothing of these locked items, on which nobody works, is handed out any more."""
    ahead = Assignment.objects.filter(work_item__in=items, status=AssignmentStatus.RESERVED).order_by("pk")
    for assignment in ahead.select_for_update(no_key=True, of=("self",)).select_related("worker", "version"):
        Assignment.objects.filter(pk=assignment.pk).update(status=AssignmentStatus.RECALLED, ended_at=at)
        spending.give_back(assignment)
    for item in items:
        WorkItem.objects.filter(pk=item.pk).update(places=item.places_done, places_left=0, open=False)
