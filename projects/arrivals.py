"""What stands in an imported file, one after another: each entry or row as a task, or why it makes none."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from core import jsonio, limits
from core.errors import BusinessError
from files import archives, storing, texts
from projects import contents
from projects.adding import NewTask
from projects.contents import NotTakenError
from projects.models import Import, ImportKind


@dataclass(frozen=True)
class Arrival:
    """One entry or row: the task that it makes, or why it makes none."""

    number: int
    name: str = ""
    task: NewTask | None = None
    code: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def arrivals(found: Import, stream: BinaryIO) -> Iterator[Arrival]:
    """Every entry or row from the first; files are stored as they pass."""
    match found.kind:
        case ImportKind.ARCHIVE:
            yield from entries(found, stream)
        case ImportKind.CSV:
            yield from (from_row(found, row) for row in texts.read_csv(stream).rows)
        case _:
            yield from (from_row(found, row) for row in texts.read_json_lines(stream))


def entries(found: Import, stream: BinaryIO) -> Iterator[Arrival]:
    """What makes the whole archive suspicious ends it, as a refused entry: the ones before it are in."""
    number = 0
    try:
        for number, entry in enumerate(archives.read_archive(stream), start=1):
            # What was taken in before is only unpacked again, never stored again.
            yield Arrival(number) if number <= found.position else from_entry(found, number, entry)
    except BusinessError as error:
        yield Arrival(number + 1, found.name, code=error.code, params=error.details.get("params", {}))


def from_entry(found: Import, number: int, entry: archives.Entry | archives.RefusedEntry) -> Arrival:
    if isinstance(entry, archives.RefusedEntry):
        return Arrival(number, entry.name, code=entry.code)
    try:
        return Arrival(number, entry.name, task=task_of(found, entry))
    except NotTakenError as error:
        return Arrival(number, entry.name, code=error.code, params=error.details["params"])
    except BusinessError as error:
        return Arrival(number, entry.name, code=error.code)


def task_of(found: Import, entry: archives.Entry) -> NewTask:
    project = found.project
    if contents.check_start(project, entry.stream) == "text":
        return contents.text_task(project, contents.read_text(entry.stream))
    file, _is_new = storing.store(
        entry.stream,
        organization=found.organization,
        mode=found.batch.mode,
        name=entry.name,
        by=found.created_by,
        at=found.created_at,
    )
    return contents.picture_task(project, file)


def from_row(found: Import, row: texts.Row | texts.RowError) -> Arrival:
    if isinstance(row, texts.RowError):
        return Arrival(row.line, code=row.code, params=row.params)
    try:
        return Arrival(row.line, task=row_task(found, row.values))
    except NotTakenError as error:
        return Arrival(row.line, code=error.code, params=error.details["params"])


def row_task(found: Import, values: dict[str, Any]) -> NewTask:
    """The text is the chosen column's, everything else is metadata, which contractors never see."""
    rest = dict(values)
    text = rest.pop(found.column, None)
    if text is None:
        raise contents.refused("column_missing", column=found.column)
    if not isinstance(text, str):
        raise contents.refused("column_not_text", column=found.column)
    if len(jsonio.canonical(rest)) > limits.METADATA:
        raise contents.refused("metadata_too_large")
    return contents.text_task(found.project, text, rest)
