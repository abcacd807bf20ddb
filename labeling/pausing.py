"""Stops: after pause() has returned nothing of its scope is handed out, until resume()."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import User
from core import gate
from core.actions import action
from core.errors import BusinessError, StaleState
from events import recording, running
from events.models import Event
from events.verbs import Verb
from labeling import places
from labeling.announcing import tell_open_again, tell_workers
from labeling.models import Lane
from labeling.previewing import preview
from labeling.scopes import Scope
from projects.models import Pause, PausePolicy


@dataclass(frozen=True)
class Order:
    """How a pause is to be: what happens to work in hand, until when, and what people read."""

    policy: str
    reason: str
    grace: timedelta | None = None
    ends_at: datetime | None = None
    reviews_go_on: bool = False
    text_for_staff: str = ""
    text_for_workers: str = ""
    text_for_customer: str = ""


def pause(scopes: Sequence[Scope], order: Order, *, by: User | None, at: datetime) -> list[Pause]:
    """Stop the scopes by one act. When this returns nothing of them is handed out any more."""
    pauses = write_pauses(scopes, order, by=by, at=at)
    # The rows are committed; whoever read the stops before that is waited for here.
    gate.drain()
    return pauses


@action
def write_pauses(scopes: Sequence[Scope], order: Order, *, by: User | None, at: datetime) -> list[Pause]:
    """The rows of one group, their events, the notices and one job each, in one transaction."""
    if (order.policy == PausePolicy.GRACE) != (order.grace is not None):
        raise BusinessError(_("A grace needs its minutes, and only a grace."), code="grace_minutes", status=400)
    refuse_past_end(order.ends_at, at=at)
    if not order.text_for_workers.strip():
        raise BusinessError(_("Say to the workers why it stops."), code="text_for_workers", status=400)
    group = uuid.uuid4()
    counted = [preview(scope, reviews_go_on=order.reviews_go_on, at=at) for scope in scopes]
    pauses = [
        new_pause(scope, order, group=group, counts=before.counts(), by=by, at=at)
        for scope, before in zip(scopes, counted, strict=True)
    ]
    for one in pauses:
        recording.write(pause_event(Verb.PAUSE_STARTED, one, by=by, at=at))
        running.start_job("apply_pause", organization=None, by=by, subject_id=one.public_id, params={}, at=at)
    tell_workers(pauses, at=at)
    return pauses


def refuse_past_end(ends_at: datetime | None, *, at: datetime) -> None:
    if ends_at is not None and ends_at <= at:
        raise BusinessError(_("A pause ends in the future."), code="ends_at", status=400)


def new_pause(
    scope: Scope, order: Order, *, group: uuid.UUID, counts: dict[str, int], by: User | None, at: datetime
) -> Pause:
    return Pause.objects.create(
        scope=scope.kind,
        **({scope.kind: scope.subject} if scope.subject else {}),
        policy=order.policy,
        grace_until=None if order.grace is None else at + order.grace,
        reviews_go_on=order.reviews_go_on,
        group=group,
        starts_at=at,
        ends_at=order.ends_at,
        reason=order.reason,
        text_for_staff=order.text_for_staff,
        text_for_workers=order.text_for_workers,
        text_for_customer=order.text_for_customer,
        created_by=by,
        created_at=at,
        counts=counts,
    )


def pause_event(verb: Verb, one: Pause, *, by: User | None, at: datetime) -> Event:
    return recording.event(
        verb,
        at=at,
        actor=recording.by_user_or_site(by),
        subject_type="pause",
        subject_id=one.public_id,
        organization_id=organization_id_of(Scope.of_pause(one)),
        data={"scope": one.scope, "policy": one.policy, "reason": one.reason, "counts": one.counts},
    )


def organization_id_of(scope: Scope) -> int | None:
    return scope.organization.pk if scope.organization is not None else None


def resume(one: Pause, *, by: User | None, at: datetime) -> Pause:
    """Lift this pause; others over the same work stand. Raises StaleState when somebody else has lifted it."""
    return write_resume(one, by=by, at=at)


@action
def write_resume(one: Pause, *, by: User | None, at: datetime) -> Pause:
    changed = Pause.objects.filter(pk=one.pk, ended_at=None).update(ended_at=at, ended_by=by)
    if not changed:
        raise StaleState(_("This pause is over already."), code="already_over")
    one.refresh_from_db()
    recording.write(pause_event(Verb.PAUSE_ENDED, one, by=by, at=at))
    running.start_job("apply_resume", organization=None, by=by, subject_id=one.public_id, params={}, at=at)
    tell_open_again(one, at=at)
    lanes = Lane.objects.filter(Scope.of_pause(one).within("batch"))
    places.bump(lanes.values_list("pk", flat=True))
    return one


def prolong(one: Pause, *, ends_at: datetime | None, by: User | None, at: datetime) -> Pause:
    """Another expected end. Raises StaleState when it is over already: pause again."""
    return write_prolonged(one, ends_at=ends_at, by=by, at=at)


@action
def write_prolonged(one: Pause, *, ends_at: datetime | None, by: User | None, at: datetime) -> Pause:
    refuse_past_end(ends_at, at=at)
    if not Pause.objects.filter(pk=one.pk, ended_at=None).update(ends_at=ends_at):
        raise StaleState(_("This pause is over already: pause again."), code="already_over")
    one.refresh_from_db()
    recording.write(pause_event(Verb.PAUSE_PROLONGED, one, by=by, at=at))
    return one


def end_due_pauses(*, at: datetime) -> int:
    """Lift what was to end by then; the number lifted. `ends_at` means “not before”: this is what makes it end."""
    ended = 0
    for one in Pause.objects.filter(ended_at=None, ends_at__lte=at).order_by("pk"):
        try:
            resume(one, by=None, at=at)
        except StaleState:
            continue
        ended += 1
    return ended
