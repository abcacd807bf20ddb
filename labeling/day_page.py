"""A day of a worker's time as it is drawn: one line for each project, in shares of the day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formats
from core.charts import Bar, Tick
from labeling import stretches, timing
from labeling.models import TimeCorrection
from labeling.stretches import Stretch
from labeling.timeline import Timeline, stretch_of

# Between one task and the next lie seconds: a row of the table, and a bar, goes on over them.
ONE_ROW = timedelta(minutes=1)
HOURS = range(0, 25, 3)


@dataclass(frozen=True)
class Line:
    """`part` is what kind of time it is: work, added, cut, removed or pending."""

    name: str
    part: str
    total: timedelta
    bars: list[Bar]

    @property
    def said(self) -> str:
        """What a screen reader says of the drawing; the table has each stretch."""
        count = len(self.bars)
        words = {"name": self.name, "count": count, "total": formats.duration(self.total)}
        return ngettext("%(name)s: %(total)s", "%(name)s: %(total)s in %(count)d stretches", count) % words


@dataclass(frozen=True)
class Row:
    """A line of the table: what it is, from when until when by the clock there, and how much of it."""

    name: str
    part: str
    begins: str
    ends: str
    length: timedelta


@dataclass(frozen=True)
class Drawn:
    ticks: list[Tick]
    lines: list[Line]
    rows: list[Row]


def drawn(found: Timeline, pending: Iterable[TimeCorrection], zone: ZoneInfo) -> Drawn:
    parts = [(name, "work", several) for name, several in found.worked.items() if several]
    parts.sort(key=lambda part: part[2][0])
    waiting = [part for one in pending if (part := stretch_of(one).within(found.window))]
    parts += [
        (_("Added by you"), "added", found.added),
        (_("Cut as idle"), "cut", found.cut),
        (_("Removed by you"), "removed", found.removed),
        (_("Waits for a decision"), "pending", waiting),
    ]
    parts = [part for part in parts if part[2]]
    lines = [Line(name, part, stretches.total(several), bars(several, found.window)) for name, part, several in parts]
    return Drawn(ticks(found.window, zone), lines, table(parts, found.window, zone))


def bars(several: list[Stretch], window: Stretch) -> list[Bar]:
    return [
        Bar(share(one.begins_at - window.begins_at, window), share(one.length, window))
        for one in stretches.joined(several, gap=ONE_ROW)
    ]


def share(span: timedelta, window: Stretch) -> str:
    return f"{100 * (span / window.length):.3f}"


def ticks(window: Stretch, zone: ZoneInfo) -> list[Tick]:
    """Where the clock shows these hours: not evenly on a day of 23 or 25 hours."""
    day = window.begins_at.astimezone(zone).date()
    found = []
    for hour in HOURS:
        at = instant(day, hour, zone)
        anchor = {0: "start", 24: "end"}.get(hour, "middle")
        x = share(at - window.begins_at, window)
        found.append(Tick(x, f"{hour:02d}:00", anchor, fine=hour % 6 != 0))
    return found


def instant(day: date, hour: int, zone: ZoneInfo) -> datetime:
    if hour == 24:
        return timing.start_of(day + timedelta(days=1), zone)
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def table(parts: list[tuple[str, str, list[Stretch]]], window: Stretch, zone: ZoneInfo) -> list[Row]:
    """Everything in the order of the day; `length` is without the seconds between two tasks of a row."""
    named = {window.begins_at.astimezone(zone).utcoffset()} != {window.ends_at.astimezone(zone).utcoffset()}
    found = [
        (one, name, part, stretches.total(stretches.clipped(several, one)))
        for name, part, several in parts
        for one in stretches.joined(several, gap=ONE_ROW)
    ]
    return [
        Row(
            name,
            part,
            formats.clock(one.begins_at, zone, named=named),
            "24:00" if one.ends_at == window.ends_at else formats.clock(one.ends_at, zone, named=named),
            length,
        )
        for one, name, part, length in sorted(found)
    ]
