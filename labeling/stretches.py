"""Arithmetic with stretches of time. Instants are aware and in UTC: two of one zone are compared by their clocks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, order=True)
class Stretch:
    """From `begins_at` up to, and without, `ends_at`, which is not before it."""

    begins_at: datetime
    ends_at: datetime

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.begins_at

    def overlaps(self, other: "Stretch") -> bool:
        return self.begins_at < other.ends_at and other.begins_at < self.ends_at

    def within(self, other: "Stretch") -> "Stretch | None":
        """The part that lies in the other one; None where they do not overlap."""
        if not self.overlaps(other):
            return None
        return Stretch(max(self.begins_at, other.begins_at), min(self.ends_at, other.ends_at))


def joined(stretches: Iterable[Stretch], *, gap: timedelta = timedelta()) -> list[Stretch]:
    """The same time in order and without overlaps; what is no further apart than the gap becomes one."""
    found: list[Stretch] = []
    for one in sorted(stretches):
        if found and one.begins_at <= found[-1].ends_at + gap:
            found[-1] = Stretch(found[-1].begins_at, max(found[-1].ends_at, one.ends_at))
        else:
            found.append(one)
    return found


def without(stretches: Iterable[Stretch], taken: Iterable[Stretch]) -> list[Stretch]:
    """What of the stretches is left, in order, when the taken time is cut out of them."""
    left = joined(stretches)
    for gone in joined(taken):
        left = [part for one in left for part in around(one, gone)]
    return left


def around(one: Stretch, gone: Stretch) -> list[Stretch]:
    if not one.overlaps(gone):
        return [one]
    before = Stretch(one.begins_at, max(one.begins_at, gone.begins_at))
    after = Stretch(min(one.ends_at, gone.ends_at), one.ends_at)
    return [part for part in (before, after) if part.length]


def clipped(stretches: Iterable[Stretch], window: Stretch) -> list[Stretch]:
    """The parts that lie in the window, in order."""
    return [part for one in joined(stretches) if (part := one.within(window)) and part.length]


def total(stretches: Iterable[Stretch]) -> timedelta:
    """How much time they cover; what lies in two of them counts once."""
    return sum((one.length for one in joined(stretches)), timedelta())
