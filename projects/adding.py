"""Adding tasks to a batch, and what happens as their files are read."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Mode, User
from core import copying, cursors
from core.actions import action
from core.copying import Rows, insert_all
from core.errors import BusinessError
from core.ids import new_public_ids
from core.prepared import PreparedObjects, SharedObjects
from events import recording
from events.models import Event
from events.verbs import Verb
from files.models import Fetch, File, FileState
from projects import signals, sources
from projects.models import (
    Attachment,
    AttachmentState,
    Batch,
    BatchStatus,
    Project,
    Task,
    TaskContent,
    TaskStatus,
    TaskTag,
)
from projects.showing import Showing
from projects.sources import Source
from projects.versions import version

Insert = Callable[[Sequence[Rows]], None]
MOST_PER_ACTION = 200
ATTACHMENT_COLUMNS = ["task", "position", "role", "file", "fetch", "source", "state", "error_code"]
# Where an address stands for what is labeled a picture is expected: a text stands in the params themselves.
TEXT = "text/plain"
STATE_OF = {
    FileState.UPLOADED: AttachmentState.WAITING,
    FileState.READY: AttachmentState.READY,
    FileState.BROKEN: AttachmentState.BROKEN,
}


@dataclass  # not frozen: that takes three times as long, for each row of an import
class NewTask:
    """One task as it is ordered: its files in order, the addresses of more, and what is its own beside the project's.

    Addresses stand in `params` too, as the customer wrote them; `sources.sources_of` finds them there.
    """

    files: Sequence[File] = ()
    sources: Sequence[Source] = ()
    params: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    tags: Sequence[str] = ()
    unique_id: str | None = None
    priority: int = 20


def add_tasks(batch: Batch, new: Sequence[NewTask], *, by: User | None, at: datetime) -> list[Task]:
    """Store the tasks, in order; in transactions of at most MOST_PER_ACTION.

    Raises BusinessError `archived` for a project and `finalized` for a batch that takes no more, and for a source that
    is no address (400, a code of files/reasons.py: FETCH_REASONS) or names a file that is not there (`file_unknown`).
    """
    tasks: list[Task] = []
    for start in range(0, len(new), MOST_PER_ACTION):
        tasks += write_tasks(batch, new[start : start + MOST_PER_ACTION], by=by, at=at)
    return tasks


@action
def write_tasks(batch: Batch, new: Sequence[NewTask], *, by: User | None, at: datetime) -> list[Task]:
    held, keys = shared(batch, len(new))
    # Nobody has to look at what has no files, and is not done at once.
    is_plain = held.mode == Mode.LIVE and not any(one.files or one.sources for one in new)
    insert = copying.insert_all_at_end if is_plain else copying.insert_all
    rows = record_tasks(held, new, by=by, at=at, keys=keys, insert=insert)
    return tasks_of(held, rows, at=at) if is_plain else read_back(keys)


def tasks_of(batch: Batch, rows: "NewRows", *, at: datetime) -> list[Task]:
    """What was written, without reading it: nothing has happened to it yet."""
    current = batch.project.current_version
    assert current is not None  # written with the project
    columns, same = task_columns(rows, at=at), same_of(batch, at=at)
    tasks = [Task(**dict(zip(columns, values, strict=True)), **same) for values in zip(*columns.values(), strict=True)]
    for task in tasks:
        task.batch, task.project, task.version = batch, batch.project, current
    return tasks


def read_back(keys: Sequence[int]) -> list[Task]:
    """Just inserted: they have ascending keys."""
    return list(Task.objects.filter(pk__in=keys).select_related("version").order_by("pk"))


def locked(batch: Batch) -> Batch:
    """The batch as it is now, held open while tasks are added to it, by nobody else.

    Its project is read in a later statement: one that waits for a lock sees everything else as it was before.
    """
    held = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    held.project = Project.objects.select_related("current_version").get(pk=held.project_id)
    return held


SHARED = SharedObjects(lambda batch: Batch.objects.filter(pk=batch), batch=int)
ITS_PROJECT = PreparedObjects(lambda project: Project.objects.filter(pk=project), project=int)


def shared(batch: Batch, count: int) -> tuple[Batch, list[int]]:
    """As `locked`, beside others who add: programs order one task at a time, many at once. With so many new keys.

    One that has to be opened again is locked: those who share it would wait for one another to change it.
    """
    if batch.status == BatchStatus.COMPLETED:
        return locked(batch), copying.new_keys(Task, count)
    asked = [SHARED.asked(batch=batch.pk), ITS_PROJECT.asked(project=batch.project_id)]
    *found, keys = cursors.execute_each([*asked, copying.asking_keys(Task, count)])
    (held,), (project,) = SHARED.objects_of(found[0]), ITS_PROJECT.objects_of(found[1])
    project.current_version = version(project.current_version_id)
    held.project = project
    return held, copying.keys_of(keys, count)


@action
def wait_for_adders(project_id: int) -> None:
    """After a new version is committed: until none is left who may be adding tasks to the project at an earlier one."""
    batches = Batch.objects.filter(project_id=project_id).order_by("pk")
    list(batches.select_for_update(no_key=True).values_list("pk"))


def insert_tasks(batch: Batch, new: Sequence[NewTask], *, by: User | None, at: datetime) -> list[int]:
    """Write the tasks inside the caller's transaction, which has locked the batch; their keys, in order.

    A constant number of statements. Those whose files are all ready are on offer from the start.
    """
    return record_tasks(batch, new, by=by, at=at).keys


def record_tasks(batch: Batch, new: Sequence[NewTask], *, by: User | None, at: datetime, **more: Any) -> "NewRows":
    """`more` is as `store_tasks` takes it."""
    refuse_closed(batch)
    rows = store_tasks(batch, new, at=at, **more)
    created = partial(event_about, Verb.TASK_CREATED, organization_id=batch.organization_id, by=by, at=at)
    recording.write(*map(created, rows.public_ids))
    begin_tasks(batch, rows, at=at)
    return rows


def store_tasks(
    batch: Batch, new: Sequence[NewTask], *, at: datetime, keys: list[int] | None = None, insert: Insert = insert_all
) -> "NewRows":
    """Their rows alone: the caller records it, and begins them. `keys` are new ones, where the caller has them."""
    reopen(batch)
    rows = new_rows(batch, new, keys or copying.new_keys(Task, len(new)), at=at)
    write_rows(batch, rows, insert, at=at)
    return rows


def begin_tasks(batch: Batch, rows: "NewRows", *, at: datetime) -> None:
    """Put on offer those whose files are all ready; end with an error those with a broken one.

    In the test world nobody works: they are done already.
    """
    if batch.mode == Mode.TEST:
        signals.test_tasks_ordered.send(Task, keys=rows.keys, at=at)
        return
    offered = [(key, one.priority) for key, one, offer in zip(rows.keys, rows.new, rows.on_offer, strict=True) if offer]
    if offered:
        signals.tasks_begun.send(Task, tasks=offered, batch=batch, at=at)
    if broken := [key for key, files in zip(rows.keys, rows.files, strict=True) if any(map(is_broken, files))]:
        settle(broken, at=at)


@dataclass(frozen=True)
class Attached:
    """A file of a task in its role, here already or on its way."""

    state: AttachmentState
    error_code: str = ""
    role: str = sources.DEFAULT_ROLE
    file: int | None = None
    fetch: int | None = None
    address: str = ""
    type: str = ""


def is_broken(attached: Attached) -> bool:
    return attached.state == AttachmentState.BROKEN


@dataclass(frozen=True)
class NewRows:
    """Tasks that are about to be written, column by column; `files` in each one's order, as they are now."""

    keys: list[int]
    public_ids: list[str]
    new: Sequence[NewTask]
    files: list[list[Attached]]
    shown: list[bool]
    on_offer: list[bool]


