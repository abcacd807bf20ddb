"""Reading CSV and JSON Lines from outside, row by row: each row, or what is wrong with it and in which line."""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from core import jsonio, limits
from core.errors import BusinessError
from files.reasons import row_reason

# A cell may be as long as a row; what is longer is said by RowTooLongError first.
csv.field_size_limit(limits.CSV_ROW + 1)
DELIMITERS = ",;\t|"
BOMS = [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")]


@dataclass  # not frozen: that takes three times as long, for each row
class Row:
    """Its values, the number of the line in which it begins, counted from 1, and its size in bytes."""

    line: int
    values: dict[str, Any]
    size: int = field(default=0, compare=False)


@dataclass(frozen=True)
class RowError:
    """A row that is not taken; `reasons.row_reason(line, code, params)` puts it into words."""

    line: int
    code: str
    params: dict[str, Any] = field(default_factory=dict)


class LineError(Exception):
    """A line that cannot be read; the next one can."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True)
class Place:
    """Between two rows: bytes and lines of the file that lie before it."""

    offset: int
    line: int


class Rows:
    """The rows, to be read once, and how far that has come."""

    def __init__(self, lines: "Lines", found: Iterator[Row | RowError]) -> None:
        self.lines, self.found = lines, found

    def __iter__(self) -> Iterator[Row | RowError]:
        return self.found

    @property
    def place(self) -> Place:
        """Behind the last row that was read."""
        return Place(self.lines.stream.tell(), self.lines.number)


@dataclass
class CsvTable:
    """The columns' names, what separates them (to be said aloud), and the rows."""

    columns: list[str]
    delimiter: str
    rows: Rows


class Lines:
    """The decoded lines with their ends; counts them, and the bytes since a row began."""

    def __init__(self, stream: BinaryIO) -> None:
        start = stream.read(4)
        mark, self.encoding = next((found for found in BOMS if start.startswith(found[0])), (b"", "utf-8"))
        stream.seek(len(mark))
        self.stream = stream
        self.end = "\n".encode(self.encoding)
        self.number = 0
        self.row_bytes = 0

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        raw = self.raw_line()
        if not raw:
            raise StopIteration
        self.number += 1
        self.row_bytes += len(raw)
        if self.row_bytes > limits.CSV_ROW:
            self.skip_line(raw)
            raise LineError("row_too_long", limit=limits.CSV_ROW)
        try:
            return raw.decode(self.encoding)
        except UnicodeDecodeError:
            raise LineError("row_encoding") from None

    def begin_row(self) -> None:
        self.row_bytes = 0

    def go_to(self, place: Place) -> None:
        self.stream.seek(place.offset)
        self.number = place.line

    def raw_line(self) -> bytes:
        """Up to the line's end, or a little more than a row may have."""
        line = self.stream.readline(limits.CSV_ROW + 2)
        if self.encoding == "utf-8":
            return line
        # The byte 0A is a line's end only as the right half of the right unit.
        while True:
            if len(line) % 2:
                more = self.stream.read(1)
            elif line.endswith(self.end) or len(line) > limits.CSV_ROW:
                return line
            else:
                more = self.stream.readline(limits.CSV_ROW + 2)
            if not more:
                return line
            line += more

    def skip_line(self, raw: bytes) -> None:
        while raw and not raw.endswith(self.end):
            raw = self.raw_line()


def read_csv(stream: BinaryIO, *, start: Place | None = None) -> CsvTable:
    """The table; its rows from the first, or from where an earlier reading had come.

    Raises BusinessError (400) where the first row cannot name the columns.

    UTF-8, or UTF-16 with its mark. The delimiter is the one of comma, semicolon, tab and bar that the first row has
    most of. A stream without a row gives a RowError.
    """
    lines = Lines(stream)
    position = stream.tell()
    delimiter = find_delimiter(lines)
    stream.seek(position)
    lines.number = 0
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    header = next(records(reader, lines), None)
    if header is None:
        raise BusinessError(_("This file is empty."), code="empty", status=400)
    if isinstance(header, RowError):
        raise refused(header)
    columns = [name.strip() for name in header[1]]
    check_columns(columns)
    if start:
        lines.go_to(start)
    return CsvTable(columns, delimiter, Rows(lines, table_rows(reader, lines, columns, is_empty=not start)))


def find_delimiter(lines: Lines) -> str:
    try:
        first = next(lines, "")
    except LineError as error:
        raise refused(RowError(lines.number, error.code, error.params)) from None
    counts = {mark: first.count(mark) for mark in DELIMITERS}
    return max(counts, key=lambda mark: counts[mark])


def refused(error: RowError) -> BusinessError:
    return BusinessError(row_reason(error.line, error.code, error.params), code=error.code, status=400)


def check_columns(columns: list[str]) -> None:
    """Refuses what would have to be guessed: names that are missing or there twice."""
    if len(columns) > limits.CSV_COLUMNS:
        raise refused(RowError(1, "header_too_many", {"limit": limits.CSV_COLUMNS}))
    for number, name in enumerate(columns, start=1):
        if not name:
            raise refused(RowError(1, "header_empty", {"number": number}))
        if name in columns[: number - 1]:
            raise refused(RowError(1, "header_duplicate", {"name": name[:100]}))


def table_rows(reader: Any, lines: Lines, columns: list[str], *, is_empty: bool) -> Iterator[Row | RowError]:
    for record in records(reader, lines):
        is_empty = False
        if isinstance(record, RowError):
            yield record
        elif len(record[1]) != len(columns):
            yield RowError(record[0], "row_columns", {"found": len(record[1]), "expected": len(columns)})
        else:
            yield Row(record[0], dict(zip(columns, record[1], strict=True)), lines.row_bytes)
    if is_empty:
        yield RowError(lines.number, "row_none")


def records(reader: Any, lines: Lines) -> Iterator[tuple[int, list[str]] | RowError]:
    """Line number and cells of each row that is not blank; after a broken row the next line is a new beginning."""
    while True:
        lines.begin_row()
        first = lines.number + 1
        try:
            cells = next(reader, None)
        except LineError as error:
            yield RowError(lines.number, error.code, error.params)
            continue
        except csv.Error:
            yield RowError(first, "row_csv")
            continue
        if cells is None:
            return
        if any("\0" in cell for cell in cells):
            yield RowError(first, "row_nul")
        elif cells:
            yield first, cells


def read_json_lines(stream: BinaryIO, *, start: Place | None = None) -> Rows:
    """Each line's object, from the first or from where an earlier reading had come; blank lines are passed over.

    A stream without a row gives a RowError.
    """
    lines = Lines(stream)
    if start:
        lines.go_to(start)
    return Rows(lines, objects(lines, is_empty=not start))


def objects(lines: Lines, *, is_empty: bool) -> Iterator[Row | RowError]:
    while True:
        lines.begin_row()
        try:
            line = next(lines, None)
        except LineError as error:
            is_empty = False
            yield RowError(lines.number, error.code, error.params)
            continue
        if line is None:
            break
        if not line.isspace():
            is_empty = False
            yield parsed(line, lines)
    if is_empty:
        yield RowError(lines.number, "row_none")


def parsed(line: str, lines: Lines) -> Row | RowError:
    try:
        value = jsonio.parse(line, most_bytes=limits.CSV_ROW)
    except jsonio.ForeignJsonError as error:
        return RowError(lines.number, error.code)
    if not isinstance(value, dict):
        return RowError(lines.number, "row_not_an_object")
    return Row(lines.number, value, lines.row_bytes)
