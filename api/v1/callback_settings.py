"""The key that callbacks carry and are signed with, and the address of those that name none: of no world, as people."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, Field

from accounts.models import ApiKey, Mode
from api.auth import ADMIN, KeyRequest
from api.tree import ok
from api.v1.shapes import Error
from core import limits
from core.errors import BusinessError
from delivery import callbacks
from delivery.scale_json import stamp
from delivery.signatures import KEY_HEADER, SIGNATURE_HEADER
from events import recording

router = Router(tags=["Callbacks"], auth=ADMIN)
ERRORS = {400: Error, 401: Error, 403: Error, 429: Error}


class SettingsOrder(BaseModel):
    address: str = Field(
        max_length=limits.ADDRESS_CHARACTERS,
        description="Of the web, or of e-mail; empty: what names no address has no callback.",
    )


class SettingsOut(BaseModel):
    """Of the whole account, for both worlds."""

    key: str = Field(description=f"Sent as `{KEY_HEADER}`, and the secret of `{SIGNATURE_HEADER}`.")
    address: str = Field(description="Where callbacks go that name no address of their own.")
    changed_at: str


@router.get("/callbacks/settings", response={200: SettingsOut, **ERRORS}, operation_id="callback_settings")
def settings(request: KeyRequest) -> HttpResponse:
    """The key, by which your server knows that a callback is ours, and the usual address."""
    return shown(request.auth)


@router.post("/callbacks/settings", response={200: SettingsOut, **ERRORS}, operation_id="change_callback_settings")
def change_settings(request: KeyRequest, order: SettingsOrder) -> HttpResponse:
    """Change the usual address; what waits for the old one goes to the new one. With a live key."""
    key = live(request.auth)
    callbacks.settings_of(key.organization_id)
    by = recording.by_key(key)
    callbacks.change_address(key.organization, order.address.strip(), by=by, at=timezone.now())
    return shown(key)


@router.post("/callbacks/settings/renew_key", response={200: SettingsOut, **ERRORS}, operation_id="renew_callback_key")
def renew_key(request: KeyRequest) -> HttpResponse:
    """Make a new key. The old one ends at once; what your server refuses until it knows the new one is tried again."""
    key = live(request.auth)
    callbacks.settings_of(key.organization_id)
    callbacks.renew_key(key.organization, by=recording.by_key(key), at=timezone.now())
    return shown(key)


def live(key: ApiKey) -> ApiKey:
    """Raises BusinessError `test_key` for a key of the test world: live callbacks would change, too."""
    if key.mode != Mode.LIVE:
        sentence = _("A test key does not change what live callbacks use: take a live one.")
        raise BusinessError(sentence, code="test_key", status=400)
    return key


def shown(key: ApiKey) -> HttpResponse:
    own = callbacks.settings_of(key.organization_id)
    return ok({"key": own.key, "address": own.address, "changed_at": stamp(own.changed_at)})