def new_rows(batch: Batch, new: Sequence[NewTask], keys: list[int], *, at: datetime) -> NewRows:
    sought = sources.seek(batch, [source for one in new for source in one.sources], at=at)
    known = files_now(new, sought)
    files = [
        [*(known[file.pk] for file in one.files), *(on_its_way(x, sought, known) for x in one.sources)] for one in new
    ]
    is_live = batch.mode == Mode.LIVE
    assert batch.project.current_version is not None  # written with the project
    showing = Showing(batch.project.type, batch.project.current_version)
    shown = [showing.shows(one.params) for one in new]
    on_offer = [is_live and is_shown and is_ready(found) for is_shown, found in zip(shown, files, strict=True)]
    return NewRows(keys, new_public_ids(len(new)), new, files, shown, on_offer)


def is_ready(files: Sequence[Attached]) -> bool:
    return all(file.state == AttachmentState.READY for file in files)


def files_now(new: Sequence[NewTask], sought: sources.Sought) -> dict[int, Attached]:
    """By the file's key. Locked, so that whoever reads one meanwhile finds our attachments, and waits for them."""
    keys = {file.pk for one in new for file in one.files} | set(sought.files.values())
    if not keys:
        return {}
    found = File.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True)
    values = found.values_list("pk", "state", "error_code", "type")
    return {key: Attached(STATE_OF[FileState(state)], code, file=key, type=kind) for key, state, code, kind in values}


