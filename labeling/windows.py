"""Hours of the week as stretches of UTC: the clock on the wall decides, also where it is put back or forward."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Weekly:
    """From one time of the day to the next time that it is the other, on some days of the week (0 is Monday)."""

    zone: ZoneInfo
    weekdays: frozenset[int]
    begins: time
    ends: time

    def on(self, day: date) -> tuple[datetime, datetime] | None:
        """The window that begins on the day, in UTC; None when there is none, or when no clock ever shows it.

        From the first moment at which the clock shows it to the last one. Where the clock goes back within it, the
        hour that comes twice is in it as a whole.
        """
        if day.weekday() not in self.weekdays:
            return None
        last_day = day if self.begins < self.ends else day + DAY
        begin = instant(datetime.combine(day, self.begins), self.zone, fold=0)
        # What the clock shows last is one minute before the end: that minute may come twice where the end does not.
        shown_last = datetime.combine(last_day, self.ends) - MINUTE
        end = instant(shown_last, self.zone, fold=1)
        if is_shown(shown_last, self.zone):
            end += MINUTE
        return (begin, end) if begin < end else None

    def windows(self, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
        """Those that begin on these days, both included."""
        for number in range((last - first).days + 1):
            if window := self.on(first + number * DAY):
                yield window


def instant(local: datetime, zone: ZoneInfo, *, fold: int) -> datetime:
    """When the clock shows it, for the first (fold 0) or the second time; where it never does, when it is put forward.

    Docs of zoneinfo, and PEP 495: `fold` names which of the two is meant.
    """
    if is_shown(local, zone):
        return local.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    # With the later offset it is before the change, with the earlier one after it.
    before, after = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    offset = after.astimezone(zone).utcoffset()
    minutes = range(int((after - before) / MINUTE) + 1)
    first = bisect_left(minutes, True, key=lambda n: (before + n * MINUTE).astimezone(zone).utcoffset() == offset)
    return before + first * MINUTE


def is_shown(local: datetime, zone: ZoneInfo) -> bool:
    """Whether the clock there ever shows it: an hour is left out where it is put forward."""
    return local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local
