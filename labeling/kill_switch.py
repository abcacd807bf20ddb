"""The kill switch of one customer: thrown, nothing of theirs is handed out, taken in or given out, until it is lifted.

It is one row that all surfaces ask about (accounts.models.cut_off), and a pause of the customer below it, so that work
stops by the predicate and the gate that are proven for pauses.
"""

import time
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.kill_orders import KillOrder
from accounts.models import KillSwitch, Organization, User
from core import gate
from core.actions import action
from core.errors import BusinessError, StaleState
from core.ids import new_public_id
from events import recording, running
from events.verbs import Verb
from labeling import beginning, cut_off_notices, pausing, recalling, resuming
from labeling.scopes import Scope
from projects.models import Pause, PausePolicy, PauseReason

# What work in hand takes longer to take back than that goes on in the job of the pause; it cannot be handed in.
RECALL_S = 2.0


def throw(organization: Organization, *, reason: str, by: User | None, at: datetime, public_id: str = "") -> KillSwitch:
    """Cut the customer off. When this returns nothing of theirs is handed out, taken in or given out any more.

    `by` None: from the command line, which needs no second person. `public_id` is that of an order that was left while
    the database did not answer. Raises StaleState when it stands already, BusinessError `needs_two`.
    """
    switch = write_throw(organization, reason=reason, by=by, at=at, public_id=public_id)
    finish_throwing(switch)
    return switch


def named(name: str) -> Organization:
    """The customer with this public id or slug. Raises Organization.DoesNotExist."""
    found = Organization.objects.filter(public_id=name).first()
    return found or Organization.objects.get(slug=name)


def obey(left: KillOrder) -> None:
    """Carry out an order that was left in a file, once, however often it is read. Raises Organization.DoesNotExist."""
    if done := KillSwitch.objects.filter(public_id=left.public_id).first():
        # Its file was not removed, or its connection was lost after the commit.
        if done in KillSwitch.objects.standing():
            finish_throwing(done)
        return
    try:
        throw(named(left.organization), reason=left.reason, by=None, at=timezone.now(), public_id=left.public_id)
    except StaleState:
        return  # cut off already, by somebody else


def finish_throwing(switch: KillSwitch) -> None:
    """Wait for what has read the old state, and take work in hand back. May be done twice."""
    gate.drain()
    until = time.monotonic() + RECALL_S
    while recalling.recall_chunk(switch.pause, at=timezone.now()) and time.monotonic() < until:
        pass


@action
def write_throw(
    organization: Organization, *, reason: str, by: User | None, at: datetime, public_id: str = ""
) -> KillSwitch:
    """All or nothing: the switch, its pause, the end of exports and imports, the events and the notices."""
    switch = opened(organization, reason=reason, by=by, at=at, public_id=public_id)
    refuse_alone(switch.asked_by, by)
    if not KillSwitch.objects.open().filter(pk=switch.pk, thrown_at=None).update(thrown_by=by, thrown_at=at):
        raise StaleState(_("This customer is cut off already."), code="already_thrown")
    switch.thrown_by, switch.thrown_at = by, at
    pauses = pausing.write_group(
        [Scope.of(organization)], order(switch), starts_at=at, ends_at=None, kill_switch=switch, by=by, at=at
    )
    beginning.begin(pauses, by=by, at=at)
    switch.counts = pauses[0].counts | running.cancel_all(organization, at=at)
    KillSwitch.objects.filter(pk=switch.pk).update(counts=switch.counts)
    write_event(Verb.KILL_SWITCH_THROWN, switch, by=by, at=at)
    cut_off_notices.tell_thrown(switch, at=at)
    return switch


def opened(organization: Organization, *, reason: str, by: User | None, at: datetime, public_id: str) -> KillSwitch:
    """What was asked for, or a new one that nobody else has asked for."""
    lock(organization)
    if found := KillSwitch.objects.open().filter(organization=organization).first():
        return found
    if not reason.strip():
        raise BusinessError(_("Say why."), code="reason", status=400)
    return KillSwitch.objects.create(
        public_id=public_id or new_public_id(), organization=organization, reason=reason, asked_by=by, asked_at=at
    )