def attached(one: NewTask, sought: sources.Sought, known: dict[int, Attached]) -> Iterator[Attached]:
    for file in one.files:
        yield known[file.pk]
    for source in one.sources:
        yield on_its_way(source, sought, known)


def on_its_way(source: Source, sought: sources.Sought, known: dict[int, Attached]) -> Attached:
    """A file that was named by our own address is here; another one is being fetched."""
    if key := sought.files.get(source.address):
        found = replace(known[key], role=source.role, address=source.address)
        if found.type == TEXT and source.role == sources.DEFAULT_ROLE:
            return replace(found, state=AttachmentState.BROKEN, error_code="not_a_picture")
        return found
    fetch = sought.fetches[source.address].pk
    return Attached(AttachmentState.WAITING, role=source.role, fetch=fetch, address=source.address)


def write_rows(batch: Batch, rows: NewRows, insert: Insert, *, at: datetime) -> None:
    params, metadata = [one.params for one in rows.new], [one.metadata for one in rows.new]
    tags, files = list(tags_of(rows)), list(attachments_of(rows))
    insert(
        [
            Rows(Task, task_columns(rows, at=at), same_of(batch, at=at)),
            Rows(TaskContent, {"task": rows.keys, "params": params, "metadata": metadata}),
            Rows(TaskTag, copying.columns(["task", "tag"], tags)),
            Rows(Attachment, copying.columns(ATTACHMENT_COLUMNS, files)),
        ]
    )


def task_columns(rows: NewRows, *, at: datetime) -> dict[str, Sequence[Any]]:
    return {
        "id": rows.keys,
        "public_id": rows.public_ids,
        "priority": [one.priority for one in rows.new],
        "unique_id": [one.unique_id for one in rows.new],
        "is_shown": rows.shown,
        "offered_at": [at if is_ready else None for is_ready in rows.on_offer],
    }


def same_of(batch: Batch, *, at: datetime) -> dict[str, Any]:
    """What all of them have in common."""
    assert batch.project.current_version is not None  # written with the project
    return {
        "organization_id": batch.organization_id,
        "mode": batch.mode,
        "project_id": batch.project_id,
        "batch_id": batch.pk,
        "version_id": batch.project.current_version.pk,
        "type": batch.project.type,
        "created_at": at,
        "updated_at": at,
    }


def reopen(batch: Batch) -> None:
    """A task added to a completed batch, which is locked, opens it again."""
    refuse_archived(batch)
    refuse_canceled(batch)
    if batch.status != BatchStatus.COMPLETED:
        return
    Batch.objects.filter(pk=batch.pk, status=BatchStatus.COMPLETED).update(
        status=BatchStatus.IN_PROGRESS, completed_at=None
    )


def refuse_archived(batch: Batch) -> None:
    if batch.project.archived_at is not None:
        raise BusinessError(_("This project is archived."), code="archived")


def refuse_canceled(batch: Batch) -> None:
    if batch.status == BatchStatus.CANCELED:
        raise BusinessError(_("This batch was cancelled: it takes no more tasks."), code="batch_canceled")


def refuse_closed(batch: Batch) -> None:
    """An import that has begun before the launch goes on: what it brings was there to be launched."""
    if batch.project.closes_batches and batch.name is not None and batch.status != BatchStatus.STAGING:
        raise BusinessError(_("This batch has been finalized: it takes no more tasks."), code="finalized", status=400)


def tags_of(rows: NewRows) -> Iterator[tuple[int, str]]:
    for key, one in zip(rows.keys, rows.new, strict=True):
        for tag in dict.fromkeys(one.tags):
            yield key, tag


def attachments_of(rows: NewRows) -> Iterator[tuple[int, int, str, int | None, int | None, str, str, str]]:
    """The values of ATTACHMENT_COLUMNS for each file; positions are counted in each role."""
    for key, files in zip(rows.keys, rows.files, strict=True):
        places: Counter[str] = Counter()
        for one in files:
            yield key, places[one.role], one.role, one.file, one.fetch, one.address, one.state, one.error_code
            places[one.role] += 1


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


def event_of(verb: Verb, task: Task, *, by: User | None, at: datetime, **data: Any) -> Event:
    return event_about(verb, task.public_id, organization_id=task.organization_id, by=by, at=at, **data)


def event_about(
    verb: Verb, public_id: str, *, organization_id: int, by: User | None, at: datetime, **data: Any
) -> Event:
    return recording.event(
        verb,
        at=at,
        actor=recording.by_user_or_site(by),
        subject_type="task",
        subject_id=public_id,
        organization_id=organization_id,
        data=data,
    )
