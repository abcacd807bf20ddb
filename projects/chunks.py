"""What an import takes in together: so many entries or rows of its file, read ahead where that asks no database."""

import time
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from projects.arrivals import Arrival, Reading
from projects.models import Import, ImportKind

# Rows that are taken in together. Entries of an archive are larger and take their time before.
CHUNK = 2000
ENTRIES_CHUNK = 50


def nothing() -> None:
    pass


@dataclass(frozen=True)
class Chunk:
    """`go_on` may be called when its rows are written: the database is busy now, and the next chunk can be read."""

    arrivals: list[Arrival]
    is_last: bool
    go_on: Callable[[], None] = nothing


Chunks = Generator[Chunk, None, None]


def chunks_of(found: Import, reading: Reading, *, until: float) -> Chunks:
    """One at least, then more until the file ends or the time is over (of time.monotonic()); close it when done."""
    if found.kind == ImportKind.ARCHIVE:
        # Its entries are stored as they are read, with the database's connection of this thread.
        return one_by_one(reading, most=min(CHUNK, ENTRIES_CHUNK), until=until)
    return ahead(one_by_one(reading, most=CHUNK, until=until))


def one_by_one(reading: Reading, *, most: int, until: float) -> Chunks:
    while True:
        chunk = next_chunk(reading, most=most, until=until)
        yield chunk
        if chunk.is_last or time.monotonic() >= until:
            return


def ahead(chunks: Chunks) -> Chunks:
    """The same ones, each read in a thread while the database commits the one before.

    Not earlier: two threads of Python are no faster than one, and each waits for the other.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        coming: list[Future[Chunk | None]] = []

        def go_on() -> None:
            if not coming:
                coming.append(thread.submit(next, chunks, None))

        go_on()
        while (chunk := coming.pop().result()) is not None:
            yield replace(chunk, go_on=go_on)
            go_on()


def next_chunk(reading: Reading, *, most: int, until: float) -> Chunk:
    """Fewer than `most` where the entries are large."""
    arrivals: list[Arrival] = []
    for arrival in reading.rest:
        arrivals.append(arrival)
        if len(arrivals) == most or time.monotonic() >= until:
            return Chunk(arrivals, is_last=False)
    return Chunk(arrivals, is_last=True)
