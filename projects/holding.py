"""Holds: a stop for one worker. After put_on_hold() has returned nothing of its scope is handed out to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core import gate
from core.actions import action
from core.errors import BusinessError, StaleState
from events import recording, telling
from events.models import Event
from events.verbs import Verb
from projects.models import Hold, HoldReason, Project
from workers.models import Worker

# Every hold has an end: this one where nobody said another.
USUAL_LENGTH = timedelta(days=30)


@dataclass(frozen=True)
class HoldOrder:
    """What is stopped and why. `project` None: everything; `until` None: USUAL_LENGTH; the worker reads `text`."""

    reason: HoldReason
    text: str
    project: Project | None = None
    until: datetime | None = None
    evidence: dict[str, Any] | None = None


def put_on_hold(worker: Worker, order: HoldOrder, *, by: User | None, at: datetime) -> Hold:
    """Work in hand may be finished, what is earned stays. The worker is told.

    Raises BusinessError without a text, or for an end that is over.
    """
    hold = write_hold(worker, order, by=by, at=at)
    gate.drain()
    return hold


@action
def write_hold(worker: Worker, order: HoldOrder, *, by: User | None, at: datetime) -> Hold:
    if not order.text.strip():
        raise BusinessError(_("Say to the worker why they are on hold."), code="text", status=400)
    refuse_past_end(order.until, at=at)
    hold = Hold.objects.create(
        worker=worker,
        project=order.project,
        reason=HoldReason(order.reason),
        text=order.text,
        evidence=order.evidence or {},
        starts_at=at,
        until=order.until or at + USUAL_LENGTH,
        created_by=by,
    )
    recording.write(event_of(Verb.HOLD_STARTED, hold, by=by, at=at))
    tell_of(hold, "hold_started", at=at)
    return hold


def change_hold_end(hold: Hold, *, until: datetime, by: User, at: datetime) -> None:
    """Earlier or later. Raises StaleState for a hold that is over: put them on hold again."""
    write_hold_end(hold, until=until, by=by, at=at)
    gate.drain()


@action
def write_hold_end(hold: Hold, *, until: datetime, by: User, at: datetime) -> None:
    refuse_past_end(until, at=at)
    if not Hold.objects.in_force(at=at).filter(pk=hold.pk).update(until=until):
        raise over()
    before = hold.until
    hold.until = until
    recording.write(event_of(Verb.HOLD_CHANGED, hold, by=by, at=at, before=before.isoformat()))
    tell_of(hold, "hold_changed", at=at)


@action
def lift_hold(hold: Hold, *, by: User, at: datetime) -> None:
    """Other holds of the worker stand. Raises StaleState when it is over already."""
    if not Hold.objects.in_force(at=at).filter(pk=hold.pk).update(ended_at=at, ended_by=by):
        raise over()
    hold.ended_at, hold.ended_by = at, by
    recording.write(event_of(Verb.HOLD_ENDED, hold, by=by, at=at))
    tell_of(hold, "hold_ended", at=at)


def over() -> StaleState:
    return StaleState(_("This hold is over already."), code="already_over")


def refuse_past_end(until: datetime | None, *, at: datetime) -> None:
    if until is not None and until <= at:
        raise BusinessError(_("A hold ends in the future."), code="until", status=400)


def tell_of(hold: Hold, code: str, *, at: datetime) -> None:
    """The notice names the project by its codename; a hold everywhere has a wording of its own."""
    everywhere = hold.project is None
    telling.tell(
        [hold.worker.user_id],
        code=f"{code}_everywhere" if everywhere else code,
        params={
            "codename": "" if hold.project is None else hold.project.codename,
            "text": hold.text,
            "until": hold.until.isoformat(),
        },
        dedupe_key=f"{code}:{hold.pk}:{at.isoformat()}",
        at=at,
        mail=True,
    )


def event_of(verb: Verb, hold: Hold, *, by: User | None, at: datetime, **data: object) -> Event:
    """Of the site: a hold is between the site and its contractor, customers do not read of it."""
    project = "" if hold.project is None else hold.project.public_id
    about = {
        "worker": hold.worker.public_id,
        "project": project,
        "reason": hold.reason,
        "until": hold.until.isoformat(),
    }
    return recording.event(
        verb,
        at=at,
        actor=recording.by_user_or_site(by),
        subject_type="hold",
        subject_id=hold.public_id,
        data={**about, **data},
    )
