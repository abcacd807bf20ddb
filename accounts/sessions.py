"""Sessions in the database, as Django has them. Every request reads one, and its person along with it."""

import threading
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from accounts.models import User
from core.prepared import PreparedObjects

WITH_PERSON = [f"user__{name}" for name in settings.READ_WITH_PERSON]
IN_FORCE = PreparedObjects(
    lambda key, at: Session.objects.filter(session_key=key, expire_date__gt=at), key=str, at=datetime
)
# Whose it is stands within its signed data; allauth notes it beside the session when somebody signs in.
OF_SOMEBODY = PreparedObjects(
    lambda key, at: (
        UserSession.objects.filter(session_key=key)
        .select_related("user", *WITH_PERSON)
        .annotate(
            session_data=Subquery(
                Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=at).values("session_data")[
                    :1
                ]
            )
        )
    ),
    key=str,
    at=datetime,
)


class Seen(threading.local):
    """The person of the session that this thread has read last, until somebody asks for them."""

    person: User | None = None


SEEN = Seen()


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        values = {"key": self.session_key or "", "at": timezone.now()}
        noted = OF_SOMEBODY.first_object(**values)
        SEEN.person = noted.user if noted else None
        if noted is not None and noted.session_data is not None:
            return noted  # asked for its data alone
        found = IN_FORCE.first_object(**values)
        if found is None:
            self._session_key = None
        return found


def person_just_read(pk: int) -> User | None:
    """The person of this key, where the session that was read last is theirs; once."""
    person, SEEN.person = SEEN.person, None
    return person if person is not None and person.pk == pk else None
