"""The hours of a day and of its week, beside the limits that are set for the worker."""

from dataclasses import dataclass
from datetime import date, timedelta

from labeling import timing
from labeling.models import WorkDay
from workers.models import Worker


@dataclass(frozen=True)
class Hours:
    """What counts for a limit; None: there is none."""

    worked: timedelta
    limit: timedelta | None

    @property
    def left(self) -> timedelta | None:
        return None if self.limit is None else max(timedelta(), self.limit - self.worked)


def hours_of(worker: Worker, day: date) -> tuple[Hours, Hours]:
    """Of the day, and of its week from Monday to Sunday."""
    monday = timing.monday_before(day)
    days = WorkDay.objects.filter(worker=worker, day__range=(monday, monday + timedelta(days=6)))
    worked = dict(days.values_list("day", "worked_ms"))
    return (
        Hours(timedelta(milliseconds=worked.get(day, 0)), limit_of(worker.day_limit_s)),
        Hours(timedelta(milliseconds=sum(worked.values())), limit_of(worker.week_limit_s)),
    )


def limit_of(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
