"""Webhooks by kind of event: listed, made, changed, tried out, ended. Each belongs to the world of the key."""

from typing import Annotated

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, Field

from accounts.models import ApiKey, Mode
from api.auth import ADMIN, KeyRequest
from api.tree import ok
from api.v1.callbacks import CallbackOut
from api.v1.listing import one_of
from api.v1.shapes import Error, Json
from core import limits
from delivery import callbacks, webhooks
from delivery.happenings import NAMES
from delivery.models import Webhook, WebhookQuerySet
from delivery.scale_json import stamp
from events import recording

router = Router(tags=["Webhooks"], auth=ADMIN)
ERRORS = {400: Error, 401: Error, 403: Error, 404: Error, 429: Error}
Address = Annotated[str, Field(max_length=limits.ADDRESS_CHARACTERS, description="Of the web, or of e-mail.")]
Kinds = Annotated[list[str], Field(max_length=len(NAMES), description=f"What it is told of: {', '.join(NAMES)}.")]


class WebhookOrder(BaseModel):
    address: Address
    events: Kinds


class WebhookChange(BaseModel):
    """What is left out stays as it is."""

    address: Address | None = None
    events: Kinds | None = None


class WebhookOut(BaseModel):
    """An address that is told of some kinds of events, from the moment it was made."""

    id: str
    address: str
    events: list[str]
    is_test: bool = Field(description="Whether it is told of the test world.")
    created_at: str
    ended_at: str | None = Field(default=None, description="Absent while it is told of anything.")


class Webhooks(BaseModel):
    webhooks: list[WebhookOut]


@router.get("/webhooks", response={200: Webhooks, **ERRORS}, operation_id="webhooks")
def listed(request: KeyRequest) -> HttpResponse:
    """Those that have not ended, the oldest first."""
    return ok({"webhooks": [webhook_json(one) for one in own(request.auth).active().order_by("pk")]})


@router.post("/webhooks", response={200: WebhookOut, **ERRORS}, operation_id="create_webhook")
def create(request: KeyRequest, order: WebhookOrder) -> HttpResponse:
    """Have an address told of what happens from now on, in the world of the key."""
    key = request.auth
    made = webhooks.start_webhook(
        key.organization,
        address=order.address,
        kinds=checked(order.events),
        mode=key.mode,
        by=None,
        at=timezone.now(),
    )
    return ok(webhook_json(made))


@router.get("/webhooks/{webhook_id}", response={200: WebhookOut, **ERRORS}, operation_id="webhook")
def webhook(request: KeyRequest, webhook_id: str) -> HttpResponse:
    """One, whether it has ended or not."""
    return ok(webhook_json(webhook_with_id(request.auth, webhook_id)))


@router.post("/webhooks/{webhook_id}", response={200: WebhookOut, **ERRORS}, operation_id="change_webhook")
def change(request: KeyRequest, webhook_id: str, order: WebhookChange) -> HttpResponse:
    """Change its address, its kinds, or both. What waits goes to the new address; 400 for one that has ended."""
    key = request.auth
    found = webhook_with_id(key, webhook_id)
    webhooks.change_webhook(
        found,
        address=found.address if order.address is None else order.address,
        kinds=found.kinds if order.events is None else checked(order.events),
        by=recording.by_key(key),
        at=timezone.now(),
    )
    return ok(webhook_json(found))


@router.delete("/webhooks/{webhook_id}", response={200: WebhookOut, **ERRORS}, operation_id="end_webhook")
def end(request: KeyRequest, webhook_id: str) -> HttpResponse:
    """Tell it of nothing more; what waits for it is given up. One that has ended stays as it is."""
    key = request.auth
    found = webhook_with_id(key, webhook_id)
    webhooks.end_webhook(found, by=recording.by_key(key), at=timezone.now())
    found.refresh_from_db()
    return ok(webhook_json(found))


@router.post("/webhooks/{webhook_id}/test", response={200: CallbackOut, **ERRORS}, operation_id="test_webhook")
def send_test(request: KeyRequest, webhook_id: str) -> HttpResponse:
    """Send `webhook.test` to its address. Ask for the callback that is answered to read what came back."""
    key = request.auth
    sent = webhooks.send_test(webhook_with_id(key, webhook_id), by=recording.by_key(key), at=timezone.now())
    return ok(callbacks.log_json(sent))


def own(key: ApiKey) -> WebhookQuerySet:
    return Webhook.objects.filter(organization=key.organization_id, mode=key.mode)


def webhook_with_id(key: ApiKey, public_id: str) -> Webhook:
    """Raises Http404, whatever shape the id has."""
    rows = own(key).select_related("organization")
    found = rows.filter(public_id=public_id).first() if "\0" not in public_id else None
    if found is None:
        raise Http404(_("There is no webhook with the id “%(id)s”.") % {"id": public_id[:100]})
    return found


def checked(kinds: list[str]) -> list[str]:
    """Raises BusinessError `bad_value` that names all there are."""
    return [one_of(kind, list(NAMES), "events") for kind in kinds]


def webhook_json(one: Webhook) -> Json:
    shown = {
        "id": one.public_id,
        "address": one.address,
        "events": one.kinds,
        "is_test": one.mode == Mode.TEST,
        "created_at": stamp(one.made_at),
        "ended_at": stamp(one.ended_at) if one.ended_at else None,
    }
    return {name: value for name, value in shown.items() if value is not None}
