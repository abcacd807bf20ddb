"""A dry run as it is drawn: the measure over time, the threshold, and what would have been stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from automation.deciding import Segment, Terms
from automation.dry_running import DryRun, Run
from core import formats
from core.charts import Bar, Tick

MOST_CHARTS = 6
# So many columns are enough for any screen; of each the highest value is drawn.
COLUMNS = 480
# What the drawing is high and wide in its own units; the page stretches it.
HEIGHT = 100


@dataclass(frozen=True)
class Chart:
    """`path`: SVG, COLUMNS wide and HEIGHT high; `threshold`: where `limit` lies, in per cent from above."""

    name: str
    said: str
    path: str
    most: float
    limit: float
    threshold: str
    stops: list[Bar]


def charts(run: DryRun, terms: Terms) -> list[Chart]:
    """Of the projects with the most stops; of none that never had enough to be measured."""
    drawn = ((one, columns(one.segments, run.since, run.until, terms.least_count)) for one in run.runs)
    with_line = ((one, values) for one, values in drawn if any(value is not None for value in values))
    return [chart(one, values, run, terms) for one, values in islice(with_line, MOST_CHARTS)]


def chart(one: Run, values: Sequence[float | None], run: DryRun, terms: Terms) -> Chart:
    threshold = terms.threshold / 10_000
    most = max(value for value in values if value is not None)
    top = max(1.25 * threshold, 1.05 * most)
    return Chart(
        one.project.codename,
        said(one, most, threshold),
        path(values, top),
        most,
        threshold,
        f"{100 - 100 * threshold / top:.2f}",
        [bar(found.at, found.until or run.until, run) for found in one.stops],
    )


def columns(segments: Sequence[Segment], since: datetime, until: datetime, least_count: int) -> list[float | None]:
    """Of each column the highest share that was of enough; None where there was none."""
    found: list[float | None] = [None] * COLUMNS
    width = (until - since) / COLUMNS
    for one in segments:
        if (value := one.share) is None or one.whole < least_count:
            continue
        first, last = int((one.begins_at - since) / width), int((one.ends_at - since) / width)
        for number in range(max(first, 0), min(max(last, first + 1), COLUMNS)):
            found[number] = max(value, found[number] or 0)
    return found


def path(values: Sequence[float | None], top: float) -> str:
    """A line of steps; the pen is lifted where there is nothing."""
    steps, is_down = [], False
    for number, value in enumerate(values):
        if value is not None:
            y = f"{HEIGHT - HEIGHT * value / top:.1f}"
            steps.append(f"{'V' if is_down else f'M{number} '}{y}H{number + 1}")
        is_down = value is not None
    return "".join(steps)


def bar(begin: datetime, end: datetime, run: DryRun) -> Bar:
    whole = run.until - run.since
    first, last = begin - run.since, min(end, run.until) - run.since
    return Bar(f"{100 * (first / whole):.3f}", f"{100 * ((last - first) / whole):.3f}")


def said(one: Run, most: float, threshold: float) -> str:
    """What a screen reader says of the drawing; the table below it has each stop."""
    count = len(one.stops)
    words = {
        "name": one.project.codename,
        "most": formats.percent(most),
        "threshold": formats.percent(threshold),
        "count": count,
    }
    return (
        ngettext(
            "%(name)s: at most %(most)s, threshold %(threshold)s, %(count)d stop",
            "%(name)s: at most %(most)s, threshold %(threshold)s, %(count)d stops",
            count,
        )
        % words
    )


def ticks(run: DryRun) -> list[Tick]:
    """Days at their midnight in the reader's time zone; of a single day its hours."""
    step = timedelta(hours=6) if run.until - run.since <= timedelta(days=1) else timedelta(days=1)
    days = max(1, round((run.until - run.since) / timedelta(days=7)))
    at = timezone.localtime(run.since).replace(hour=0, minute=0)
    found: list[Tick] = []
    while at < run.until:
        if at > run.since:
            name = formats.clock(at) if step < timedelta(days=1) else formats.day(at, now=run.until)
            x = 100 * ((at - run.since) / (run.until - run.since))
            found.append(
                Tick(f"{x:.3f}", name, "end" if x > 95 else "start" if x < 5 else "middle", len(found) % 2 == 1)
            )
        at = at + step * (1 if step < timedelta(days=1) else days)
    return found or [Tick("0", _("now"), "start")]
