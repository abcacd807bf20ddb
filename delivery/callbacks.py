"""What a customer does about callbacks: the key, the address, the log, and sending again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.cutting_off import refuse_cut_off
from accounts.models import Organization, User
from core.actions import action
from core.errors import StaleState
from delivery import happenings, noting, signatures
from delivery.addresses import check_address
from delivery.models import Attempt, CallbackSettings, Delivery, DeliveryState
from events import recording, running
from events.models import Job, Outbox, OutboxState
from events.recording import Actor
from events.running import Progress
from events.sending import wake_for
from events.verbs import Verb
from projects.models import Batch, Task

AGAIN = "callbacks_again"
ROWS_PER_STEP = 200


def key_of(organization_id: int) -> str:
    """The key; it is made when it is first asked for."""
    return settings_of(organization_id).key


def settings_of(organization_id: int) -> CallbackSettings:
    found = CallbackSettings.objects.filter(organization=organization_id).first()
    return found or begin_settings(organization_id, at=timezone.now())


@action
def begin_settings(organization_id: int, *, at: datetime) -> CallbackSettings:
    new = CallbackSettings(organization_id=organization_id, key=signatures.new_key(), changed_at=at)
    CallbackSettings.objects.bulk_create([new], ignore_conflicts=True)
    return CallbackSettings.objects.get(organization=organization_id)


@action
def renew_key(organization: Organization, *, by: Actor, at: datetime) -> str:
    """The new key. The old one ends at once: what is refused because of it is tried again."""
    refuse_cut_off(organization.pk)
    key = signatures.new_key()
    CallbackSettings.objects.filter(organization=organization).update(key=key, changed_at=at)
    write_event(Verb.CALLBACK_KEY_RENEWED, organization, by=by, at=at)
    return key


@action
def change_address(organization: Organization, address: str, *, by: Actor, at: datetime) -> None:
    """Where callbacks go that name no address of their own; what waits for the old one goes to the new one.

    Raises BusinessError `bad_address`.
    """
    refuse_cut_off(organization.pk)
    if address:
        check_address(address)
    own = CallbackSettings.objects.select_for_update().get(organization=organization)
    if own.address == address:
        return
    if own.address:
        to_old = Delivery.objects.filter(organization=organization.pk, webhook=None, address=own.address)
        move_waiting(to_old, address)
    CallbackSettings.objects.filter(pk=own.pk).update(address=address, changed_at=at)
    write_event(Verb.CALLBACK_SETTINGS_CHANGED, organization, by=by, at=at)


@action
def send_again(delivery: Delivery, *, by: Actor, at: datetime) -> None:
    """Begin anew with it, whatever became of it. Raises StaleState `being_sent` while a try is under way."""
    refuse_cut_off(delivery.organization_id)
    if not begin_again([delivery], at=at):
        raise StaleState(_("This callback is being sent at this moment."), code="being_sent")
    organization = Organization.objects.get(pk=delivery.organization_id)
    write_event(Verb.CALLBACK_REPLAYED, organization, by=by, at=at, callback=delivery.public_id)


def move_waiting(deliveries: QuerySet[Delivery], address: str) -> None:
    """Inside an action: those of them that wait go to another address from their next try on."""
    waiting = deliveries.filter(state=DeliveryState.WAITING)
    keys = waiting.annotate(outbox=Concat(Value(f"{noting.KIND}:"), "key")).values("outbox")
    Outbox.objects.unsent().filter(dedupe_key__in=keys).update(target=noting.place_of(address))
    waiting.update(address=address)


def begin_again(deliveries: Sequence[Delivery], *, at: datetime) -> int:
    """Inside an action: how many of them are due now. Those that are under way are left out."""
    keys = [delivery.outbox_key for delivery in deliveries]
    idle = Outbox.objects.filter(dedupe_key__in=keys).exclude(state=OutboxState.SENDING)
    found = dict(idle.order_by("pk").select_for_update().values_list("dedupe_key", "pk"))
    rows = Outbox.objects.filter(pk__in=found.values())
    ended = rows.filter(state__in=[OutboxState.SENT, OutboxState.FAILED])
    ended.update(state=OutboxState.WAITING)
    rows.update(attempts=0, next_at=at, error="", sent_at=None)
    again = [delivery for delivery in deliveries if delivery.outbox_key in found]
    for delivery in again:
        Delivery.objects.filter(pk=delivery.pk).update(address=address_now(delivery))
    ended_ones = Delivery.objects.filter(
        pk__in=[delivery.pk for delivery in again], state__in=[DeliveryState.DELIVERED, DeliveryState.FAILED]
    )
    ended_ones.update(state=DeliveryState.WAITING, ended_at=None)
    wake_for({noting.KIND})
    return len(again)


def address_now(delivery: Delivery) -> str:
    """Where it would go if it happened now: somebody may have corrected the address since."""
    if delivery.webhook is not None:
        return delivery.webhook.address
    if delivery.kind == happenings.BATCH_COMPLETED:
        batch = Batch.objects.filter(public_id=delivery.subject_id, organization=delivery.organization_id).first()
        return noting.address_of_batch(batch) if batch else delivery.address
    task = Task.objects.filter(public_id=delivery.subject_id, organization=delivery.organization_id).first()
    found = noting.address_of_task(task) if task else None
    return found[0] if found else ""


@action
def send_range_again(
    organization: Organization,
    *,
    mode: str,
    since: datetime,
    until: datetime,
    state: str = "",
    by: Actor,
    user: User | None,
    at: datetime,
) -> Job:
    """Begin a job that sends again what happened from `since` to before `until`, in the order in which it happened."""
    refuse_cut_off(organization.pk)
    params = {"mode": mode, "since": since.isoformat(), "until": until.isoformat(), "state": state}
    job = running.start_job(AGAIN, organization=organization, by=user, params=params, at=at)
    write_event(Verb.CALLBACK_REPLAYED, organization, by=by, at=at, job=job.public_id, **params)
    return job


def range_of(job: Job) -> QuerySet[Delivery]:
    params = job.params
    return deliveries_of(job.organization_id, mode=params["mode"], state=params["state"]).filter(
        at__gte=datetime.fromisoformat(params["since"]), at__lt=datetime.fromisoformat(params["until"])
    )


def deliveries_of(organization_id: int | None, *, mode: str, state: str = "", kind: str = "") -> QuerySet[Delivery]:
    """The organization's in one mode, and where they are given in one state and of one kind."""
    rows = Delivery.objects.filter(organization=organization_id, mode=mode)
    if state:
        rows = rows.filter(state=state)
    return rows.filter(kind=kind) if kind else rows


