"""The feed of what happened, in the order in which it was sealed: who has read up to a number has missed nothing."""

from collections.abc import Sequence

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from accounts.models import ApiKey, Membership
from api.auth import ADMIN, KeyRequest
from api.tree import ok
from api.v1.shapes import Error, Json
from delivery.following import modes_of
from delivery.models import Delivery
from delivery.scale_json import stamp
from events import sealing
from events.models import ActorKind, Event
from events.verbs import Verb
from projects.models import Import

router = Router(tags=["Events"], auth=ADMIN)
ERRORS = {400: Error, 401: Error, 403: Error, 429: Error}
MOST = 500
LARGEST = 2**63 - 1
# What a customer's own pages show, and of each what stands in its data. Nothing of who worked when, of people's
# accounts, holds, skills, times and money, of anybody's words.
TOLD: dict[str, frozenset[str]] = {
    Verb.TASK_CREATED: frozenset(),
    Verb.TASKS_IMPORTED: frozenset({"batch", "made"}),
    Verb.TASK_CANCELED: frozenset(),
    Verb.TASK_COMPLETED: frozenset({"number"}),
    Verb.TASK_ERRORED: frozenset({"code"}),
    Verb.TASK_REOPENED: frozenset(),
    Verb.TASK_CHANGED: frozenset({"what"}),
    Verb.AUDIT_GIVEN: frozenset({"verdict", "number"}),
    Verb.PAUSE_STARTED: frozenset({"scope", "policy", "ends_at"}),
    Verb.PAUSE_ENDED: frozenset({"scope"}),
    Verb.PROJECT_CREATED: frozenset({"type"}),
    Verb.PROJECT_CHANGED: frozenset({"filling"}),
    Verb.VERSION_PUBLISHED: frozenset({"number"}),
    Verb.PROJECT_ARCHIVED: frozenset(),
    Verb.PROJECT_RESTORED: frozenset(),
    Verb.BATCH_CREATED: frozenset({"kind"}),
    Verb.BATCH_FINALIZED: frozenset(),
    Verb.BATCH_COMPLETED: frozenset(),
    Verb.BATCH_REOPENED: frozenset(),
    Verb.IMPORT_FINISHED: frozenset({"kind", "made", "refused"}),
    Verb.EXPORT_MADE: frozenset({"format", "batch", "status", "job"}),
    Verb.EXPORT_READY: frozenset({"format"}),
    Verb.CALLBACK_FAILED: frozenset({"kind", "of"}),
}


class EventFilter(BaseModel):
    after: int = Field(default=0, ge=0, le=LARGEST, description="The `next_after` of the answer before.")
    limit: int = Field(default=100, ge=1, le=MOST)


class ActorOut(BaseModel):
    kind: str = Field(description="`user`, `api_key`, `worker` or `site`.")
    id: str | None = Field(default=None, description="Of your members and keys alone.")


class EventOut(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seq: int = Field(description="Its number: grows, and leaves out what is not told.")
    hash: str = Field(description="SHA-256 that seals it and everything before it.")
    at: str
    verb: str
    actor: ActorOut
    subject_type: str
    subject_id: str
    data: Json


class EventPage(BaseModel):
    """A part of the feed, the oldest first. It may have no events and go on all the same."""

    docs: list[EventOut]
    next_after: int = Field(description="Ask with it for what comes after; it never goes back.")
    has_more: bool


@router.get("/events", response={200: EventPage, **ERRORS}, operation_id="events")
def feed(request: KeyRequest, wanted: Query[EventFilter]) -> HttpResponse:
    """What happened to tasks, batches, projects, exports and callbacks, each once and in order."""
    key = request.auth
    # The end is read first: what is sealed meanwhile comes with the next question.
    end = sealing.length(key.organization_id)
    rows = Event.objects.filter(organization=key.organization_id, seq__gt=wanted.after, seq__lte=end, verb__in=TOLD)
    found = list(rows.order_by("seq")[: wanted.limit + 1])
    looked_at, has_more = found[: wanted.limit], len(found) > wanted.limit
    next_after = looked_at[-1].seq if has_more else max(wanted.after, end)
    return ok({"docs": told(key, looked_at), "next_after": next_after, "has_more": has_more})


def told(key: ApiKey, events: Sequence[Event]) -> list[Json]:
    """Those of the key's own world; a handful of queries, however many they are."""
    modes = modes_of(events) | modes_of_others(events)
    users = {event.actor_id for event in events if event.actor_kind == ActorKind.USER}
    members = Membership.objects.filter(organization=key.organization_id, user__public_id__in=users)
    own = set(members.values_list("user__public_id", flat=True))
    return [shown(event, own) for event in events if modes.get(event.subject_id, key.mode) == key.mode]


def modes_of_others(events: Sequence[Event]) -> dict[str, str]:
    callbacks = [event.subject_id for event in events if event.subject_type == "callback"]
    imports = [event.subject_id for event in events if event.subject_type == "import"]
    found = dict(Delivery.objects.filter(public_id__in=callbacks).values_list("public_id", "mode"))
    return found | dict(Import.objects.filter(public_id__in=imports).values_list("public_id", "project__mode"))


def shown(event: Event, own: set[str]) -> Json:
    return {
        "seq": event.seq,
        "hash": event.hash,
        "at": stamp(event.at),
        "verb": event.verb,
        "actor": actor_of(event, own),
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "data": {name: value for name, value in event.data.items() if name in TOLD[event.verb]},
    }


def actor_of(event: Event, own: set[str]) -> Json:
    """Only members and keys have an id here."""
    is_named = event.actor_kind == ActorKind.API_KEY or (event.actor_kind == ActorKind.USER and event.actor_id in own)
    return {"kind": event.actor_kind} | ({"id": event.actor_id} if is_named else {})
