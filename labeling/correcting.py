"""Corrections of recorded time: a worker asks, a person decides, and the day's total follows."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from accounts.models import User
from core import formats
from core.actions import action
from core.errors import BusinessError, StaleState
from events import recording, telling
from events.models import Event
from events.verbs import Verb
from labeling import hours, timing
from labeling.models import Assignment, CorrectionKind, CorrectionStatus, TimeCorrection, WorkDay
from labeling.stretches import Stretch, clipped
from labeling.timeline import day_window, stretch_of, timeline
from workers.models import Worker

DAYS_BACK = 14


@dataclass(frozen=True)
class Wish:
    """A stretch of a day of the worker's time zone, and what is to be done with it."""

    day: date
    kind: str
    stretch: Stretch


@action
def ask(worker: Worker, wish: Wish, *, note: str, at: datetime) -> TimeCorrection:
    """The correction waits for a decision. Raises BusinessError with what is wrong with it."""
    lock(worker)
    check(worker, wish, at=at)
    correction = TimeCorrection.objects.create(
        worker=worker,
        day=wish.day,
        kind=wish.kind,
        begins_at=wish.stretch.begins_at,
        ends_at=wish.stretch.ends_at,
        note=note,
        created_at=at,
    )
    recording.write(event_of(Verb.TIME_CORRECTION_ASKED, correction, recording.by_worker(worker), at=at))
    return correction


@action
def withdraw(correction: TimeCorrection, *, at: datetime) -> TimeCorrection:
    """Raises StaleState when it has been decided."""
    pending = TimeCorrection.objects.filter(pk=correction.pk, status=CorrectionStatus.PENDING)
    if not pending.update(status=CorrectionStatus.WITHDRAWN, decided_at=at):
        raise decided_before()
    actor = recording.by_worker(correction.worker)
    recording.write(event_of(Verb.TIME_CORRECTION_WITHDRAWN, correction, actor, at=at))
    correction.refresh_from_db()
    return correction


@action
def decide(correction: TimeCorrection, *, accepted: bool, answer: str, by: User, at: datetime) -> TimeCorrection:
    """Accepted: the day's total changes by what the stretch adds to the record, or takes from it. The worker is told.

    Raises StaleState when it was decided or withdrawn before, BusinessError when it would go beyond a limit on hours,
    or when a refusal gives no reason.
    """
    if not accepted and not answer:
        raise BusinessError(_("Say why: the contractor reads it."), code="no_reason", status=422)
    lock(correction.worker)
    status = CorrectionStatus.ACCEPTED if accepted else CorrectionStatus.REFUSED
    change = change_of(correction) if accepted else timedelta()
    check_limits(correction.worker, correction.day, change)
    pending = TimeCorrection.objects.filter(pk=correction.pk, status=CorrectionStatus.PENDING)
    if not pending.update(status=status, decided_at=at, decided_by=by, answer=answer):
        raise decided_before()
    change_day(correction, change)
    actor = recording.by_user(by)
    recording.write(event_of(Verb.TIME_CORRECTION_DECIDED, correction, actor, at=at, decision=status.value))
    telling.tell(
        [correction.worker.user_id],
        code=f"time_correction_{status}",
        params={"day": correction.day.isoformat(), "answer": answer},
        dedupe_key=f"time_correction:{correction.public_id}",
        at=at,
        mail=False,
    )
    correction.refresh_from_db()
    return correction


def lock(worker: Worker) -> None:
    """Two corrections of one worker must not both be checked against the same record."""
    Worker.objects.select_for_update(no_key=True).get(pk=worker.pk)


def decided_before() -> StaleState:
    return StaleState(_("This correction has been decided or withdrawn already."), code="decided")


def change_of(correction: TimeCorrection) -> timedelta:
    """By how much the recorded time would change; below nothing for what is taken away."""
    found = timeline(correction.worker, stretch_of(correction))
    before = found.total
    found.correct(correction.kind, found.window)
    return found.total - before


