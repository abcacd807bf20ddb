"""Adding tasks to a batch, and what happens as their files are read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import Mode, User
from core.actions import action
from core.errors import BusinessError
from events import recording
from events.models import Event
from events.verbs import Verb
from files.models import File, FileState
from projects import signals
from projects.models import Attachment, AttachmentState, Batch, BatchStatus, Task, TaskContent, TaskStatus, TaskTag

MOST_PER_ACTION = 200
STATE_OF = {
    FileState.UPLOADED: AttachmentState.WAITING,
    FileState.READY: AttachmentState.READY,
    FileState.BROKEN: AttachmentState.BROKEN,
}


@dataclass(frozen=True)
class NewTask:
    """One task as it is ordered: its files in order, and what is its own beside the project's params."""

    files: Sequence[File] = ()
    params: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    tags: Sequence[str] = ()
    unique_id: str | None = None
    priority: int = 20


def add_tasks(batch: Batch, new: Sequence[NewTask], *, by: User | None, at: datetime) -> list[Task]:
    """Store the tasks, in order; in transactions of at most MOST_PER_ACTION.

    Raises BusinessError `batch_closed` for a batch that takes no more.
    """
    tasks: list[Task] = []
    for start in range(0, len(new), MOST_PER_ACTION):
        tasks += write_tasks(batch, new[start : start + MOST_PER_ACTION], by=by, at=at)
    return tasks


@action
def write_tasks(batch: Batch, new: Sequence[NewTask], *, by: User | None, at: datetime) -> list[Task]:
    return insert_tasks(locked(batch), new, by=by, at=at)


def locked(batch: Batch) -> Batch:
    """The batch as it is now, held open while tasks are added to it."""
    found = Batch.objects.select_for_update(no_key=True, of=("self",)).select_related("project__current_version")
    return found.get(pk=batch.pk)


def insert_tasks(batch: Batch, new: Sequence[NewTask], *, by: User | None, at: datetime) -> list[Task]:
    """The rows of the tasks, in order, inside the caller's transaction, which has locked the batch."""
    reopen(batch)
    if not new:
        return []
    tasks = Task.objects.bulk_create([task_row(batch, one, at=at) for one in new])
    rows = list(zip(tasks, new, strict=True))
    TaskContent.objects.bulk_create(
        [TaskContent(task=task, params=one.params, metadata=one.metadata) for task, one in rows]
    )
    TaskTag.objects.bulk_create([TaskTag(task=task, tag=tag) for task, one in rows for tag in dict.fromkeys(one.tags)])
    Attachment.objects.bulk_create([attachment for task, one in rows for attachment in attachments_of(task, one)])
    recording.write(*(event_of(Verb.TASK_CREATED, task, by=by, at=at) for task in tasks))
    settle(tasks, at=at)
    return tasks


def reopen(batch: Batch) -> None:
    """A task added to a completed batch opens it again."""
    refuse_archived(batch)
    Batch.objects.filter(pk=batch.pk, status=BatchStatus.COMPLETED).update(
        status=BatchStatus.IN_PROGRESS, completed_at=None
    )


def refuse_archived(batch: Batch) -> None:
    if batch.project.archived_at is not None:
        raise BusinessError(_("This project is archived."), code="archived")


def task_row(batch: Batch, one: NewTask, *, at: datetime) -> Task:
    assert batch.project.current_version is not None  # written with the project
    return Task(
        organization_id=batch.organization_id,
        mode=batch.mode,
        project_id=batch.project_id,
        batch=batch,
        version=batch.project.current_version,
        type=batch.project.type,
        priority=one.priority,
        unique_id=one.unique_id,
        created_at=at,
        updated_at=at,
    )


def attachments_of(task: Task, one: NewTask) -> list[Attachment]:
    return [
        Attachment(
            task=task,
            position=position,
            file=file,
            state=STATE_OF[FileState(file.state)],
            error_code=file.error_code,
        )
        for position, file in enumerate(one.files)
    ]


def settle(tasks: Sequence[Task], *, at: datetime) -> None:
    """Offer the pending tasks whose attachments are all ready; end with an error those with a broken one."""
    pending = Task.objects.filter(pk__in=[task.pk for task in tasks], status=TaskStatus.PENDING, offered_at=None)
    attached = Attachment.objects.filter(task=OuterRef("pk"))
    broken = pending.filter(Exists(attached.filter(state=AttachmentState.BROKEN)))
    for task in list(broken.order_by("pk")):
        fail(task, code="attachment_broken", at=at)
    waiting = attached.exclude(state=AttachmentState.READY)
    ready = list(pending.filter(~Exists(waiting), mode=Mode.LIVE).order_by("pk"))
    if ready:
        signals.tasks_ready.send(Task, tasks=ready, at=at)


def fail(task: Task, *, code: str, at: datetime) -> None:
    """Pending becomes error, with its reason."""
    changed = Task.objects.filter(pk=task.pk, status=TaskStatus.PENDING).update(
        status=TaskStatus.ERROR, error_code=code, completed_at=at, updated_at=at
    )
    if changed:
        recording.write(event_of(Verb.TASK_ERRORED, task, by=None, at=at, code=code))


def file_was_read(file: File, *, at: datetime) -> None:
    """Pass the file's state on to every attachment, and settle their tasks; inside the transaction that read it."""
    waiting = Attachment.objects.filter(file=file, state=AttachmentState.WAITING)
    task_ids = list(waiting.order_by("task_id").values_list("task_id", flat=True))
    waiting.update(state=STATE_OF[FileState(file.state)], error_code=file.error_code)
    settle(list(Task.objects.filter(pk__in=task_ids).order_by("pk")), at=at)


def event_of(verb: Verb, task: Task, *, by: User | None, at: datetime, **data: Any) -> Event:
    return recording.event(
        verb,
        at=at,
        actor=recording.by_user(by) if by else recording.by_site(),
        subject_type="task",
        subject_id=task.public_id,
        organization_id=task.organization_id,
        data=data,
    )
