"""Addresses of renditions, for one person, and of originals, for who has a key: opaque, for a while."""

import base64
import binascii
import hmac
import struct
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import OuterRef
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.models import User, cut_off
from core.ids import ID_CHARACTERS
from files.models import File, FileState, Rendition, RenditionKind

SALT = "files.signing"
ORIGINAL_SALT = "files.signing.original"
ID_BYTES = ID_CHARACTERS // 2
MAC_BYTES = 16
LAYOUT = struct.Struct(f">{ID_BYTES}sI{MAC_BYTES}s")
# Ends on a full hour, so that a page that is loaded again finds its pictures in the browser's cache.
THUMB_STEP = timedelta(hours=1)


def sign(rendition: Rendition, *, user: User, expires_at: datetime) -> str:
    """The address under which this person, signed in, gets the rendition until then.

    It names the rendition by a random id and says when it ends; whom it is for is in the signature only.
    """
    name, ends = bytes.fromhex(rendition.token), int(expires_at.timestamp())
    token = LAYOUT.pack(name, ends, signature(name, ends, user, settings.SECRET_KEY))
    return reverse("media", args=[base64.urlsafe_b64encode(token).decode().rstrip("=")])


def signature(name: bytes, ends: int, user: User, secret: str | bytes) -> bytes:
    value = f"{name.hex()}:{ends}:{user.public_id}"
    return salted_hmac(SALT, value, secret=secret, algorithm="sha256").digest()[:MAC_BYTES]


def find_signed(token: str, *, user: User, at: datetime) -> Rendition | None:
    """The rendition that the token opens for this person now; None for every kind of wrong."""
    if (parts := unpacked(token)) is None:
        return None
    name, ends, given = parts
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(hmac.compare_digest(given, signature(name, ends, user, secret)) for secret in secrets):
        return None
    if at >= datetime.fromtimestamp(ends, tz=UTC):
        return None
    found = Rendition.objects.filter(token=name.hex(), file__state=FileState.READY).select_related("file")
    # In the same query: an address that was made before its customer was cut off opens nothing any more.
    return found.exclude(cut_off(OuterRef("file__organization"))).first()


def sign_original(public_id: str, *, expires_at: datetime) -> str:
    """The address under which whoever has it gets the original until then, as a download: for the customer alone."""
    name, ends = bytes.fromhex(public_id), int(expires_at.timestamp())
    token = LAYOUT.pack(name, ends, signature_of_original(name, ends, settings.SECRET_KEY))
    return reverse("attachment", args=[base64.urlsafe_b64encode(token).decode().rstrip("=")])


def signature_of_original(name: bytes, ends: int, secret: str | bytes) -> bytes:
    return salted_hmac(ORIGINAL_SALT, f"{name.hex()}:{ends}", secret=secret, algorithm="sha256").digest()[:MAC_BYTES]


def find_original(token: str, *, at: datetime) -> File | None:
    """The file that the token opens now; None for every kind of wrong, and of a customer who is cut off."""
    if (parts := unpacked(token)) is None:
        return None
    name, ends, given = parts
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(hmac.compare_digest(given, signature_of_original(name, ends, secret)) for secret in secrets):
        return None
    if at >= datetime.fromtimestamp(ends, tz=UTC):
        return None
    return File.objects.filter(public_id=name.hex()).exclude(cut_off(OuterRef("organization"))).first()


def unpacked(token: str) -> tuple[bytes, int, bytes] | None:
    """(id, end in seconds of the epoch, signature)."""
    try:
        name, ends, given = LAYOUT.unpack(base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True))
    except (binascii.Error, struct.error, ValueError):
        return None
    return name, ends, given


def thumb_url(file: File, user: User, *, at: datetime) -> str:
    """The small picture's address for a member who sees the file in a list; empty where there is none.

    The caller has found the file through `visible_to` and fetched `renditions` (prefetched for a list).
    """
    thumb = next((made for made in file.renditions.all() if made.kind == RenditionKind.THUMB), None)
    if thumb is None:
        return ""
    step = int(THUMB_STEP.total_seconds())
    ends = (int(at.timestamp()) // step + 2) * step
    return sign(thumb, user=user, expires_at=datetime.fromtimestamp(ends, tz=UTC))
