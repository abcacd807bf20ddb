"""What stands in an imported file, one after another: each entry or row as a task, or why it makes none."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO, Protocol

import orjson

from core import limits
from core.errors import BusinessError
from files import archives, storing, texts
from projects import contents
from projects.contents import AddressTasks, NotTakenError, TextTasks
from projects.models import ColumnHolds, Import, ImportKind
from projects.task_rows import NewTask


@dataclass  # not frozen: that takes three times as long, for each row
class Arrival:
    """One entry or row: the task that it makes, or why it makes none; `size` in bytes, of a row."""

    number: int
    name: str = ""
    task: NewTask | None = None
    code: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    size: int = 0


class RowTasks(Protocol):
    """How a task is made of what stands in the chosen column."""

    def task(self, text: str, metadata: dict[str, Any] | None = None) -> NewTask:
        """Raises NotTakenError."""


class Reading:
    """What is left of a file, one entry or row after another; files of an archive are stored as they pass."""

    def __init__(self, rest: Iterator[Arrival], rows: texts.Rows | None = None) -> None:
        self.rest, self.rows = rest, rows

    @property
    def place(self) -> texts.Place | None:
        """Where another reading may go on; None in an archive, which is read from its beginning."""
        return self.rows.place if self.rows else None


def read(found: Import, stream: BinaryIO, *, start: texts.Place | None = None, skip: int = 0) -> Reading:
    """From the first entry or row, or from that place in a table, without the next `skip`."""
    if found.kind == ImportKind.ARCHIVE:
        return Reading(islice(entries(found, stream), skip, None))
    is_csv = found.kind == ImportKind.CSV
    rows = texts.read_csv(stream, start=start).rows if is_csv else texts.read_json_lines(stream, start=start)
    column, tasks = found.column, row_tasks(found)
    return Reading((from_row(row, column, tasks) for row in islice(rows, skip, None)), rows)


def row_tasks(found: Import) -> RowTasks:
    if found.holds == ColumnHolds.TEXT:
        return TextTasks(found.project)
    found.batch.project = found.project  # read with its version
    return AddressTasks(found.batch)


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
        return TextTasks(project).task(contents.read_text(entry.stream))
    file, _is_new = storing.store(
        entry.stream,
        organization=found.organization,
        mode=found.batch.mode,
        name=entry.name,
        by=found.created_by,
        at=found.created_at,
    )
    return contents.picture_task(project, file)


def from_row(row: texts.Row | texts.RowError, column: str, tasks: RowTasks) -> Arrival:
    if isinstance(row, texts.RowError):
        return Arrival(row.line, code=row.code, params=row.params)
    try:
        return Arrival(row.line, task=row_task(row.values, column, tasks), size=row.size)
    except NotTakenError as error:
        return Arrival(row.line, code=error.code, params=error.details["params"])


def row_task(values: dict[str, Any], column: str, tasks: RowTasks) -> NewTask:
    """The text or address is the chosen column's, everything else is metadata, which contractors never see."""
    text = values.pop(column, None)
    if text is None:
        raise contents.refused("column_missing", column=column)
    if not isinstance(text, str):
        raise contents.refused("column_not_text", column=column)
    if len(orjson.dumps(values)) > limits.METADATA:
        raise contents.refused("metadata_too_large")
    return tasks.task(text, values)
