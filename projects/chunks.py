"""What an import takes in together: so many entries or rows of its file, read ahead where that asks no database."""

import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from projects.arrivals import Arrival, Reading
from projects.models import Import, ImportKind

# Rows that are taken in together. Entries of an archive are larger and take their time before.
CHUNK = 2000
ENTRIES_CHUNK = 50


@dataclass(frozen=True)
class Chunk:
    arrivals: list[Arrival]
    is_last: bool


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
    """The same ones, each read in a thread while the one before is written: the database works meanwhile."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        coming = thread.submit(next, chunks, None)
        while (chunk := coming.result()) is not None:
            coming = thread.submit(next, chunks, None)
            yield chunk


def next_chunk(reading: Reading, *, most: int, until: float) -> Chunk:
    """Fewer than `most` where the entries are large."""
    arrivals: list[Arrival] = []
    for arrival in reading.rest:
        arrivals.append(arrival)
        if len(arrivals) == most or time.monotonic() >= until:
            return Chunk(arrivals, is_last=False)
    return Chunk(arrivals, is_last=True)