def lock(organization: Organization) -> None:
    # Two who throw at the same moment come here one after the other; the constraint is for what does not come here.
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)


def order(switch: KillSwitch) -> pausing.Order:
    """Workers do not read whose work it is, or why."""
    return pausing.Order(
        PausePolicy.RECALL,
        PauseReason.LEGAL,
        text_for_staff=switch.reason,
        text_for_workers=_("This work is stopped until further notice."),
    )


def refuse_alone(asked_by: User | None, by: User | None) -> None:
    """Raises BusinessError where two people are needed and this is one."""
    if needs_two() and by is not None and asked_by in (None, by):
        raise BusinessError(_("A second site admin has to confirm this."), code="needs_two")


def needs_two() -> bool:
    return bool(settings.KILL_SWITCH_NEEDS_TWO)


@action
def ask(organization: Organization, *, reason: str, by: User, at: datetime) -> KillSwitch:
    """Ask for it: nothing stops until somebody else throws it. Raises StaleState when it is open already."""
    lock(organization)
    if KillSwitch.objects.open().filter(organization=organization).exists():
        raise StaleState(_("Somebody has asked for this already, or done it."), code="already_asked")
    switch = opened(organization, reason=reason, by=by, at=at, public_id="")
    write_event(Verb.KILL_SWITCH_ASKED, switch, by=by, at=at)
    cut_off_notices.tell_asked(switch, "kill_switch_asked", by=by, at=at)
    return switch


@action
def withdraw(switch: KillSwitch, *, by: User, at: datetime) -> KillSwitch:
    """Not thrown after all. Raises StaleState when it has been thrown or withdrawn."""
    if not KillSwitch.objects.open().filter(pk=switch.pk, thrown_at=None).update(ended_by=by, ended_at=at):
        raise StaleState(_("It was thrown, or withdrawn, meanwhile."), code="stale")
    switch.refresh_from_db()
    write_event(Verb.KILL_SWITCH_WITHDRAWN, switch, by=by, at=at)
    return switch


@action
def ask_lift(switch: KillSwitch, *, reason: str, by: User, at: datetime) -> KillSwitch:
    """Ask for letting the customer in again. Raises StaleState when it was lifted, or asked for."""
    asked = KillSwitch.objects.standing().filter(pk=switch.pk, lift_asked_at=None)
    if not asked.update(lift_asked_by=by, lift_asked_at=at, lift_reason=reason):
        raise StaleState(_("Somebody has asked for this already, or done it."), code="already_asked")
    switch.refresh_from_db()
    write_event(Verb.KILL_SWITCH_LIFT_ASKED, switch, by=by, at=at)
    cut_off_notices.tell_asked(switch, "kill_switch_lift_asked", by=by, at=at)
    return switch


@action
def lift(switch: KillSwitch, *, reason: str, by: User | None, at: datetime) -> KillSwitch:
    """Let the customer in again, and end its pause with it; exports and imports have to be asked for anew.

    Raises StaleState when it is not thrown or over, BusinessError `needs_two`.
    """
    lock(switch.organization)
    switch.refresh_from_db()
    refuse_alone(switch.lift_asked_by, by)
    said = switch.lift_reason or reason
    if not KillSwitch.objects.standing().filter(pk=switch.pk).update(ended_by=by, ended_at=at, lift_reason=said):
        raise StaleState(_("This customer is not cut off."), code="not_thrown")
    switch.refresh_from_db()
    resuming.end([Pause.objects.get(kill_switch=switch)], by=by, at=at)
    write_event(Verb.KILL_SWITCH_LIFTED, switch, by=by, at=at)
    cut_off_notices.tell_lifted(switch, at=at)
    return switch


def write_event(verb: Verb, switch: KillSwitch, *, by: User | None, at: datetime) -> None:
    """The reason stays out of it: a customer may read its own events."""
    recording.write(
        recording.event(
            verb,
            at=at,
            actor=recording.by_user_or_site(by),
            subject_type="kill_switch",
            subject_id=switch.public_id,
            organization_id=switch.organization_id,
            data={"counts": switch.counts},
        )
    )
