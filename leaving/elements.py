"""One value after another out of a large JSON file: an array, or JSON Lines. The file as a whole has no limit."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from core import jsonio, limits
from core.errors import BusinessError
from files.storing import Readable

READ_AT_ONCE = 1 << 18
BOM = b"\xef\xbb\xbf"
SPACE = b" \t\r\n"
OUTSIDE = re.compile(rb'["\[\]{},]')
IN_STRING = re.compile(rb'["\\]')


def elements(stream: Readable, *, most_bytes: int = limits.DRAFT_BODY) -> Iterator[Any | BusinessError]:
    """Each element parsed, or the error that says why it cannot be, one of more than `most_bytes` among them.

    Raises BusinessError `not_a_list` for a file that is neither an array nor lines, and `cut_off` where it ends early.
    """
    start = first_bytes(stream)
    if start[:1] == b"[":
        pieces = array_pieces(stream, start[1:], most_bytes)
    elif start[:1] == b"{":
        pieces = lines(stream, start, most_bytes)
    else:
        sentence = _("This is no JSON array of tasks, and no JSON Lines.")
        raise BusinessError(sentence, code="not_a_list", status=400)
    for piece in pieces:
        yield parsed(piece, most_bytes)


def first_bytes(stream: Readable) -> bytes:
    """What comes after a byte order mark and spaces, as far as it was read; empty for an empty file."""
    start = stream.read(READ_AT_ONCE).removeprefix(BOM).lstrip(SPACE)
    while not start and (more := stream.read(READ_AT_ONCE)):
        start = more.lstrip(SPACE)
    return start


def parsed(piece: bytes | None, most_bytes: int) -> Any | BusinessError:
    if piece is None:
        sentence = _("This task is larger than %(limit)s MB.") % {"limit": most_bytes // limits.MB}
        return BusinessError(sentence, code="too_large", status=413)
    try:
        return jsonio.parse(piece, most_bytes=most_bytes)
    except BusinessError as error:
        return error


def lines(stream: Readable, rest: bytes, most_bytes: int) -> Iterator[bytes | None]:
    """Lines that are not blank; None for one that is too long."""
    is_long = False
    while True:
        line, end, after = rest.partition(b"\n")
        if not end and (more := stream.read(READ_AT_ONCE)):
            is_long = is_long or len(line) > most_bytes
            rest = (b"" if is_long else line) + more
            continue
        if is_long or len(line) > most_bytes:
            yield None
        elif line.strip(SPACE):
            yield line
        if not end:
            return
        rest, is_long = after, False


def array_pieces(stream: Readable, rest: bytes, most_bytes: int) -> Iterator[bytes | None]:
    """The bytes of each element behind the opening bracket; None for one that is too large, which is passed over."""
    reader = ArrayReader(stream, rest, most_bytes)
    while (mark := reader.next_mark()) is not None:
        if mark in b"[{":
            reader.depth += 1
        elif mark in b"]}" and reader.depth:
            reader.depth -= 1
        elif reader.depth == 0:
            found, is_too_large = reader.cut()
            if is_too_large:
                yield None
            elif found.strip(SPACE):
                yield found
            if mark == b"]":
                return
    raise BusinessError(_("This file ends in the middle: it was cut off."), code="cut_off", status=400)


class ArrayReader:
    """Brackets and commas outside of strings, and the bytes since the last cut."""

    def __init__(self, stream: Readable, rest: bytes, most_bytes: int) -> None:
        self.stream, self.buffer, self.most_bytes = stream, rest, most_bytes
        self.begin = self.at = self.depth = 0
        self.is_in_string = self.is_too_large = False

    def next_mark(self) -> bytes | None:
        """The next bracket or comma, behind which the reader stands now; None where the file ends."""
        while True:
            match = (IN_STRING if self.is_in_string else OUTSIDE).search(self.buffer, self.at)
            if match is None:
                self.at = max(self.at, len(self.buffer))
                if not self.read_more():
                    return None
                continue
            self.at = match.end()
            if match[0] == b"\\":
                self.at += 1  # what it escapes, which may not have been read yet
            elif match[0] == b'"':
                self.is_in_string = not self.is_in_string
            else:
                return match[0]

    def read_more(self) -> bool:
        kept = self.buffer[self.begin :]
        self.at -= self.begin
        if len(kept) > self.most_bytes:
            # Its bytes are not wanted any more, only its end.
            self.is_too_large, self.at, kept = True, self.at - len(kept), b""
        more = self.stream.read(READ_AT_ONCE)
        self.buffer, self.begin = kept + more, 0
        return bool(more)

    def cut(self) -> tuple[bytes, bool]:
        """What stands before the mark that was just passed, and whether it was too large."""
        found = self.buffer[self.begin : self.at - 1]
        is_too_large = self.is_too_large or len(found) > self.most_bytes
        self.begin, self.is_too_large = self.at, False
        return found, is_too_large
