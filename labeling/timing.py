"""Time on task: what the server saw of it, from being handed out to the end, without long silences."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F

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


def note_sign(assignment: Assignment, *, at: datetime, rarely: bool = False) -> int:
    """The worker is at it: the stint of the assignment, and its day, gain what was worked since the last sign.

    Returns the milliseconds recorded of the stint. With `rarely` a sign soon after another one is left to the next.
    The caller holds the assignment's row, so that two signs at once are not both the first.
    """
    stint = WorkInterval.objects.filter(assignment=assignment, begins_at=assignment.claimed_at).first()
    before = stint.seen_at if stint else assignment.claimed_at
    if rarely and at - before < RARELY:
        return stint.worked_ms if stint else 0
    gained = ms_between(before, at)
    if stint is None:
        begin_stint(assignment, gained, at=at)
    elif at > stint.seen_at:
        WorkInterval.objects.filter(pk=stint.pk).update(worked_ms=F("worked_ms") + gained, seen_at=at)
    add_to_day(assignment.worker, gained, at=at)
    return gained + (stint.worked_ms if stint else 0)


def begin_stint(assignment: Assignment, worked_ms: int, *, at: datetime) -> None:
    WorkInterval.objects.create(
        assignment=assignment,
        worker_id=assignment.worker_id,
        begins_at=assignment.claimed_at,
        seen_at=max(at, assignment.claimed_at),
        worked_ms=worked_ms,
    )


def add_to_day(worker: Worker, worked_ms: int, *, at: datetime) -> None:
    if not worked_ms:
        return
    day = day_of(worker, at=at)
    today = WorkDay.objects.filter(worker=worker, day=day)
    if not today.update(worked_ms=F("worked_ms") + worked_ms):
        # Two assignments may begin the day at once: whoever comes second finds the row.
        WorkDay.objects.get_or_create(worker=worker, day=day)
        today.update(worked_ms=F("worked_ms") + worked_ms)