def step_again(job: Job) -> Progress:
    """A chunk by primary key; what came after the job was begun is not in it."""
    after = job.checkpoint.get("after", 0)
    newest = job.checkpoint.get("newest")
    rows = range_of(job)
    if newest is None:
        newest = rows.order_by("-pk").values_list("pk", flat=True).first() or 0
        total = rows.count()
    else:
        total = job.total or 0
    chunk = list(rows.filter(pk__gt=after, pk__lte=newest).order_by("pk")[:ROWS_PER_STEP])
    if chunk:
        write_again(chunk, at=timezone.now())
    checkpoint = {"after": chunk[-1].pk if chunk else after, "newest": newest}
    done = job.done + len(chunk)
    return Progress(done, max(total, done), checkpoint, finished=len(chunk) < ROWS_PER_STEP)


@action
def write_again(deliveries: Sequence[Delivery], *, at: datetime) -> int:
    return begin_again(deliveries, at=at)


def log_json(delivery: Delivery) -> dict[str, Any]:
    """One delivery with its attempts, the newest first: what /v1 gives out."""
    (found,) = logs_json([delivery])
    return found


def logs_json(deliveries: Sequence[Delivery]) -> list[dict[str, Any]]:
    """Two queries, however many they are."""
    tries = tries_of(deliveries)
    attempts: dict[int, list[dict[str, Any]]] = {delivery.pk: [] for delivery in deliveries}
    for attempt in Attempt.objects.filter(delivery__in=attempts).order_by("-pk"):
        attempts[attempt.delivery_id].append(attempt.as_json())
    return [
        {
            "id": delivery.public_id,
            "event": delivery.kind,
            "subject_id": delivery.subject_id,
            "address": delivery.address,
            "state": delivery.state,
            "is_test": delivery.mode == "test",
            "created_at": delivery.at.isoformat(),
            "ended_at": delivery.ended_at.isoformat() if delivery.ended_at else None,
            "next_try_at": tries.get(delivery.outbox_key),
            "attempts": attempts[delivery.pk],
        }
        for delivery in deliveries
    ]


def tries_of(deliveries: Sequence[Delivery]) -> dict[str, str]:
    """When each is tried next that waits, by its key in the outbox."""
    keys = [delivery.outbox_key for delivery in deliveries]
    waiting = Outbox.objects.unsent().filter(dedupe_key__in=keys)
    return {key: at.isoformat() for key, at in waiting.values_list("dedupe_key", "next_at")}


def write_event(verb: Verb, organization: Organization, *, by: Actor, at: datetime, **data: Any) -> None:
    recording.write(
        recording.event(
            verb,
            at=at,
            actor=by,
            subject_type="organization",
            subject_id=organization.public_id,
            organization_id=organization.pk,
            data=data,
        )
    )
