"""When a rule stops something: pure arithmetic, the same for the rule at work and for a dry run over the past."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from automation.minutes import ceil

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class Segment(NamedTuple):
    """What a measure was from one full minute until before another: so many of so many.

    `usual_part` of `usual_whole`: the same over the week before the window. (A tuple: a month of many projects has some
    hundred thousand of them.)
    """

    begins_at: datetime
    ends_at: datetime
    part: int
    whole: int
    usual_part: int = 0
    usual_whole: int = 0

    @property
    def share(self) -> float | None:
        """None where there is nothing to be a share of."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True)
class Terms:
    """`threshold`: in hundredths of a per cent. `times_usual`: in tenths; 0 for a rule that does not ask for it."""

    threshold: int
    least_count: int
    length: timedelta
    cool_down: timedelta
    times_usual: int = 0

    def exceeded_by(self, one: Segment) -> bool:
        """Both conditions. Where too little is known of what is usual, the threshold alone decides."""
        if one.whole <= 0 or one.whole < self.least_count or one.part * 10_000 < self.threshold * one.whole:
            return False
        if not self.times_usual or one.usual_whole < max(self.least_count, 1):
            return True
        return one.part * one.usual_whole * 10 >= self.times_usual * one.usual_part * one.whole


@dataclass(frozen=True)
class Standing:
    """A pause over the same work that the rule has not made; `ends_at` None: nobody knows until when."""

    key: str
    begins_at: datetime
    ends_at: datetime | None

    def holds(self, at: datetime) -> bool:
        return self.begins_at <= at and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True)
class State:
    """What the rule has done so far: until when its last stop stands, until when it then cools down.

    `noted`: the standing pauses, and `cooling` for this cool-down, under which it has said already that it did not act.
    """

    stopped_until: datetime = LONG_AGO
    cooling_until: datetime = LONG_AGO
    noted: frozenset[str] = field(default_factory=frozenset)


COOLING = "cooling"
PAUSED = "paused"
STOPS = "stops"


@dataclass(frozen=True)
class Found:
    """At `at` the measure is beyond the threshold. `until`: only of what stops; `by`: the pause in its way."""

    at: datetime
    segment: Segment
    outcome: str
    until: datetime | None = None
    by: str = ""


def decide(
    segments: Sequence[Segment], terms: Terms, *, standing: Sequence[Standing] = (), state: State | None = None
) -> list[Found]:
    """What the rule does over one project's history, in order.

    It stops at the first minute at which the measure is beyond the threshold and neither its own stop, nor its
    cool-down, nor another pause stands. It says once per cool-down and once per other pause that it would have.
    """
    now, found = state or State(), []
    for segment in segments:
        if not terms.exceeded_by(segment):
            continue
        at = ceil(segment.begins_at)
        while at < segment.ends_at:
            one, now, at = step(segment, at, terms, standing, now)
            found += [one] if one is not None else []
    return found


def step(
    segment: Segment, at: datetime, terms: Terms, standing: Sequence[Standing], now: State
) -> tuple[Found | None, State, datetime]:
    """What the rule does at that minute, beyond its threshold; the state after it, and when to look again."""
    if at < now.stopped_until:
        return None, now, ceil(now.stopped_until)
    if (other := first_of(standing, at)) is not None:
        return note(other.key, Found(at, segment, PAUSED, by=other.key), now, again=other.ends_at or NEVER)
    if at < now.cooling_until:
        begins = [one.begins_at for one in standing if one.begins_at > at]
        return note(COOLING, Found(at, segment, COOLING), now, again=min([now.cooling_until, *begins]))
    until = at + terms.length
    stopped = State(until, until + terms.cool_down, now.noted - {COOLING})
    return Found(at, segment, STOPS, until=until), stopped, until


def note(key: str, one: Found, now: State, *, again: datetime) -> tuple[Found | None, State, datetime]:
    """Said once for each key."""
    if key in now.noted:
        return None, now, ceil(again)
    return one, replace(now, noted=now.noted | {key}), ceil(again)


def first_of(standing: Sequence[Standing], at: datetime) -> Standing | None:
    """Of the pauses that stand then the one that began first, so that it stays the same until its end."""
    return min((one for one in standing if one.holds(at)), key=lambda one: (one.begins_at, one.key), default=None)
