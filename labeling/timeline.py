"""What of a stretch of time is recorded as worked: by the server, and by the corrections that were accepted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from labeling import stretches, timing
from labeling.models import CorrectionKind, TimeCorrection, WorkInterval
from labeling.stretches import Stretch
from workers.models import Worker

# No interval is longer: whoever works through a night still pauses for three minutes in a day.
LONGEST = timedelta(days=1)


@dataclass
class Timeline:
    """A window of one worker's time. `worked` has the server's record by codename, `cut` its silences.

    All are in order and lie in the window; `worked` is without what was removed, `cut` without what was worked.
    """

    window: Stretch
    worked: dict[str, list[Stretch]] = field(default_factory=dict)
    cut: list[Stretch] = field(default_factory=list)
    added: list[Stretch] = field(default_factory=list)
    removed: list[Stretch] = field(default_factory=list)

    @property
    def recorded(self) -> list[Stretch]:
        """What counts, whatever it is from."""
        return stretches.joined([*self.added, *(one for found in self.worked.values() for one in found)])

    @property
    def total(self) -> timedelta:
        return stretches.total(self.recorded)

    def correct(self, kind: str, asked: Stretch) -> None:
        """Have a correction in it; the last word counts."""
        part = asked.within(self.window)
        if part is None:
            return
        if kind == CorrectionKind.ADD:
            self.added = stretches.joined([*self.added, part])
            self.removed = stretches.without(self.removed, [part])
        else:
            self.worked = {name: stretches.without(found, [part]) for name, found in self.worked.items()}
            self.added = stretches.without(self.added, [part])
            self.removed = stretches.joined([*self.removed, part])


def day_window(worker: Worker, day: date) -> Stretch:
    """The day of the worker's time zone; 23 to 25 hours long."""
    zone = timing.zone_of(worker)
    return Stretch(timing.start_of(day, zone), timing.start_of(day + timedelta(days=1), zone))


def stretch_of(correction: TimeCorrection) -> Stretch:
    return Stretch(correction.begins_at.astimezone(UTC), correction.ends_at.astimezone(UTC))


def timeline(worker: Worker, window: Stretch) -> Timeline:
    """Two queries, whatever the window holds."""
    accepted = TimeCorrection.objects.within(worker, window.begins_at, window.ends_at).accepted()
    return with_corrections(seen(worker, window), accepted)


def with_corrections(found: Timeline, accepted: Iterable[TimeCorrection]) -> Timeline:
    """The same timeline, changed: the corrections come in the order in which they were accepted."""
    for correction in accepted:
        found.correct(correction.kind, stretch_of(correction))
    found.cut = stretches.without(found.cut, found.recorded)
    return found


def seen(worker: Worker, window: Stretch) -> Timeline:
    """What the server itself saw."""
    found = Timeline(window)
    silences: list[Stretch] = []
    for stored_at, worked_ms, cut_ms, codename in rows(worker, window):
        begins_at = stored_at.astimezone(UTC)
        worked = Stretch(begins_at, begins_at + timedelta(milliseconds=worked_ms))
        silences.append(Stretch(begins_at - timedelta(milliseconds=cut_ms), begins_at))
        found.worked.setdefault(codename, []).append(worked)
    found.worked = {name: stretches.clipped(several, window) for name, several in found.worked.items()}
    found.cut = stretches.clipped(silences, window)
    return found


def rows(worker: Worker, window: Stretch) -> Iterable[tuple[datetime, int, int, str]]:
    """Begin, length and silence before it in milliseconds, codename: of all that may lie in the window."""
    intervals = WorkInterval.objects.filter(
        worker=worker, begins_at__range=(window.begins_at - LONGEST, window.ends_at)
    )
    return intervals.order_by("begins_at").values_list(
        "begins_at", "worked_ms", "cut_ms", "assignment__work_item__task__project__codename"
    )
