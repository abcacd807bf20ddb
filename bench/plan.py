"""What a run measures, and in which order: what matters most comes first, so that a run that is cut off has it."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.cells import Timing

PARTS = ("pairs", "rows", "buffers")
NEEDED_GB = {"10k": 2, "100k": 4, "1m": 12}
NEEDED_FOR_BUFFERS_GB = 25


@dataclass(frozen=True)
class Plan:
    parts: list[str]
    sizes: list[str]
    people: list[int]
    places: list[int]
    systems: list[str]
    timing: Timing
    quick: bool = False

    @property
    def needed_gb(self) -> int:
        needed = max((NEEDED_GB[size] for size in self.sizes), default=1)
        return max(needed, NEEDED_FOR_BUFFERS_GB) if "buffers" in self.parts and not self.quick else needed

    def cells(self, sizes: list[str]) -> Iterator[tuple[str, int, int]]:
        """(size, people, places): all of a size and overlap, before the next."""
        for places in self.places:
            for size in sizes:
                if size in self.sizes:
                    yield from ((size, people, places) for people in self.people)
