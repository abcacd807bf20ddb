"""Stops: after pause() has returned nothing of its scope is handed out, until it is lifted (resuming.py)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import KillSwitch, User
from core import gate
from core.actions import action
from core.errors import BusinessError, StaleState
from events import recording
from events.verbs import Verb
from labeling import beginning
from labeling.beginning import pause_events
from labeling.scopes import Scope
from projects.models import Pause, PausePolicy, QuietHours


@dataclass(frozen=True)
class Order:
    """How a pause is to be: what happens to work in hand, from when to when, and what people read.

    `starts_at` None: now. `warned`: how long before a later start people are told. `drains`: before a later start
    nothing is handed out whose lease would go beyond it. `is_customers`: the customer whose work it is orders it.
    """

    policy: str
    reason: str
    grace: timedelta | None = None
    ends_at: datetime | None = None
    reviews_go_on: bool = False
    text_for_staff: str = ""
    text_for_workers: str = ""
    text_for_customer: str = ""
    starts_at: datetime | None = None
    warned: timedelta | None = None
    drains: bool = False
    is_customers: bool = False


def pause(scopes: Sequence[Scope], order: Order, *, by: User | None, at: datetime) -> list[Pause]:
    """Stop the scopes by one act. When this returns nothing of them is handed out any more, or not from its start."""
    pauses = write_pauses(scopes, order, by=by, at=at)
    # The rows are committed; whoever read the stops before that is waited for here.
    gate.drain()
    return pauses


@action
def write_pauses(scopes: Sequence[Scope], order: Order, *, by: User | None, at: datetime) -> list[Pause]:
    """The rows of one group and their event in one transaction; with what begins now the notices and one job each."""
    refuse(order, at=at)
    pauses = write_group(scopes, order, starts_at=order.starts_at or at, ends_at=order.ends_at, by=by, at=at)
    if order.starts_at is None:
        beginning.begin(pauses, by=by, at=at)
    else:
        recording.write(*pause_events(Verb.PAUSE_SCHEDULED, pauses, by=by, at=at))
    return pauses


def refuse(order: Order, *, at: datetime) -> None:
    """Raises BusinessError for an order that cannot be."""
    if (order.policy == PausePolicy.GRACE) != (order.grace is not None):
        raise BusinessError(_("A grace needs its minutes, and only a grace."), code="grace_minutes", status=400)
    refuse_past_end(order.ends_at, at=at)
    if order.starts_at is not None and order.starts_at <= at:
        raise BusinessError(_("A later start is in the future."), code="starts_at", status=400)
    if order.starts_at is not None and order.ends_at is not None and order.ends_at <= order.starts_at:
        raise BusinessError(_("A pause ends after its start."), code="ends_at", status=400)
    if not order.text_for_workers.strip():
        raise BusinessError(_("Say to the workers why it stops."), code="text_for_workers", status=400)


def refuse_past_end(ends_at: datetime | None, *, at: datetime) -> None:
    if ends_at is not None and ends_at <= at:
        raise BusinessError(_("A pause ends in the future."), code="ends_at", status=400)


def write_group(
    scopes: Sequence[Scope],
    order: Order,
    *,
    starts_at: datetime,
    ends_at: datetime | None,
    quiet_hours: QuietHours | None = None,
    kill_switch: KillSwitch | None = None,
    by: User | None,
    at: datetime,
) -> list[Pause]:
    """The rows of one act."""
    group = uuid.uuid4()
    return [
        Pause.objects.create(
            scope=scope.kind,
            **({scope.kind: scope.subject} if scope.subject else {}),
            policy=order.policy,
            grace_until=None if order.grace is None else starts_at + order.grace,
            reviews_go_on=order.reviews_go_on,
            group=group,
            starts_at=starts_at,
            ends_at=ends_at,
            drains=order.drains,
            warns_at=None if order.warned is None else starts_at - order.warned,
            quiet_hours=quiet_hours,
            kill_switch=kill_switch,
            reason=order.reason,
            text_for_staff=order.text_for_staff,
            text_for_workers=order.text_for_workers,
            text_for_customer=order.text_for_customer,
            is_customers=order.is_customers,
            created_by=by,
            created_at=at,
        )
        for scope in scopes
    ]


def prolong(one: Pause, *, ends_at: datetime | None, by: User | None, at: datetime) -> Pause:
    """Another expected end. Raises StaleState when it is over already: pause again."""
    (prolonged,) = write_prolonged([one], ends_at=ends_at, by=by, at=at)
    return prolonged


def prolong_group(one: Pause, *, ends_at: datetime | None, by: User | None, at: datetime) -> list[Pause]:
    """The same of all that was ordered with this pause and still stands."""
    together = Pause.objects.filter(group=one.group, ended_at=None).order_by("pk")
    return write_prolonged(list(together), ends_at=ends_at, by=by, at=at)


def refuse_of_kill_switch(one: Pause) -> None:
    """Raises BusinessError: such a pause has no end of its own."""
    if one.kill_switch_id is not None:
        raise BusinessError(_("This pause stands as long as the kill switch does: lift that."), code="kill_switch")


@action
def write_prolonged(pauses: Sequence[Pause], *, ends_at: datetime | None, by: User | None, at: datetime) -> list[Pause]:
    refuse_past_end(ends_at, at=at)
    for one in pauses:
        refuse_end(one, ends_at)
    prolonged = [one for one in pauses if Pause.objects.filter(pk=one.pk, ended_at=None).update(ends_at=ends_at)]
    if not prolonged:
        raise StaleState(_("This pause is over already: pause again."), code="already_over")
    for one in prolonged:
        one.refresh_from_db()
    recording.write(*pause_events(Verb.PAUSE_PROLONGED, prolonged, by=by, at=at))
    return prolonged


def refuse_end(one: Pause, ends_at: datetime | None) -> None:
    """Raises BusinessError for an end that this pause cannot have."""
    refuse_of_kill_switch(one)
    if ends_at is None and one.quiet_hours_id is not None:
        raise BusinessError(_("Quiet hours have an end."), code="ends_at", status=400)
    if ends_at is not None and ends_at <= one.starts_at:
        raise BusinessError(_("A pause ends after its start."), code="ends_at", status=400)
