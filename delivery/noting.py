"""Noting that something has to be told: a delivery and its outbox row, in the transaction in which it happened.

This stands in the way of each submit, so that it reads one row and writes two, the latter with whatever else the
action writes at its end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db.models import OuterRef, Subquery
from django.db.models.fields.json import KeyTextTransform

from core import limits
from core.ids import new_public_id
from core.prepared import Prepared, PreparedInsert
from delivery import happenings
from delivery.models import CallbackSettings, Delivery, Webhook, is_mail
from events.models import Outbox
from events.sending import wake_for
from projects.models import Batch, Task, TaskContent

KIND = "callback"
MAIL = "mail"

ADDRESSES = Prepared(
    lambda task: TaskContent.objects.filter(task=task).values_list(
        KeyTextTransform("callback_url", "params"),
        KeyTextTransform("callback_url", "task__version__params"),
        Subquery(CallbackSettings.objects.filter(organization=OuterRef("task__organization")).values("address")[:1]),
        "task__mode",
    )[:1],
    task=int,
)
DELIVERY = PreparedInsert(
    Delivery,
    "public_id", "key", "organization", "mode", "kind", "subject_id", "number", "webhook", "address", "at",
    on_conflict="ON CONFLICT DO NOTHING",
)  # fmt: skip
OUTBOX = PreparedInsert(
    Outbox,
    "dedupe_key", "kind", "target", "order_key", "next_at", "created_at",
    on_conflict="ON CONFLICT DO NOTHING",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What is to be told where. `key` says what happened to what, once and for all."""

    key: str
    organization_id: int
    mode: str
    kind: str
    subject_id: str
    address: str
    number: int = 0
    webhook: Webhook | None = None

    @property
    def order_key(self) -> str:
        """What is told of one subject at one place arrives in order; a test waits for nothing before it."""
        if self.kind == happenings.TEST:
            return self.key
        return f"{self.webhook.public_id if self.webhook else KIND}:{self.subject_id}"


def note_task(task: Task, kind: str, *, number: int = 0, at: datetime) -> None:
    """Nothing where the task, its project and its organization name no address."""
    found = address_of_task(task)
    if found:
        address, mode = found
        key = f"{kind}:{task.public_id}:{number}"
        write([Told(key, task.organization_id, mode, kind, task.public_id, address, number)], at=at)


def address_of_task(task: Task) -> tuple[str, str] | None:
    """The address and the task's mode: its own, else its project's, else the organization's."""
    row = ADDRESSES.first(task=task.pk)
    if row is None:
        return None
    *addresses, mode = row
    address = first_of(*addresses)
    return (address, str(mode)) if address else None


def note_batch(batch: Batch, *, at: datetime) -> None:
    """Nothing where neither the batch nor its organization names an address."""
    if address := address_of_batch(batch):
        kind = happenings.BATCH_COMPLETED
        key = f"{kind}:{batch.public_id}:{at.timestamp():.3f}"
        write([Told(key, batch.organization_id, batch.mode, kind, batch.public_id, address)], at=at)


def address_of_batch(batch: Batch) -> str:
    return first_of(batch.callback, default_of(batch.organization_id))


def default_of(organization_id: int) -> str | None:
    own = CallbackSettings.objects.filter(organization=organization_id)
    return own.values_list("address", flat=True).first()


def first_of(*addresses: Any) -> str:
    """The first that is there, cut to what a column holds: what is no address is refused when it is sent to."""
    found = next((address for address in addresses if address), "")
    return str(found).replace("\x00", "")[: limits.ADDRESS_CHARACTERS]


def write(told: Sequence[Told], *, at: datetime) -> None:
    """Inside an action; what is noted already is left out."""
    for one in told:
        DELIVERY.at_end([
            (
                new_public_id(), one.key, one.organization_id, one.mode, one.kind, one.subject_id, one.number,
                one.webhook.pk if one.webhook else None, one.address, at,
            )
        ])  # fmt: skip
        OUTBOX.at_end([(f"{KIND}:{one.key}", KIND, place_of(one.address), one.order_key, at, at)])
    if told:
        wake_for({KIND})


def place_of(address: str) -> str:
    """Who has to answer: the host, in lower case. What is slow there holds up nothing that goes elsewhere."""
    if is_mail(address):
        return MAIL
    try:
        return (urlsplit(address).hostname or "")[:255]
    except ValueError:
        return ""


def say_at_task(delivery: Delivery, *, succeeded: bool) -> None:
    """Scale's `callback_succeeded`: of the task's own callback, not of webhooks. Inside an action."""
    if delivery.webhook_id is None and delivery.kind != happenings.BATCH_COMPLETED:
        own = Task.objects.filter(public_id=delivery.subject_id, organization=delivery.organization_id)
        own.update(callback_succeeded=succeeded)
