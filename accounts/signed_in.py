"""Who is signed in with which session, for a process that holds connections and answers no requests.

The rules are those of a request: the session's expiry, its hash of the password, an account in use, the second step.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils.crypto import constant_time_compare

from accounts.middleware import lacks_second_step
from accounts.models import User
from accounts.sessions import SessionStore
from core.among import Among


def people_of(keys: Iterable[str], *, at: datetime) -> dict[str, User]:
    """The person of each session key that may be used at that time; a key without one is left out.

    Two statements for any number of keys, and one more for each site admin where the second step is asked for.
    """
    rows = Session.objects.filter(session_key__in=set(keys), expire_date__gt=at)
    store = SessionStore()
    found = {key: store.decode(data) for key, data in rows.values_list("session_key", "session_data")}
    ids = {key: person_in(data) for key, data in found.items()}
    people = User.objects.filter(Among("pk", sorted({pk for pk in ids.values() if pk})), is_active=True).in_bulk()
    return {key: people[pk] for key, pk in ids.items() if pk in people and is_theirs(found[key], people[pk])}


def person_in(data: dict[str, Any]) -> int:
    """0 where nobody has signed in, or by a way that is no longer allowed."""
    if data.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return 0
    value = str(data.get(SESSION_KEY, ""))
    return int(value) if value.isdecimal() else 0


def is_theirs(data: dict[str, Any], person: User) -> bool:
    """Whether the password is still the one with which the session began, and the second step is done."""
    noted = str(data.get(HASH_SESSION_KEY, ""))
    hashes = (person.get_session_auth_hash(), *person.get_session_auth_fallback_hash())
    return any(constant_time_compare(noted, each) for each in hashes) and not lacks_second_step(person)
