"""Events of a transition, written in its own transaction: build them with event(), store them with one write()."""

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Protocol

import structlog

from accounts.models import ApiKey, User
from core import copying
from core.actions import write_at_end
from core.prepared import PreparedInsert
from events.models import ActorKind, Event
from events.verbs import Verb

# So many are inserted by a statement that was put together once.
FEW = 4
COLUMNS = (
    "subject_id", "organization_id", "at", "actor_kind", "actor_id", "verb", "subject_type", "data", "request_id",
)  # fmt: skip
values_of = attrgetter(*COLUMNS)
INSERT = PreparedInsert(Event, *COLUMNS)


class Public(Protocol):
    """A row with an id that may leave the server. (Workers stand above this app.)"""

    @property
    def public_id(self) -> str: ...


@dataclass(frozen=True)
class Actor:
    """Who did it: what stands in the event's actor columns."""

    kind: ActorKind
    id: str = ""


def by_user(user: User) -> Actor:
    return Actor(ActorKind.USER, user.public_id)


def by_worker(worker: Public) -> Actor:
    return Actor(ActorKind.WORKER, worker.public_id)


def by_key(key: ApiKey) -> Actor:
    return Actor(ActorKind.API_KEY, key.public_id)


def by_site() -> Actor:
    """Nobody in particular: a schedule, a rule, the command line."""
    return Actor(ActorKind.SITE)


def by_user_or_site(user: User | None) -> Actor:
    """Without a person: the API key of the request that runs, if there is one, else the site."""
    if user:
        return by_user(user)
    key = structlog.contextvars.get_contextvars().get("api_key")
    return Actor(ActorKind.API_KEY, key) if key else by_site()


def act_for(key: ApiKey) -> None:
    """What this request does is done by the key, until the next request begins; log lines name it too."""
    structlog.contextvars.bind_contextvars(api_key=key.public_id)


def event(
    verb: Verb,
    *,
    at: datetime,
    actor: Actor,
    subject_type: str,
    subject_id: str,
    organization_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> Event:
    """An event that is not stored yet.

    `data` holds codes and small values before and after, never content and never a person's words.
    `organization_id` is null for what concerns the site only: such events are visible to site admins alone.
    """
    return Event(
        verb=Verb(verb),
        at=at,
        actor_kind=actor.kind,
        actor_id=actor.id,
        subject_type=subject_type,
        subject_id=subject_id,
        organization_id=organization_id,
        data=data or {},
        request_id=current_request_id(),
    )


def write(*events: Event) -> None:
    """Store the events with all others of the action, in this order, in one statement."""
    write_at_end(store, events)


def store(events: list[Event]) -> None:
    rows = list(map(values_of, events))
    if 0 < len(rows) <= FEW:
        INSERT.at_end(rows)
    else:
        copying.insert(Event, copying.columns(COLUMNS, rows))


def current_request_id() -> str:
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))[:64]
