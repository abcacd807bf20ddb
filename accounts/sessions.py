"""Sessions in the database, as Django has them, read by a prepared statement: every request reads one."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from core.prepared import PreparedObjects

IN_FORCE = PreparedObjects(
    lambda key, at: Session.objects.filter(session_key=key, expire_date__gt=at), key=str, at=datetime
)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        found = IN_FORCE.first_object(key=self.session_key or "", at=timezone.now())
        if found is None:
            self._session_key = None
        return found
