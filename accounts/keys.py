"""API keys of an organization: made, found by what a request carries, revoked. The key itself is shown once."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef
from django.utils.translation import gettext as _

from accounts.actions import tell
from accounts.cutting_off import CutOffError
from accounts.models import ApiKey, KeyScope, Mode, Organization, User, cut_off
from core.actions import action
from core.errors import BusinessError
from core.prepared import PreparedObjects

NAME_BYTES = 5
SECRET_BYTES = 24
MOST_CHARACTERS = 200


@dataclass(frozen=True)
class KeyTerms:
    """What a key may do, until when (None: for ever), and how often in a minute (None: as the site allows)."""

    mode: str
    scopes: Sequence[str] = (KeyScope.READ, KeyScope.WRITE, KeyScope.ADMIN)
    name: str = ""
    expires_at: datetime | None = None
    per_minute: int | None = None


@action
def make(organization: Organization, terms: KeyTerms, *, by: User | None, at: datetime) -> tuple[ApiKey, str]:
    """A new key and its text, which is stored nowhere. Raises BusinessError `no_scope`, `over`, `bad_rate`."""
    check(terms, at=at)
    prefix = f"{terms.mode}_{secrets.token_hex(NAME_BYTES)}"
    text = f"{prefix}_{secrets.token_hex(SECRET_BYTES)}"
    key = ApiKey.objects.create(
        organization=organization,
        mode=terms.mode,
        name=terms.name.strip(),
        prefix=prefix,
        sha256=hash_of(text),
        scopes=sorted(set(terms.scopes)),
        expires_at=terms.expires_at,
        per_minute=terms.per_minute,
        created_by=by,
    )
    tell("api_key_made", key, by=by, organization=organization, at=at, mode=terms.mode, scopes=key.scopes)
    return key, text


def check(terms: KeyTerms, *, at: datetime) -> None:
    if not terms.scopes or not set(terms.scopes) <= set(KeyScope.values) or terms.mode not in Mode.values:
        raise BusinessError(_("A key may at least read, write or administer."), code="no_scope", status=400)
    if terms.expires_at is not None and terms.expires_at <= at:
        raise BusinessError(_("This key would be over already."), code="over", status=400)
    if terms.per_minute is not None and terms.per_minute < 1:
        raise BusinessError(_("A key may ask at least once in a minute."), code="bad_rate", status=400)


def hash_of(text: str) -> str:
    """The key is random and long: a plain hash is as good as a slow one, and is computed for every request."""
    return hashlib.sha256(text.encode()).hexdigest()


USABLE = PreparedObjects(
    lambda prefix, at: (
        ApiKey.objects.usable(at=at)
        .filter(prefix=prefix)
        .select_related("organization")
        .annotate(is_cut_off=cut_off(OuterRef("organization")))
    ),
    prefix=str,
    at=datetime,
)


def find(text: str, *, at: datetime) -> ApiKey | None:
    """The key that was given, with its organization; None for every kind of wrong. One query.

    Raises CutOffError for a right one of a customer who is cut off.
    """
    prefix, _underscore, secret = text.rpartition("_")
    if not secret or len(text) > MOST_CHARACTERS or not text.isascii():
        return None
    found = USABLE.first_object(prefix=prefix, at=at)
    if found is None or not hmac.compare_digest(found.sha256, hash_of(text)):
        return None
    if found.is_cut_off:
        raise CutOffError
    key: ApiKey = found
    return key


@action
def note_use(key: ApiKey, *, at: datetime) -> None:
    """Once a day: a row that is written at every request would be what requests wait for."""
    if key.last_used_on != at.date():
        ApiKey.objects.filter(pk=key.pk).update(last_used_on=at.date())


@action
def revoke(key: ApiKey, *, by: User | None, at: datetime) -> None:
    """From the next request on it opens nothing. Raises BusinessError `revoked` for one that is revoked already."""
    if not ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at):
        raise BusinessError(_("This key is revoked already."), code="revoked")
    key.revoked_at = at
    tell("api_key_revoked", key, by=by, organization=key.organization, at=at)
