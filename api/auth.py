"""Who asks: an API key, as the user name of Basic (as Scale's first API takes it) or as a Bearer token (its second)."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security import HttpBasicAuth, HttpBearer

from accounts import keys
from accounts.models import ApiKey, KeyScope
from api import limiting
from core.errors import BusinessError
from events import recording

LOOKING = {"GET", "HEAD"}


class KeyRequest(HttpRequest):
    """What an endpoint gets: `auth` is the key, with its organization."""

    auth: ApiKey


class BasicKey(HttpBasicAuth):
    """The key is the user name, the password stays empty."""

    def __init__(self, scope: KeyScope | None = None) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, username: str, password: str) -> ApiKey | None:  # noqa: ARG002 (ninja's signature)
        return admitted(request, username, self.scope)


class BearerKey(HttpBearer):
    def __init__(self, scope: KeyScope | None = None) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        return admitted(request, token.strip(), self.scope)


def admitted(request: HttpRequest, text: str, scope: KeyScope | None) -> ApiKey | None:
    """The key, or None where there is no such key.

    Raises CutOffError, limiting.TooManyError, and BusinessError `scope` (403) where the key may not do this. Without a
    scope of its own an endpoint asks for `read` where it only looks, else for `write`.
    """
    at = timezone.now()
    key = keys.find(text, at=at)
    if key is None:
        return None
    limiting.count(key)
    needed = scope or (KeyScope.READ if request.method in LOOKING else KeyScope.WRITE)
    if needed not in key.scopes:
        sentence = _("This key may not do that: it lacks the scope “%(scope)s”.")
        raise BusinessError(sentence % {"scope": needed.value}, code="scope", status=403)
    if key.last_used_on != at.date():
        keys.note_use(key, at=at)
    recording.act_for(key)
    return key


def either(scope: KeyScope | None = None) -> Sequence[BasicKey | BearerKey]:
    """Both schemes, on both trees."""
    return [BasicKey(scope), BearerKey(scope)]


KEY = either()
ADMIN = either(KeyScope.ADMIN)
