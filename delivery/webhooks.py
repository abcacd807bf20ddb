"""What a customer does about webhooks: addresses that are told of kinds of events, whatever task they belong to."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.cutting_off import refuse_cut_off
from accounts.models import Organization, User
from core.actions import action
from core.errors import BusinessError, StaleState
from core.ids import new_public_id
from delivery import happenings
from delivery.addresses import check_address
from delivery.callbacks import move_waiting, write_event
from delivery.models import Delivery, Webhook
from delivery.noting import Told, write
from events import recording
from events.models import SealChain
from events.recording import Actor
from events.verbs import Verb

MOST_WEBHOOKS = 20


@action
def start_webhook(
    organization: Organization, *, address: str, kinds: Sequence[str], mode: str, by: User | None, at: datetime
) -> Webhook:
    """Told of what happens from now on. Raises BusinessError `bad_address`, `bad_kinds`, `too_many_webhooks`."""
    refuse_cut_off(organization.pk)
    check_address(address)
    check_kinds(kinds)
    if Webhook.objects.active().filter(organization=organization).count() >= MOST_WEBHOOKS:
        sentence = _("An organization has at most %(most)s webhooks.") % {"most": MOST_WEBHOOKS}
        raise BusinessError(sentence, code="too_many_webhooks", status=400)
    last = SealChain.objects.filter(organization=organization).values_list("last_seq", flat=True).first()
    webhook = Webhook.objects.create(
        organization=organization,
        mode=mode,
        address=address,
        kinds=sorted(set(kinds)),
        seq=last or 0,
        made_by=by,
        made_at=at,
    )
    write_event(Verb.WEBHOOK_STARTED, organization, by=recording.by_user_or_site(by), at=at, webhook=webhook.public_id)
    return webhook


@action
def change_webhook(webhook: Webhook, *, address: str, kinds: Sequence[str], by: Actor, at: datetime) -> None:
    """It is told of these kinds from now on; what waits for the old address goes to the new one.

    Raises BusinessError `bad_address`, `bad_kinds`, and StaleState `webhook_ended`.
    """
    refuse_cut_off(webhook.organization_id)
    check_address(address)
    check_kinds(kinds)
    wanted = {"address": address, "kinds": sorted(set(kinds))}
    own = locked(webhook)
    what = [name for name, value in wanted.items() if getattr(own, name) != value]
    if not what:
        return
    Webhook.objects.filter(pk=own.pk).update(**wanted)
    if own.address != address:
        move_waiting(Delivery.objects.filter(webhook=own.pk), address)
    organization = Organization.objects.get(pk=own.organization_id)
    write_event(Verb.WEBHOOK_CHANGED, organization, by=by, at=at, webhook=own.public_id, what=what)
    webhook.refresh_from_db()


def send_test(webhook: Webhook, *, by: Actor, at: datetime) -> Delivery:
    """Tell its address of nothing but the webhook itself, the way that everything goes. StaleState `webhook_ended`."""
    return Delivery.objects.get(key=write_test(webhook, by=by, at=at))


@action
def write_test(webhook: Webhook, *, by: Actor, at: datetime) -> str:
    refuse_cut_off(webhook.organization_id)
    own = locked(webhook)
    key = f"{own.public_id}:test:{new_public_id()}"
    write([Told(key, own.organization_id, own.mode, happenings.TEST, own.public_id, own.address, webhook=own)], at=at)
    organization = Organization.objects.get(pk=own.organization_id)
    write_event(Verb.WEBHOOK_TESTED, organization, by=by, at=at, webhook=own.public_id)
    return key


@action
def end_webhook(webhook: Webhook, *, by: Actor, at: datetime) -> None:
    """What waits for it is given up at its next try. A second end changes nothing."""
    if Webhook.objects.active().filter(pk=webhook.pk).update(ended_at=at):
        write_event(Verb.WEBHOOK_ENDED, webhook.organization, by=by, at=at, webhook=webhook.public_id)


def locked(webhook: Webhook) -> Webhook:
    """The row as it is now. Raises StaleState `webhook_ended`."""
    own = Webhook.objects.active().filter(pk=webhook.pk).select_for_update().first()
    if own is None:
        raise StaleState(_("This webhook has ended."), code="webhook_ended")
    return own


def check_kinds(kinds: Sequence[str]) -> None:
    if not kinds or set(kinds) - set(happenings.NAMES):
        raise BusinessError(_("Choose at least one kind of event."), code="bad_kinds", status=400)