def change_day(correction: TimeCorrection, change: timedelta) -> None:
    if change > timedelta():
        timing.add_to_day(correction.worker, correction.day, timing.in_ms(change))
    elif taken := timing.in_ms(-change):
        days = WorkDay.objects.filter(worker=correction.worker, day=correction.day)
        # The day may be shorter than that where the worker has moved to another time zone.
        days.update(worked_ms=Greatest(F("worked_ms") - taken, Value(0)))


def check(worker: Worker, wish: Wish, *, at: datetime) -> None:
    """What a correction may be about. Raises BusinessError."""
    check_time(worker, wish, at=at)
    check_in_hand(worker, wish.stretch)
    check_pending(worker, wish.stretch)
    check_record(worker, wish)


def check_time(worker: Worker, wish: Wish, *, at: datetime) -> None:
    window, stretch = day_window(worker, wish.day), wish.stretch
    if not window.begins_at <= stretch.begins_at < stretch.ends_at <= window.ends_at:
        raise BusinessError(_("Begin and end lie on this day, the end after the begin."), code="not_of_the_day")
    if stretch.ends_at > at:
        raise BusinessError(_("This is in the future."), code="future")
    if wish.day < timing.day_of(worker, at=at) - timedelta(days=DAYS_BACK):
        raise BusinessError(
            _("Only the last %(count)d days can be corrected.") % {"count": DAYS_BACK}, code="too_long_ago"
        )


def check_in_hand(worker: Worker, stretch: Stretch) -> None:
    """What is in hand is still being recorded: its last minutes may yet fill a gap."""
    active = Assignment.objects.active().filter(worker=worker, claimed_at__lt=stretch.ends_at).first()
    if active is not None:
        since = formats.clock(active.claimed_at, timing.zone_of(worker))
        sentence = _("You have had a task in hand since %(time)s. Correct this when you have handed it in.")
        raise BusinessError(sentence % {"time": since}, code="in_hand")


def check_pending(worker: Worker, stretch: Stretch) -> None:
    waiting = TimeCorrection.objects.within(worker, stretch.begins_at, stretch.ends_at).pending().first()
    if waiting is not None:
        sentence = _("A correction of %(stretch)s waits already. Withdraw it first.")
        raise BusinessError(sentence % {"stretch": in_words(stretch_of(waiting), worker)}, code="pending")


def check_record(worker: Worker, wish: Wish) -> None:
    recorded = clipped(timeline(worker, wish.stretch).recorded, wish.stretch)
    if wish.kind == CorrectionKind.REMOVE and not recorded:
        raise BusinessError(_("Nothing is recorded there."), code="nothing_recorded")
    if wish.kind == CorrectionKind.ADD:
        if recorded:
            sentence = _("%(stretch)s is recorded already. Choose a stretch without it.")
            raise BusinessError(sentence % {"stretch": in_words(recorded[0], worker)}, code="recorded")
        check_limits(worker, wish.day, wish.stretch.length)


def check_limits(worker: Worker, day: date, change: timedelta) -> None:
    """Nothing is added beyond a limit on hours. Raises BusinessError `over_limit`."""
    if change <= timedelta():
        return
    of_day, of_week = hours.hours_of(worker, day)
    for one, sentence in (
        (of_day, _("The day's limit is %(limit)s: at most %(left)s more can be added.")),
        (of_week, _("The week's limit is %(limit)s: at most %(left)s more can be added.")),
    ):
        if one.limit is not None and one.left is not None and change > one.left:
            words = {"limit": formats.duration(one.limit), "left": formats.duration(one.left)}
            raise BusinessError(sentence % words, code="over_limit")


def in_words(stretch: Stretch, worker: Worker) -> str:
    zone = timing.zone_of(worker)
    return f"{formats.clock(stretch.begins_at, zone)}–{formats.clock(stretch.ends_at, zone)}"


def event_of(verb: Verb, correction: TimeCorrection, actor: recording.Actor, *, at: datetime, **more: str) -> Event:
    length_s = round((correction.ends_at - correction.begins_at).total_seconds())
    return recording.event(
        verb,
        at=at,
        actor=actor,
        subject_type="time_correction",
        subject_id=correction.public_id,
        data={"kind": correction.kind, "day": correction.day.isoformat(), "length_s": length_s, **more},
    )
