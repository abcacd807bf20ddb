"""What happened to a pause: its events, what became of the notices' mails, and all pauses as a table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from accounts.models import User
from events.models import Event, Outbox
from labeling.scopes import Scope
from projects.models import Pause

# The acts of a group that people are told of; each mail's key is the act's and the person's.
ACTS = ["pause_ahead", "pause", "pause_called_off", "resume", "work_paused", "work_resumed"]
COUNTED = ["people", "in_hand", "attempts_in_hand", "reviews_in_hand", "drafts_without_lease", "open_places"]
COLUMNS = [
    "pause", "act", "scope", "what", "policy", "reason", "for_staff", "for_workers", "for_customer", "ordered_by",
    "ordered_at", "starts_at", "begun_at", "grace_until", "expected_end", "ended_at", "ended_by",
    "ramp_s", "all_in_at",
    *(f"{name}_before" for name in COUNTED), *(f"{name}_after" for name in COUNTED), "mails_sent", "mails_waiting",
    "mails_failed",
]  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One event of the pause; `by`: None for the site itself."""

    label: str
    by: User | None
    at: datetime
    number: int | None
    data: dict[str, Any]


@dataclass(frozen=True)
class Origin:
    """What has ordered a pause in the site's name: its name, and the address of its page."""

    name: str
    url: str


ORIGINS: list[Callable[[Pause], Origin | None]] = []


def register_origins(find: Callable[[Pause], Origin | None]) -> None:
    """A higher app that makes pauses says in ready() how it knows its own."""
    if find not in ORIGINS:
        ORIGINS.append(find)


def origin_of(one: Pause) -> Origin | None:
    return next((found for find in ORIGINS if (found := find(one)) is not None), None)


def timeline_of(one: Pause) -> list[Entry]:
    """The oldest first; an event of several pauses of its act is its own, too."""
    together = Pause.objects.filter(group=one.group).values_list("public_id", flat=True)
    found = Event.objects.filter(subject_type="pause", subject_id__in=list(together)).order_by("pk")
    events = [event for event in found if one.public_id in event.data.get("pauses", [event.subject_id])]
    people = User.objects.in_bulk({event.actor_id for event in events if event.actor_id}, field_name="public_id")
    return [Entry(event.what, people.get(event.actor_id), event.at, event.seq, event.data) for event in events]


def mails_of(one: Pause) -> dict[str, int]:
    """How many of the act's mails are sent, waiting, failed; several pauses of one act share them."""
    found: dict[str, int] = {"sent": 0, "waiting": 0, "failed": 0}
    for act in ACTS:
        key = f"{act}:{one.group}"
        mails = Outbox.objects.filter(kind="mail", dedupe_key__startswith=f"{key}:")
        for state, count in mails.values_list("state").annotate(count=Count("pk")).order_by():
            found["waiting" if state == "sending" else state] += count
    return found


def table(name_of: Callable[[Scope], str]) -> Iterator[list[Any]]:
    """All pauses, the oldest first, in UTC; the names of the columns before them."""
    yield COLUMNS
    related = ["organization", "project", "batch__project", "skill", "created_by", "ended_by"]
    for one in Pause.objects.select_related(*related).order_by("pk").iterator(chunk_size=200):
        yield row_of(one, name_of)


def row_of(one: Pause, name_of: Callable[[Scope], str]) -> list[Any]:
    moments = [one.created_at, one.starts_at, one.begun_at, one.grace_until, one.ends_at, one.ended_at]
    ordered, starts, begun, grace, expected, ended = (moment.isoformat() if moment else "" for moment in moments)
    texts = [one.text_for_staff, one.text_for_workers, one.text_for_customer]
    mails = mails_of(one)
    return [
        one.public_id, one.group, one.scope, name_of(Scope.of_pause(one)), one.policy, one.reason, *texts,
        one.created_by.email if one.created_by else "", ordered, starts, begun, grace, expected, ended,
        one.ended_by.email if one.ended_by else "",
        one.ramp_s or "", one.all_in_at.isoformat() if one.all_in_at else "",
        *(one.counts.get(name, "") for name in COUNTED), *(one.counts_after.get(name, "") for name in COUNTED),
        mails["sent"], mails["waiting"], mails["failed"],
    ]  # fmt: skip
