"""Time on task: what the server saw of it, from being handed out to the end, without long silences."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F

from core.prepared import Prepared, PreparedInsert, PreparedUpdate
from labeling.models import Assignment, WorkDay, WorkInterval
from workers.models import Worker

# What goes beyond it between two signs of a worker is not recorded; pages show it.
IDLE_LIMIT = timedelta(minutes=3)
# Heartbeats come every few seconds; one in so many is written down.
RARELY = timedelta(seconds=20)


def zone_of(worker: Worker) -> ZoneInfo:
    return ZoneInfo(worker.user.time_zone)


def day_of(worker: Worker, *, at: datetime) -> date:
    """The calendar day in the worker's own time zone."""
    return at.astimezone(zone_of(worker)).date()


def monday_before(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def ms_between(before: datetime, after: datetime) -> int:
    """What is recorded of the time between two signs, in milliseconds."""
    return max(0, int(min(after - before, IDLE_LIMIT) / timedelta(milliseconds=1)))


STINT = Prepared(
    lambda assignment, begins_at: WorkInterval.objects.filter(assignment=assignment, begins_at=begins_at).values_list(
        "pk", "seen_at", "worked_ms"
    ),
    assignment=int,
    begins_at=datetime,
)
BEGIN = PreparedInsert(
    WorkInterval,
    "worker",
    "assignment",
    "begins_at",
    "seen_at",
    "worked_ms",
    on_conflict="ON CONFLICT DO NOTHING",
)
GO_ON = PreparedUpdate(
    lambda stint, gained, at: (
        WorkInterval.objects.filter(pk=stint),
        {"worked_ms": F("worked_ms") + gained, "seen_at": at},
    ),
    stint=int,
    gained=int,
    at=datetime,
)
ADD = PreparedUpdate(
    lambda worker, day, gained: (
        WorkDay.objects.filter(worker=worker, day=day),
        {"worked_ms": F("worked_ms") + gained},
    ),
    worker=int,
    day=date,
    gained=int,
)


def note_sign(assignment: Assignment, *, at: datetime, rarely: bool = False) -> int:
    """The worker is at it: the stint of the assignment, and its day, gain what was worked since the last sign.

    Returns the milliseconds recorded of the stint. With `rarely` a sign soon after another one is left to the next.
    The caller holds the assignment's row, so that two signs at once are not both the first.
    """
    if not rarely and (begun := begin_stint(assignment, at=at)) is not None:
        return begun
    row = STINT.first(assignment=assignment.pk, begins_at=assignment.claimed_at)
    if row is None:
        due = at - assignment.claimed_at >= RARELY
        return (begin_stint(assignment, at=at) or 0) if due else 0
    stint, seen_at, worked_ms = row
    if at <= seen_at or (rarely and at - seen_at < RARELY):
        return int(worked_ms)
    gained = ms_between(seen_at, at)
    GO_ON.count(stint=stint, gained=gained, at=at)
    add_to_day(assignment.worker, gained, at=at)
    return int(worked_ms) + gained


def begin_stint(assignment: Assignment, *, at: datetime) -> int | None:
    """What its first sign records, in milliseconds; None where the stint has begun already."""
    begin = assignment.claimed_at
    gained = ms_between(begin, at)
    if BEGIN.key(assignment.worker_id, assignment.pk, begin, max(at, begin), gained) is None:
        return None
    add_to_day(assignment.worker, gained, at=at)
    return gained


def add_to_day(worker: Worker, worked_ms: int, *, at: datetime) -> None:
    if not worked_ms:
        return
    day = day_of(worker, at=at)
    if not ADD.count(worker=worker.pk, day=day, gained=worked_ms):
        # Two assignments may begin the day at once: whoever comes second finds the row.
        WorkDay.objects.get_or_create(worker=worker, day=day)
        ADD.count(worker=worker.pk, day=day, gained=worked_ms)
