"""What a run measures, in which order, and how long it may take."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.cells import Timing

PARTS = ("pairs", "buffers", "rows", "api")
LONGEST_S = 35 * 60
# A peer's own set-up and import take their time.
LONGEST_WITH_PEERS_S = 60 * 60
# Seconds that a step of this name may need on a slow machine; it does not begin when fewer are left.
NEEDS_S = {
    "pairs": 150,
    "import": 180,
    "export": 240,
    "orders": 60,
    "pages": 120,
    "bulk": 120,
    "claim buffers, 1m": 120,
    "claim buffers, 10m": 540,
}
USUAL_S = 60
NEEDED_GB = {"10k": 2, "100k": 4, "1m": 12}
NEEDED_FOR_BUFFERS_GB = 30


@dataclass(frozen=True)
class Plan:
    parts: list[str]
    sizes: list[str]
    people: list[int]
    places: list[int]
    systems: list[str]
    timing: Timing
    quick: bool = False
    # The figures are added to those of the last run.
    adds: bool = False

    @property
    def needed_gb(self) -> int:
        needed = max((NEEDED_GB[size] for size in self.sizes), default=1)
        return max(needed, NEEDED_FOR_BUFFERS_GB) if "buffers" in self.parts and not self.quick else needed

    def last_start_s(self, name: str) -> float:
        return (LONGEST_WITH_PEERS_S if self.adds else LONGEST_S) - NEEDS_S.get(name, USUAL_S)

    def cells(self, sizes: list[str]) -> Iterator[tuple[str, int, int]]:
        """(size, people, places): all of a size and overlap, before the next."""
        for places in self.places:
            for size in sizes:
                if size in self.sizes:
                    yield from ((size, people, places) for people in self.people)

    @property
    def long_queues(self) -> dict[str, int]:
        return {} if self.quick else {"1m": 1_000_000, "10m": 10_000_000}

    @property
    def rows(self) -> int:
        """In and out."""
        return 10_000 if self.quick else 1_000_000

    @property
    def bulk_rows(self) -> int:
        return 10_000 if self.quick else 100_000

    @property
    def pages(self) -> dict[str, int]:
        return {"1k": 1_000} if self.quick else {"1k": 1_000, "1m": 1_000_000}

    @property
    def rows_s(self) -> float:
        """A job that takes longer is stopped at the end of its turn, at most half a minute later."""
        return 20 if self.quick else 100
