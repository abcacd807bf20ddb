"""What happened to a task, as an event."""

from datetime import datetime
from typing import Any

from accounts.models import User
from events import recording
from events.models import Event
from events.verbs import Verb
from projects.models import Task


def event_of(verb: Verb, task: Task, *, by: User | None, at: datetime, **data: Any) -> Event:
    return event_about(verb, task.public_id, organization_id=task.organization_id, by=by, at=at, **data)


def event_about(
    verb: Verb, public_id: str, *, organization_id: int, by: User | None, at: datetime, **data: Any
) -> Event:
    return recording.event(
        verb,
        at=at,
        actor=recording.by_user_or_site(by),
        subject_type="task",
        subject_id=public_id,
        organization_id=organization_id,
        data=data,
    )
