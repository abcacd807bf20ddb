"""What becomes of a task as its files are read and fetched: on offer, or ended with an error."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Mode
from events import recording
from events.verbs import Verb
from files.models import Fetch, File, FileState
from projects import signals, sources
from projects.models import Attachment, AttachmentState, Task, TaskContent, TaskStatus
from projects.task_events import event_of
from projects.task_rows import STATE_OF, TEXT


def settle(keys: Sequence[int], *, at: datetime) -> None:
    """Offer those that are pending, can be shown and have all attachments ready; those with a broken one end."""
    pending = Task.objects.filter(pk__in=keys, status=TaskStatus.PENDING, offered_at=None)
    attached = Attachment.objects.filter(task=OuterRef("pk"))
    broken = pending.filter(Exists(attached.filter(state=AttachmentState.BROKEN)))
    for task in list(broken.order_by("pk")):
        fail(task, code="attachment_broken", at=at)
    waiting = attached.exclude(state=AttachmentState.READY)
    ready = list(pending.filter(~Exists(waiting), mode=Mode.LIVE, is_shown=True).order_by("pk"))
    if ready:
        signals.tasks_ready.send(Task, tasks=ready, at=at)


def fail(task: Task, *, code: str, at: datetime) -> None:
    """Pending becomes error, with its reason; its unique_id is free again where the order says so."""
    changed = Task.objects.filter(pk=task.pk, status=TaskStatus.PENDING).update(
        status=TaskStatus.ERROR, error_code=code, completed_at=at, updated_at=at
    )
    if changed:
        free_unique_id(task)
        signals.task_errored.send(Task, task=task, at=at)
        recording.write(event_of(Verb.TASK_ERRORED, task, by=None, at=at, code=code))


def free_unique_id(task: Task) -> None:
    """After an error, where `clear_unique_id_on_error` was ordered."""
    asked = TaskContent.objects.filter(task=task, params__clear_unique_id_on_error=True)
    if task.unique_id is not None and asked.exists():
        Task.objects.filter(pk=task.pk).update(unique_id=None)


def file_was_read(file: File, *, at: datetime) -> None:
    """Pass the file's state on to every attachment, and settle their tasks; inside the transaction that read it."""
    pass_on(Attachment.objects.filter(file=file, state=AttachmentState.WAITING), file, at=at)


def file_was_fetched(fetch: Fetch, *, at: datetime) -> None:
    """Give the file to every attachment that waits for it; inside the transaction that ends the fetch."""
    assert fetch.file_id is not None
    # Held: whoever reads the file finds these attachments, or has ended before, and then its state is known here.
    file = File.objects.select_for_update(no_key=True).get(pk=fetch.file_id)
    waiting = Attachment.objects.filter(fetch=fetch, state=AttachmentState.WAITING)
    waiting.update(file=file)
    if file.state != FileState.UPLOADED:
        pass_on(waiting, file, at=at)


def pass_on(waiting: QuerySet[Attachment], file: File, *, at: datetime) -> None:
    task_ids = list(waiting.order_by("task_id").values_list("task_id", flat=True))
    if file.type == TEXT:
        addressed = waiting.exclude(source="").filter(role=sources.DEFAULT_ROLE)
        addressed.update(state=AttachmentState.BROKEN, error_code="not_a_picture")
    waiting.update(state=STATE_OF[FileState(file.state)], error_code=file.error_code)
    settle(task_ids, at=at)


def fetch_has_failed(fetch: Fetch, *, at: datetime) -> None:
    """End the tasks of every attachment that waits for it, inside the transaction that gives up."""
    waiting = Attachment.objects.filter(fetch=fetch, state=AttachmentState.WAITING)
    task_ids = list(waiting.order_by("task_id").values_list("task_id", flat=True))
    waiting.update(state=AttachmentState.BROKEN, error_code=fetch.error_code)
    settle(task_ids, at=at)
