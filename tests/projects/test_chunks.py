import time

import pytest

from projects import chunks
from projects.arrivals import Arrival, Reading
from projects.models import Import, ImportKind


def reading(count: int) -> Reading:
    return Reading(Arrival(number) for number in range(count))


def numbers(found: list[chunks.Chunk]) -> list[list[int]]:
    return [[arrival.number for arrival in chunk.arrivals] for chunk in found]


@pytest.mark.parametrize("kind", ImportKind.values)
def test_every_entry_comes_once_in_its_order(kind, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 2)

    found = list(chunks.chunks_of(Import(kind=kind), reading(5), until=time.monotonic() + 60))

    assert numbers(found) == [[0, 1], [2, 3], [4]]
    assert [chunk.is_last for chunk in found] == [False, False, True]


def test_entries_of_an_archive_come_fewer_at_once(monkeypatch):
    monkeypatch.setattr(chunks, "ENTRIES_CHUNK", 1)

    found = list(chunks.chunks_of(Import(kind=ImportKind.ARCHIVE), reading(2), until=time.monotonic() + 60))

    assert numbers(found) == [[0], [1], []]


def test_large_rows_come_fewer_at_once(monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 10)
    rows = Reading(Arrival(number, size=4) for number in range(4))

    found = list(chunks.chunks_of(Import(kind=ImportKind.CSV), rows, until=time.monotonic() + 60))

    assert numbers(found) == [[0, 1, 2], [3]]


def test_when_the_time_is_over_one_chunk_comes_all_the_same():
    found = list(chunks.chunks_of(Import(kind=ImportKind.CSV), reading(5), until=0))

    assert numbers(found) == [[0]]


def test_what_reading_raises_reaches_whoever_asks():
    def broken():
        yield Arrival(0)
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        list(chunks.chunks_of(Import(kind=ImportKind.CSV), Reading(broken()), until=time.monotonic() + 60))
