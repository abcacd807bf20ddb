import threading
import time

import pytest

from projects import chunks
from projects.arrivals import Arrival, Reading
from projects.models import Import, ImportKind


def reading(count: int, seen: list[threading.Thread] | None = None) -> Reading:
    def rest():
        for number in range(count):
            if seen is not None:
                seen.append(threading.current_thread())
            yield Arrival(number)

    return Reading(rest())


def numbers(found: list[chunks.Chunk]) -> list[list[int]]:
    return [[arrival.number for arrival in chunk.arrivals] for chunk in found]


@pytest.mark.parametrize("kind", ImportKind.values)
def test_every_entry_comes_once_in_its_order(kind, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 2)

    found = list(chunks.chunks_of(Import(kind=kind), reading(5), until=time.monotonic() + 60))

    assert numbers(found) == [[0, 1], [2, 3], [4]]
    assert [chunk.is_last for chunk in found] == [False, False, True]


def test_rows_are_read_in_a_thread_of_their_own_and_entries_are_not():
    seen: dict[str, list[threading.Thread]] = {ImportKind.CSV: [], ImportKind.ARCHIVE: []}

    for kind, threads in seen.items():
        list(chunks.chunks_of(Import(kind=kind), reading(3, threads), until=time.monotonic() + 60))

    assert threading.current_thread() not in seen[ImportKind.CSV]
    assert set(seen[ImportKind.ARCHIVE]) == {threading.current_thread()}


def test_the_next_chunk_is_read_when_its_forerunner_says_that_it_is_written(monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 2)
    seen: list[threading.Thread] = []
    coming = chunks.chunks_of(Import(kind=ImportKind.CSV), reading(6, seen), until=time.monotonic() + 60)

    first = next(coming)
    before = len(seen)
    for _twice in range(2):  # as in an action that is tried again
        first.go_on()
    found = [first, *coming]

    assert before == 2
    assert numbers(found) == [[0, 1], [2, 3], [4, 5], []]


def test_when_the_time_is_over_one_chunk_comes_all_the_same():
    found = list(chunks.chunks_of(Import(kind=ImportKind.CSV), reading(5), until=0))

    assert numbers(found) == [[0]]


def test_whoever_stops_early_leaves_no_thread_behind(monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 1)
    before = threading.active_count()
    coming = chunks.chunks_of(Import(kind=ImportKind.CSV), reading(50), until=time.monotonic() + 60)

    next(coming)
    coming.close()

    assert threading.active_count() == before


def test_what_reading_raises_reaches_whoever_asks():
    def broken():
        yield Arrival(0)
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        list(chunks.chunks_of(Import(kind=ImportKind.CSV), Reading(broken()), until=time.monotonic() + 60))
