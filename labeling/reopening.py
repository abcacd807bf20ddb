"""A completed task is done again: its customer rejected the answer. Plain functions for an action above this app."""

from datetime import datetime

from django.utils.translation import gettext as _

from core.errors import StaleState
from events.models import Event
from events.recording import Actor, event
from events.verbs import Verb
from labeling import places, resolving, signals
from labeling.models import Assignment, Resolution, Submission
from labeling.reviewing import move_to_redo, tell_author
from projects import readiness
from projects.models import Batch, BatchStatus, Task, TaskStatus


def answers_behind(resolution: Resolution) -> list[Submission]:
    """The submissions that count for it: the one it was taken from, or, merged, every counted answer of the task."""
    if resolution.submission is not None:
        return [resolution.submission]
    return [Submission.objects.get(pk=pk) for pk in resolving.passed_answers(resolution.task)]


def send_back(
    resolution: Resolution, *, reason_class: str, comment: str, key: str, by: Actor, at: datetime
) -> tuple[list[int], list[Event]]:
    """Completed becomes pending; every answer behind the resolution counts no more and has a redo.

    The lanes to bump and the events to write, both last, by the caller. Raises StaleState for a task that is not
    completed, or whose batch was cancelled.
    """
    task = resolution.task
    if is_called_off(task):
        raise StaleState(_("The batch of this task was cancelled: nothing of it is done again."), code="batch_canceled")
    places.locked_of_task(task.pk)
    reopened = Task.objects.filter(pk=task.pk, status=TaskStatus.COMPLETED)
    if not reopened.update(status=TaskStatus.PENDING, completed_at=None, updated_at=at):
        raise StaleState("This task is being done again already.", code="not_completed")
    behind = answers_behind(resolution)
    Resolution.objects.filter(task=task, current=True).update(current=False)
    if not behind:
        # Nobody here has answered: it came with its answer from elsewhere, and is on offer like a new one from now on.
        readiness.settle([task.pk], at=at)
    lanes = []
    for answer in behind:
        root, lane_id = move_to_redo(answer, task, at=at)
        signals.work_rejected.send(Assignment, assignment=root.assignment, at=at, review=None)
        tell_author(root, reason_class, comment, key=f"{key}:{root.public_id}", at=at)
        lanes.append(lane_id)
    return lanes, [event_of(Verb.TASK_REOPENED, task, by=by, at=at), *reopen_batch(task, by=by, at=at)]


def is_called_off(task: Task) -> bool:
    """Whether its batch was cancelled: nothing of it is handed out, so nothing can be done again."""
    return Batch.objects.filter(pk=task.batch_id, status=BatchStatus.CANCELED).exists()


def reopen_batch(task: Task, *, by: Actor, at: datetime) -> list[Event]:
    """A completed batch is in progress again; the event of that, if it was."""
    completed = Batch.objects.filter(pk=task.batch_id, status=BatchStatus.COMPLETED)
    if not completed.update(status=BatchStatus.IN_PROGRESS, completed_at=None):
        return []
    return [
        event(
            Verb.BATCH_REOPENED,
            at=at,
            actor=by,
            subject_type="batch",
            subject_id=task.batch.public_id,
            organization_id=task.organization_id,
        )
    ]


def event_of(verb: Verb, task: Task, *, by: Actor, at: datetime) -> Event:
    return event(
        verb,
        at=at,
        actor=by,
        subject_type="task",
        subject_id=task.public_id,
        organization_id=task.organization_id,
    )


def accept_answers(resolution: Resolution, *, at: datetime) -> None:
    """The customer accepts: what the authors earned provisionally is theirs."""
    for answer in answers_behind(resolution):
        root = resolving.root_of(answer).assignment
        signals.work_accepted.send(Assignment, assignment=root, at=at, review=None)
