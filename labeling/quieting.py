"""Quiet hours: pauses by the week, written weeks ahead, so that they hold when nobody is there to write more."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import User
from core import gate
from core.actions import action
from core.errors import BusinessError, StaleState
from events import recording
from events.models import Event
from events.verbs import Verb
from labeling import beginning
from labeling.announcing import tell_of_quiet_hours
from labeling.pausing import Order, refuse, write_group
from labeling.scopes import Scope
from labeling.windows import Weekly
from projects.models import Pause, QuietHours

# How long they hold without anybody who writes more, and how far the last one may come near before more are written.
AHEAD = timedelta(days=60)
AT_LEAST = timedelta(days=50)


def start(scopes: Sequence[Scope], weekly: Weekly, order: Order, *, by: User | None, at: datetime) -> QuietHours:
    """From now on the scopes stand still at these hours; within them at once. Raises BusinessError as pause() does."""
    quiet = write_start(scopes, weekly, order, by=by, at=at)
    gate.drain()
    return quiet


@action
def write_start(scopes: Sequence[Scope], weekly: Weekly, order: Order, *, by: User | None, at: datetime) -> QuietHours:
    refuse(order, at=at)
    if not weekly.weekdays:
        raise BusinessError(_("Choose a day of the week."), code="weekdays", status=400)
    today = at.astimezone(weekly.zone).date()
    quiet = QuietHours.objects.create(
        time_zone=weekly.zone.key,
        weekdays=sorted(weekly.weekdays),
        begins=weekly.begins,
        ends=weekly.ends,
        written_until=today + AHEAD,
        created_by=by,
        created_at=at,
    )
    # Yesterday's may go on past midnight.
    write_windows(quiet, scopes, order, today - timedelta(days=1), today + AHEAD, by=by, at=at)
    tell_of_quiet_hours(quiet, scopes, order.text_for_workers, at=at)
    recording.write(quiet_event(Verb.QUIET_HOURS_STARTED, quiet, by=by, at=at))
    return quiet


def weekly_of(quiet: QuietHours) -> Weekly:
    return Weekly(ZoneInfo(quiet.time_zone), frozenset(quiet.weekdays), quiet.begins, quiet.ends)


def write_windows(
    quiet: QuietHours,
    scopes: Sequence[Scope],
    order: Order,
    first: date,
    last: date,
    *,
    by: User | None,
    at: datetime,
) -> None:
    """A pause of each scope for each of the windows that begin on these days and are not over; within one, from now."""
    for start, end_at in weekly_of(quiet).windows(first, last):
        if end_at <= at:
            continue
        begin = max(start, at)
        pauses = write_group(scopes, order, starts_at=begin, ends_at=end_at, quiet_hours=quiet, by=by, at=at)
        if begin == at:
            beginning.begin(pauses, by=by, at=at)


def quiet_event(verb: Verb, quiet: QuietHours, *, by: User | None, at: datetime) -> Event:
    return recording.event(
        verb,
        at=at,
        actor=recording.by_user_or_site(by),
        subject_type="quiet_hours",
        subject_id=quiet.public_id,
        data={"hours": str(quiet), "weekdays": quiet.weekdays},
    )


def write_ahead(*, at: datetime) -> int:
    """Write the pauses of the weeks to come where few are left; for how many quiet hours it was done."""
    soon = (at + AT_LEAST).date()
    due = QuietHours.objects.filter(ended_at=None, written_until__lt=soon).order_by("pk").values_list("pk", flat=True)
    return sum(write_more(pk, soon, at=at) for pk in due)


@action
def write_more(pk: int, soon: date, *, at: datetime) -> bool:
    """As those that were written last."""
    own = QuietHours.objects.filter(pk=pk, ended_at=None, written_until__lt=soon)
    quiet = own.select_for_update(no_key=True).first()
    if quiet is None:
        return False
    latest = quiet.pauses.order_by("-starts_at", "pk").first()
    assert latest is not None  # written with the quiet hours
    scopes = [Scope.of_pause(one) for one in quiet.pauses.filter(group=latest.group).order_by("pk")]
    until = quiet.written_until + AHEAD
    first = quiet.written_until + timedelta(days=1)
    write_windows(quiet, scopes, order_of(latest), first, until, by=quiet.created_by, at=at)
    QuietHours.objects.filter(pk=pk).update(written_until=until)
    return True


def order_of(one: Pause) -> Order:
    """The order that the pause was written by."""
    return Order(
        policy=one.policy,
        reason=one.reason,
        grace=None if one.grace_until is None else one.grace_until - one.starts_at,
        reviews_go_on=one.reviews_go_on,
        text_for_staff=one.text_for_staff,
        text_for_workers=one.text_for_workers,
        text_for_customer=one.text_for_customer,
        warned=None if one.warns_at is None else one.starts_at - one.warns_at,
        drains=one.drains,
        is_customers=one.is_customers,
    )


@action
def end(quiet: QuietHours, *, by: User | None, at: datetime) -> int:
    """No more of them; what is in force now stands until its end. The number of pauses that were called off."""
    if not QuietHours.objects.filter(pk=quiet.pk, ended_at=None).update(ended_at=at, ended_by=by):
        raise StaleState(_("These quiet hours are over already."), code="already_over")
    recording.write(quiet_event(Verb.QUIET_HOURS_ENDED, quiet, by=by, at=at))
    return Pause.objects.to_come(at=at).filter(quiet_hours=quiet).update(ended_at=at, ended_by=by)
