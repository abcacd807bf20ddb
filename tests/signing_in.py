"""Signing in by force leaves what signing in leaves: allauth notes whose a session is."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from accounts.models import User


def note_session(sender: Any, *, request: HttpRequest, user: User, **_more: Any) -> None:
    if not request.session.session_key:
        request.session.save()
    values = {"user": user, "ip": "127.0.0.1", "user_agent": "Chromium of the tests"}
    UserSession.objects.get_or_create(session_key=request.session.session_key, defaults=values)
