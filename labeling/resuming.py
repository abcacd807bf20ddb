"""Lifting pauses: at once, or with a ramp, which lets people in one by one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.utils.translation import gettext as _

from accounts.models import User
from core.actions import action
from core.errors import BusinessError, StaleState
from events import recording, running
from events.verbs import Verb
from labeling import announcing, customer_notices, places, recalling
from labeling.beginning import pause_events
from labeling.models import Lane
from labeling.pausing import refuse_of_kill_switch
from labeling.previewing import preview
from labeling.scopes import Scope, Together
from projects.models import SHARES, Pause, PausePolicy

ALL_AT_ONCE = timedelta(0)
LONGEST_RAMP = timedelta(hours=24)


def resume(one: Pause, *, ramp: timedelta = ALL_AT_ONCE, by: User | None, at: datetime) -> Pause:
    """Lift this pause, or call off what has not begun; others over the same work stand.

    `ramp`: how long it takes until everybody is let in again. Raises StaleState when somebody else has lifted it,
    BusinessError for the pause of a kill switch.
    """
    (lifted,) = write_resume([one], ramp, by=by, at=at)
    return lifted


def resume_group(one: Pause, *, ramp: timedelta = ALL_AT_ONCE, by: User | None, at: datetime) -> list[Pause]:
    """Lift all that was ordered with this pause and still stands. Raises StaleState when nothing of it does."""
    together = Pause.objects.filter(group=one.group, ended_at=None).order_by("pk")
    return write_resume(list(together), ramp, by=by, at=at)


@action
def write_resume(pauses: Sequence[Pause], ramp: timedelta, *, by: User | None, at: datetime) -> list[Pause]:
    for one in pauses:
        refuse_of_kill_switch(one)
    if not ALL_AT_ONCE <= ramp <= LONGEST_RAMP:
        raise BusinessError(_("A ramp takes a day at most."), code="ramp", status=400)
    return end(pauses, ramp=ramp, by=by, at=at)


def end(pauses: Sequence[Pause], *, ramp: timedelta = ALL_AT_ONCE, by: User | None, at: datetime) -> list[Pause]:
    """What lifting them by one act is: those that it has lifted. Inside an action; StaleState when all were over."""
    lifted = [one for one in pauses if end_row(one, ramp, by=by, at=at)]
    if not lifted:
        raise StaleState(_("This pause is over already."), code="already_over")
    if called_off := [one for one in lifted if is_called_off(one)]:
        recording.write(*pause_events(Verb.PAUSE_CALLED_OFF, called_off, by=by, at=at))
        announcing.tell_called_off(called_off, at=at)
    if ended := [one for one in lifted if not is_called_off(one)]:
        open_again(ended, by=by, at=at)
    return lifted


def end_row(one: Pause, ramp: timedelta, *, by: User | None, at: datetime) -> bool:
    """False when it was over. What has not begun has nothing to come back from."""
    has_ramp = ramp > ALL_AT_ONCE and (one.begun_at is not None or at >= one.starts_at)
    changed = Pause.objects.filter(pk=one.pk, ended_at=None).update(
        ended_at=at,
        ended_by=by,
        ramp_s=int(ramp.total_seconds()) if has_ramp else 0,
        ramp_offset=one.group.int % SHARES,
        ramp_ends_at=at + ramp if has_ramp else None,
    )
    if changed:
        one.refresh_from_db()
    return bool(changed)


def is_called_off(one: Pause) -> bool:
    """Whether it was over before it had begun."""
    assert one.ended_at is not None  # its callers'
    return one.begun_at is None and one.ended_at < one.starts_at


def open_again(pauses: Sequence[Pause], *, by: User | None, at: datetime) -> None:
    """The event, the notices, the jobs of those that are over; last the lanes, which whoever found them empty reads."""
    for one in pauses:
        one.counts_after = preview(Scope.of_pause(one), reviews_go_on=one.reviews_go_on, at=at).counts()
        Pause.objects.filter(pk=one.pk).update(counts_after=one.counts_after)
    recording.write(*pause_events(Verb.PAUSE_ENDED, pauses, by=by, at=at))
    for one in pauses:
        if one.policy == PausePolicy.SAVE_ONLY:
            recalling.give_time_back(one, at=at)
        running.start_job("apply_resume", organization=None, by=by, subject_id=one.public_id, params={}, at=at)
    # Nobody heard of one that beat was not there to begin.
    if heard_of := [one for one in pauses if one.begun_at is not None]:
        announcing.tell_open_again(heard_of, at=at)
        customer_notices.tell_of_resume(heard_of, at=at)
    reach = Together(tuple(Scope.of_pause(one) for one in pauses))
    places.bump(Lane.objects.filter(reach.within("batch")).values_list("pk", flat=True))


def end_due_pauses(*, at: datetime) -> int:
    """Lift what was to end by then; the number lifted. `ends_at` means “not before”: this is what makes it end."""
    due = Pause.objects.filter(ended_at=None, ends_at__lte=at).order_by("group", "pk")
    return sum(end_by_itself(list(ones), at=at) for _group, ones in groupby(due, lambda one: one.group))


def end_by_itself(pauses: list[Pause], *, at: datetime) -> int:
    try:
        return len(write_resume(pauses, ALL_AT_ONCE, by=None, at=at))
    except StaleState:
        return 0


@action
def forget_ramps(*, at: datetime) -> int:
    """No claim has to read those any more that have let everybody in; their number."""
    return Pause.objects.filter(ramp_ends_at__lte=at).update(ramp_ends_at=None)
