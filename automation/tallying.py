"""Counting what happens, a minute at a time, from the events: nothing is added to the hot path for it.

A minute is closed when rules are evaluated over it, and is never changed after: what arrives late is counted in the
next one. So a dry run over the past reads exactly what the rules have read.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from automation.minutes import floor
from automation.models import BudgetLevel, Tally, TallyMark
from core.actions import action
from events.models import Event, SealMark
from events.verbs import Verb
from labeling.models import Verdict
from projects.models import Task

EVENTS_PER_CHUNK = 1000
LONGEST_S = 20.0
# What a dry run may look back on, with the week that is usual before it.
KEPT = timedelta(days=40)
COLUMNS = ["handed_out", "skipped", "reported", "reviewed", "rejected"]
COUNTED: dict[str, str] = {
    Verb.ASSIGNMENT_CLAIMED: "handed_out",
    Verb.ASSIGNMENT_REACTIVATED: "handed_out",
    Verb.ASSIGNMENT_SKIPPED: "skipped",
    Verb.ASSIGNMENT_REPORTED: "reported",
    Verb.REVIEW_GIVEN: "reviewed",
}


def tally(*, at: datetime, longest_s: float = LONGEST_S) -> datetime | None:
    """Count what has settled since the last time; the minute up to which all is closed, None while it is not there.

    The first time begins with the first event there is, and may take several calls.
    """
    stop = time.monotonic() + longest_s
    while not tally_chunk(at=at):
        if time.monotonic() > stop:
            return None
    return TallyMark.objects.get(pk=1).closed_until


@action
def tally_chunk(*, at: datetime) -> bool:
    """One short transaction; whether everything that has settled is counted now."""
    TallyMark.objects.get_or_create(pk=1)
    mark = TallyMark.objects.select_for_update(no_key=True).get(pk=1)
    settled = SealMark.objects.filter(pk=1).values_list("settled_id", flat=True).first() or 0
    fresh = Event.objects.filter(pk__gt=mark.event_id, pk__lte=settled, verb__in=COUNTED).order_by("pk")
    events = list(fresh.values_list("pk", "at", "verb", "data")[:EVENTS_PER_CHUNK])
    add(count(events, closed=mark.closed_until, since=at - KEPT))
    is_all = len(events) < EVENTS_PER_CHUNK
    mark.event_id = max(settled, mark.event_id) if is_all else events[-1][0]
    if is_all:
        mark.closed_until = max(floor(at), mark.closed_until or floor(at))
    mark.save()
    return is_all


Counts = dict[tuple[int, datetime], Counter[str]]


def count(
    events: Iterable[tuple[int, datetime, str, dict[str, Any]]], *, closed: datetime | None, since: datetime
) -> Counts:
    """By batch and minute."""
    events = [event for event in events if event[1] >= since]
    tasks = {data.get("task") for _pk, _at, _verb, data in events}
    batches = dict(Task.objects.filter(public_id__in=tasks).values_list("public_id", "batch_id"))
    found: Counts = defaultdict(Counter)
    for _pk, at, verb, data in events:
        if (batch := batches.get(data.get("task", ""))) is not None:
            own = found[batch, max(floor(at), closed or floor(at))]
            own[COUNTED[verb]] += 1
            own["rejected"] += data.get("verdict") == Verdict.REJECTED
    return found


def add(counts: Counts) -> None:
    """Under the mark's lock: nobody else writes these rows."""
    batches, minutes = {key[0] for key in counts}, {key[1] for key in counts}
    rows = {(row.batch_id, row.minute): row for row in Tally.objects.filter(batch__in=batches, minute__in=minutes)}
    known = set(rows)
    for key, own in counts.items():
        row = rows.setdefault(key, Tally(batch_id=key[0], minute=key[1]))
        for column in COLUMNS:
            setattr(row, column, getattr(row, column) + own[column])
    Tally.objects.bulk_create(rows[key] for key in counts if key not in known)
    Tally.objects.bulk_update([rows[key] for key in counts if key in known], COLUMNS)


@action
def forget(*, at: datetime) -> None:
    """Drop what no dry run looks back on."""
    Tally.objects.filter(minute__lt=at - KEPT).delete()
    BudgetLevel.objects.filter(minute__lt=at - KEPT).delete()
