"""Lines of orders as they come in, each checked as an order of its own."""

from collections.abc import Iterator
from typing import Protocol

from pydantic import ValidationError

from api.errors import sentence_of
from api.v1 import ordering
from api.v1.shapes import TaskOrder
from core import jsonio, limits
from core.errors import BusinessError
from projects.arrivals import Arrival
from projects.chunks import Chunk
from projects.models import Project

CHUNK = 5000
CHUNK_BYTES = 8 * limits.MB
BLOCK = 256 * limits.KB
MOST_BYTES = limits.PARAMS + limits.METADATA + 64 * limits.KB


class Stream(Protocol):
    """A request, or a file."""

    def read(self, size: int, /) -> bytes: ...


class OrderLines:
    """The lines of a stream behind the first `skip`; an empty one is refused as one that is no order."""

    def __init__(self, stream: Stream, project: Project, *, skip: int = 0) -> None:
        self.stream, self.project, self.skip = stream, project, skip

    def chunks(self) -> Iterator[Chunk]:
        """So many lines at a time, none held longer; the last one says so, and may hold nothing."""
        arrivals: list[Arrival] = []
        size = 0
        for number, raw in enumerate(self.lines(), start=1):
            if number <= self.skip:
                continue
            arrivals.append(self.arrival(number, raw))
            size += len(raw or b"")
            if len(arrivals) >= CHUNK or size >= CHUNK_BYTES:
                yield Chunk(arrivals, is_last=False)
                arrivals, size = [], 0
        yield Chunk(arrivals, is_last=True)

    def lines(self) -> Iterator[bytes | None]:
        """Without their ends; None for one that is too long, whose rest is read away.

        Split here: not every server's stream can be trusted to go on after a readline().
        """
        rest, is_too_long = b"", False
        while block := self.stream.read(BLOCK):
            *whole, rest = (rest + block).split(b"\n")
            for line in whole:
                yield None if is_too_long or len(line) > MOST_BYTES else line
                is_too_long = False
            if len(rest) > MOST_BYTES:
                rest, is_too_long = b"", True
        if rest or is_too_long:
            yield None if is_too_long else rest

    def arrival(self, number: int, raw: bytes | None) -> Arrival:
        if raw is None:
            return Arrival(number, code="line_too_long")
        try:
            given = jsonio.parse(raw, most_bytes=MOST_BYTES)
            return Arrival(number, task=ordering.new_task(self.project, TaskOrder.model_validate(given)))
        except ValidationError as error:
            return refused(number, sentence_of(error.errors()[0]))
        except BusinessError as error:
            return refused(number, error.message)


def refused(number: int, sentence: str) -> Arrival:
    return Arrival(number, code="order_refused", params={"sentence": sentence})
