"""Time on task: what the server saw of it, from being handed out to the end, without long silences."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Min

from core.prepared import Prepared, PreparedInsert, PreparedUpdate
from labeling.models import Assignment, AssignmentStatus, WorkDay, WorkInterval
from workers.models import Worker

# What goes beyond it between two signs of a worker is not recorded; pages show it.
IDLE_LIMIT = timedelta(minutes=3)
# Heartbeats come every eight seconds; every other one is written down. With every third, a session with many silences
# lost two per cent of its time: each silence counts from the last sign that was written down.
RARELY = timedelta(seconds=15)
# A silence that is longer is written down as this long: nobody reads more of it, and the column holds no month.
LONGEST_CUT = timedelta(days=1)


def zone_of(worker: Worker) -> ZoneInfo:
    return ZoneInfo(worker.user.time_zone)


def day_of(worker: Worker, *, at: datetime) -> date:
    """The calendar day in the worker's own time zone."""
    return at.astimezone(zone_of(worker)).date()


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of the day there, in UTC: between two instants of one zone Python counts what clocks show."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def monday_before(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def in_ms(span: timedelta) -> int:
    return max(0, span // timedelta(milliseconds=1))


LATEST = Prepared(
    lambda assignment, claimed_at: (
        WorkInterval.objects.filter(assignment=assignment, begins_at__gte=claimed_at)
        .order_by("-begins_at")
        .values_list("pk", "seen_at")[:1]
    ),
    assignment=int,
    claimed_at=datetime,
)
GO_ON = PreparedUpdate(
    lambda interval, gained, at: (
        WorkInterval.objects.filter(pk=interval),
        {"worked_ms": F("worked_ms") + gained, "seen_at": at},
    ),
    interval=int,
    gained=int,
    at=datetime,
)
COLUMNS = ["worker", "assignment", "begins_at", "seen_at", "worked_ms", "cut_ms"]
BEGIN = PreparedInsert(WorkInterval, *COLUMNS)
BEGIN_FIRST = PreparedInsert(WorkInterval, *COLUMNS, on_conflict="ON CONFLICT DO NOTHING")
# Two assignments may begin the day at once: one of them finds the row.
ADD = PreparedInsert(
    WorkDay,
    "worker",
    "day",
    "worked_ms",
    on_conflict=(
        "ON CONFLICT (worker_id, day) DO UPDATE SET worked_ms = labeling_workday.worked_ms + excluded.worked_ms"
    ),
)


def note_sign(assignment: Assignment, *, at: datetime, rarely: bool = False) -> None:
    """The worker is at it: what was worked since the last sign is recorded, of a silence no more than the idle limit.

    With `rarely` a sign soon after another one is left to the next. The caller holds the assignment's row, so that two
    signs at once are not both the first; `assignment.status` is what it was before the sign.
    """
    signed = partial(go_on, assignment, status=assignment.status, at=at)
    if not rarely and may_be_first(assignment, at=at):
        values = values_of(assignment, assignment.claimed_at, at)
        BEGIN_FIRST.at_end([values], then=partial(note_first, assignment, signed, at=at))
        return
    signed(rarely=rarely)


def may_be_first(assignment: Assignment, *, at: datetime) -> bool:
    """Whether no silence is to be cut, as with most short tasks: nothing need be read where nothing is recorded yet."""
    begins_at = assignment.claimed_at
    return assignment.status == AssignmentStatus.ACTIVE and begins_at <= at <= begins_at + IDLE_LIMIT


def note_first(assignment: Assignment, signed: Callable[[], None], interval: int | None, *, at: datetime) -> None:
    """The first sign is recorded by now, unless there was an earlier one."""
    if interval is None:
        signed()
    else:
        add_to_days(assignment.worker, assignment.claimed_at, at)


def go_on(assignment: Assignment, *, status: str, at: datetime, rarely: bool = False) -> None:
    """A sign after others, or after a silence; `status` is the assignment's before the sign."""
    latest = LATEST.first(assignment=assignment.pk, claimed_at=assignment.claimed_at)
    interval, before = latest or (None, assignment.claimed_at)
    if rarely and at - before < RARELY:
        return
    until = max(before, min(at, before + IDLE_LIMIT))
    if status != AssignmentStatus.ACTIVE:
        until = max(before, min(until, next_work(assignment, after=before) or until))
    record(assignment, interval, before, until)
    if at > until:
        begin(assignment, at, at, cut=at - until)
    add_to_days(assignment.worker, before, until)


def next_work(assignment: Assignment, *, after: datetime) -> datetime | None:
    """When the worker began something else since, or claimed what is in hand now; only who hands in late has.

    The assignment itself is in hand no more. What is may have been claimed before: while this was only reserved, or by
    a request that waited for its end.
    """
    others = WorkInterval.objects.filter(worker_id=assignment.worker_id, begins_at__gte=after)
    begun = others.exclude(assignment=assignment).filter(begins_at__lte=after + IDLE_LIMIT)
    active = Assignment.objects.active().filter(worker_id=assignment.worker_id)
    firsts = [
        begun.aggregate(first=Min("begins_at"))["first"],
        active.aggregate(first=Min("claimed_at"))["first"],
    ]
    return min((first for first in firsts if first), default=None)


def record(assignment: Assignment, interval: int | None, before: datetime, until: datetime) -> None:
    if interval is None:
        begin(assignment, before, until)
    elif until > before:
        GO_ON.count(interval=interval, gained=in_ms(until - before), at=until)


def begin(assignment: Assignment, begins_at: datetime, until: datetime, *, cut: timedelta = timedelta()) -> None:
    BEGIN.key(*values_of(assignment, begins_at, until, cut=cut))


def values_of(
    assignment: Assignment, begins_at: datetime, until: datetime, *, cut: timedelta = timedelta()
) -> tuple[Any, ...]:
    """Those of COLUMNS."""
    spans = in_ms(until - begins_at), in_ms(min(cut, LONGEST_CUT))
    return assignment.worker_id, assignment.pk, begins_at, until, *spans


def add_to_days(worker: Worker, begins_at: datetime, ends_at: datetime) -> None:
    """Each day gains its own part of what was worked between two signs."""
    for day, span in by_day(worker, begins_at, ends_at):
        if gained := in_ms(span):
            add_to_day(worker, day, gained)


def by_day(worker: Worker, begins_at: datetime, ends_at: datetime) -> Iterator[tuple[date, timedelta]]:
    """The days of the worker's time zone between two instants, each with how much of it lies between them."""
    zone, day = zone_of(worker), day_of(worker, at=begins_at)
    while begins_at < ends_at:
        day_ends_at = min(start_of(day + timedelta(days=1), zone), ends_at)
        yield day, day_ends_at - begins_at
        begins_at, day = day_ends_at, day + timedelta(days=1)


def add_to_day(worker: Worker, day: date, worked_ms: int) -> None:
    ADD.at_end([(worker.pk, day, worked_ms)])
