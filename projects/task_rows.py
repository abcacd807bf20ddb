"""A task as it is ordered, and the rows that it becomes, column by column."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from accounts.models import Mode
from core import copying
from core.copying import Rows
from core.ids import new_public_ids
from files.models import File, FileState
from projects import sources
from projects.models import Attachment, AttachmentState, Batch, Task, TaskContent, TaskTag
from projects.showing import Showing
from projects.sources import Source

Insert = Callable[[Sequence[Rows]], None]
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
