"""Reading tasks for delivery: short pages by key, each with the same few queries, and no long snapshot.

Rows are plain tuples of the columns that leave, JSON is parsed from the database's text: objects of models and their
related objects took most of an export's time.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import translation

from core import jsonio
from core.among import Among
from labeling.models import Resolution
from projects.models import Attachment, Batch, ProjectVersion, Task, TaskContent, TaskTag
from projects.reasons import fault
from projects.task_rows import NewTask

PAGE_TASKS = 500
Json = dict[str, Any]


class TaskRow(NamedTuple):
    """The columns of a task that leave."""

    pk: int
    public_id: str
    type: str
    status: str
    mode: str
    priority: int
    unique_id: str | None
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    error_code: str
    callback_succeeded: bool | None = None


ERROR_CODE = TaskRow._fields.index("error_code")


class Content(NamedTuple):
    params: Json
    metadata: Json


class Answer(NamedTuple):
    """The current resolution."""

    response: Json
    source: str
    review_status: str
    number: int = 0


class FileRow(NamedTuple):
    """What is known of a file that was uploaded; width and height in pixels of the upright original."""

    public_id: str
    name: str
    width: int | None
    height: int | None


class AttachmentRow(NamedTuple):
    source: str
    file: FileRow | None


class DeliveredTask(NamedTuple):
    """A task with everything that leaves with it, read already. `resolution` is the current one.

    `fault` says why it ended with an error, and is empty for others.
    """

    task: TaskRow
    content: Content
    batch: Batch
    version: ProjectVersion
    tags: Sequence[str]
    attachments: Sequence[AttachmentRow]
    resolution: Answer | None
    fault: str = ""


def next_page(tasks: QuerySet[Task], *, after: int, size: int = PAGE_TASKS) -> list[DeliveredTask]:
    """The tasks behind that primary key, oldest first; fewer than `size` at the end. As many queries as `delivered`."""
    return delivered(tasks.filter(pk__gt=after).order_by("pk")[:size])


def delivered(tasks: QuerySet[Task]) -> list[DeliveredTask]:
    """These tasks in their order, with everything that leaves with them. Seven queries, ten with errors."""
    rows = list(tasks.values_list(*TaskRow._fields, "batch_id", "version_id"))
    if not rows:
        return []
    keys = [row[0] for row in rows]
    contents, tags, attachments, answers = contents_of(keys), tags_of(keys), attachments_of(keys), answers_of(keys)
    faults = faults_of([row[0] for row in rows if row[ERROR_CODE]])
    batches = Batch.objects.select_related("project", "organization").in_bulk({row[-2] for row in rows})
    versions = ProjectVersion.objects.in_bulk({row[-1] for row in rows})
    found = []
    for *columns_of_task, batch_id, version_id in rows:
        task = TaskRow(*columns_of_task)
        found.append(
            DeliveredTask(
                task,
                contents[task.pk],
                batches[batch_id],
                versions[version_id],
                tags.get(task.pk, ()),
                attachments.get(task.pk, ()),
                answers.get(task.pk),
                faults.get(task.pk, ""),
            )
        )
    return found


def just_ordered(task: Task, batch: Batch, new: NewTask) -> DeliveredTask:
    """A task that was written a moment ago and has no answer yet, without a query: all of it is known.

    `task` has its version, `batch` its project.
    """
    columns = {name: getattr(task, name) for name in TaskRow._fields}
    return DeliveredTask(
        task=TaskRow(**columns),
        content=Content(new.params, new.metadata),
        batch=batch,
        version=task.version,
        tags=list(dict.fromkeys(new.tags)),
        attachments=[AttachmentRow(source.address, None) for source in new.sources],
        resolution=None,
    )


def contents_of(keys: Sequence[int]) -> dict[int, Content]:
    """By themselves: joined to a page of tasks they are read from the first one on, page after page."""
    found = TaskContent.objects.filter(Among("task_id", keys))
    rows = found.values_list("task_id", Cast("params", TextField()), Cast("metadata", TextField()))
    return {key: Content(jsonio.own(params), jsonio.own(metadata)) for key, params, metadata in rows}


def tags_of(keys: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for key, tag in TaskTag.objects.filter(Among("task_id", keys)).order_by("pk").values_list("task_id", "tag"):
        found[key].append(tag)
    return found


def attachments_of(keys: Sequence[int]) -> dict[int, list[AttachmentRow]]:
    found: dict[int, list[AttachmentRow]] = defaultdict(list)
    rows = Attachment.objects.filter(Among("task_id", keys)).order_by("role", "position")
    files = [f"file__{name}" for name in FileRow._fields]
    for key, source, file_id, *file in rows.values_list("task_id", "source", "file_id", *files):
        found[key].append(AttachmentRow(source, FileRow(*file) if file_id else None))
    return found


def answers_of(keys: Sequence[int]) -> dict[int, Answer]:
    rows = Resolution.objects.filter(Among("task_id", keys), current=True).annotate(text=Cast("response", TextField()))
    columns = rows.values_list("task_id", "text", "source", "review_status", "number")
    return {key: Answer(jsonio.own(text), source, status, number) for key, text, source, status, number in columns}


def faults_of(keys: Sequence[int]) -> dict[int, str]:
    """In one language whoever reads: the API, callbacks and exports say the same. Reads nothing without keys."""
    if not keys:
        return {}
    found = Task.objects.filter(Among("pk", keys)).only("error_code")
    with translation.override(settings.LANGUAGE_CODE):
        return {task.pk: fault(task) for task in found.prefetch_related("attachments__file", "attachments__fetch")}


def pages(tasks: QuerySet[Task], *, size: int = PAGE_TASKS) -> Iterator[list[DeliveredTask]]:
    after = 0
    while page := next_page(tasks, after=after, size=size):
        yield page
        if len(page) < size:
            return
        after = page[-1].task.pk
