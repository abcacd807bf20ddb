"""Whether somebody proved a moment ago that it is they: by the password, and the second step where they have one."""

import time
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User

FRESH_S = 5 * 60
PAGES = {"password": "account_reauthenticate", "mfa": "mfa_reauthenticate"}


def page_for(request: HttpRequest, user: User) -> str:
    """Where they prove what is still to be proved, and come back from; empty when nothing is."""
    fresh = {
        record["method"]
        for record in get_authentication_records(request, user)
        if record.get("reauthenticated") and time.time() - record["at"] < FRESH_S
    }
    missing = next((method for method in asked_of(user) if method not in fresh), None)
    if missing is None:
        return ""
    return f"{reverse(PAGES[missing])}?{urlencode({REDIRECT_FIELD_NAME: request.path})}"


def asked_of(user: User) -> list[str]:
    """Signing in alone is not enough: who finds a screen that is left open knows neither."""
    return ["password", *(["mfa"] if is_mfa_enabled(user) else [])]
