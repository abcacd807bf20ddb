"""What an import takes in together: so many entries or rows of its file."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from core import limits
from projects.arrivals import Arrival, Reading
from projects.models import Import, ImportKind

# Rows that are taken in together, and about how many bytes of them: all are held in memory for a while. Entries of an
# archive are larger and take their time before.
CHUNK = 10_000
CHUNK_BYTES = 8 * limits.MB
ENTRIES_CHUNK = 50


@dataclass(frozen=True)
class Chunk:
    arrivals: list[Arrival]
    is_last: bool


def chunks_of(found: Import, reading: Reading, *, until: float) -> Iterator[Chunk]:
    """One at least, then more until the file ends or the time is over (of time.monotonic()).

    Read as they are asked for: a thread that reads ahead was no faster, both being Python.
    """
    most = min(CHUNK, ENTRIES_CHUNK) if found.kind == ImportKind.ARCHIVE else CHUNK
    while True:
        chunk = next_chunk(reading, most=most, until=until)
        yield chunk
        if chunk.is_last or time.monotonic() >= until:
            return


def next_chunk(reading: Reading, *, most: int, until: float) -> Chunk:
    """Fewer than `most` where the entries are large."""
    arrivals: list[Arrival] = []
    size = 0
    for arrival in reading.rest:
        arrivals.append(arrival)
        size += arrival.size
        if len(arrivals) == most or size >= CHUNK_BYTES or time.monotonic() >= until:
            return Chunk(arrivals, is_last=False)
    return Chunk(arrivals, is_last=True)
