"""Hours of the week over both changes of the clock in three zones: each window against the clock, minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from labeling.windows import MINUTE, Weekly

EVERY_DAY = frozenset(range(7))
# Forward and back in 2026: by an hour at 2:00, by an hour at 1:00 UTC, by half an hour at 2:00 south of the equator.
CHANGES = {
    "America/New_York": [date(2026, 3, 8), date(2026, 11, 1)],
    "Europe/Berlin": [date(2026, 3, 29), date(2026, 10, 25)],
    "Australia/Lord_Howe": [date(2026, 10, 4), date(2026, 4, 5)],
}
CLOCK = "00:00 00:30 01:00 01:15 01:30 02:00 02:10 02:30 02:45 03:00 03:30 09:00 22:00 23:59"
TIMES = [time.fromisoformat(shown) for shown in CLOCK.split()]
DAY = timedelta(days=1)


@cache
def clock(zone: str, day: date) -> list[tuple[datetime, datetime]]:
    """Each minute of three days around: in UTC, and what the clock shows then."""
    begin = datetime.combine(day - DAY, time(), UTC) - DAY / 2
    minutes = [begin + number * MINUTE for number in range(4 * 24 * 60)]
    return [(at, at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)) for at in minutes]


def by_the_clock(zone: str, day: date, begins: time, ends: time) -> tuple[datetime, datetime] | None:
    """From the first minute at which the clock shows a time of the window to the last one."""
    first = datetime.combine(day, begins)
    last = datetime.combine(day if begins < ends else day + DAY, ends)
    shown = [at for at, local in clock(zone, day) if first <= local < last]
    return (shown[0], shown[-1] + MINUTE) if shown else None


@pytest.mark.parametrize(("zone", "change"), [(zone, day) for zone, days in CHANGES.items() for day in days])
@pytest.mark.parametrize("begins", TIMES)
def test_a_window_is_what_the_clock_shows(zone, change, begins):
    for ends in TIMES:
        weekly = Weekly(ZoneInfo(zone), EVERY_DAY, begins, ends)
        for day in (change - DAY, change):
            assert weekly.on(day) == by_the_clock(zone, day, begins, ends), (day, ends)


def test_the_changes_of_the_clock_are_where_the_table_says():
    for zone, days in CHANGES.items():
        for day in days:
            begin, end = (datetime.combine(one, time(), ZoneInfo(zone)).astimezone(UTC) for one in (day, day + DAY))
            assert end - begin != DAY


def test_only_the_days_asked_for_have_a_window():
    weekly = Weekly(ZoneInfo("UTC"), frozenset({0, 5}), time(22), time(6))

    found = list(weekly.windows(date(2026, 11, 23), date(2026, 11, 30)))

    assert [begin.date() for begin, _end in found] == [date(2026, 11, 23), date(2026, 11, 28), date(2026, 11, 30)]
    assert {end - begin for begin, end in found} == {timedelta(hours=8)}
