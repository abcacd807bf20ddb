"""Sealing: gives events their number and chains them by SHA-256, per organization, outside the hot path.

A null organization is the site's own chain. Feeds read sealed events only: a number is given after the commit, by one
sealer, so that whoever has read up to a number has missed nothing.
"""

import hashlib
import time
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from core import gate, jsonio
from core.actions import action
from events.models import Event, SealChain, SealMark

EVENTS_PER_CHUNK = 500
EVENTS_PER_PAGE = 1000
LONGEST_S = 8.0


def seal(*, longest_s: float = LONGEST_S) -> int:
    """Seal what no open transaction can still come before; returns how many events were sealed."""
    stop = time.monotonic() + longest_s
    sealed, idle = 0, 0
    # The first look notes where the events end, the second one may find that this has settled.
    while idle < 2 and time.monotonic() < stop and Event.objects.filter(seq=None).exists():
        count = seal_chunk()
        sealed += count
        idle = 0 if count else idle + 1
    return sealed


@action
def seal_chunk() -> int:
    """One short transaction of the sealer; 0 when nothing has settled or another sealer is at work."""
    SealMark.objects.get_or_create(pk=1)
    mark = SealMark.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if mark is None:
        return 0
    advance(mark)
    events = list(Event.objects.filter(seq=None, pk__lte=mark.settled_id).order_by("pk")[:EVENTS_PER_CHUNK])
    chain(events)
    return len(events)


def advance(mark: SealMark) -> None:
    """Move the mark to the last event that cannot be preceded any more.

    Ids are given before the commit, so that an event may appear below one that is there already. Whoever may still
    insert one up to `pending_id` was writing events when that was noted: when they have all ended, it has settled.
    """
    last_id = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    writers = open_writers()  # after the look at the last event: who has ended since then is visible from now on
    if not writers.intersection(mark.pending_writers):
        mark.settled_id = mark.pending_id if writers else last_id
        mark.pending_id, mark.pending_writers = last_id, sorted(writers)
        mark.save()


def open_writers() -> set[str]:
    """The other open transactions that have written events: they keep the lock of their INSERT until they end.

    On SQLite there is one writer, and it is this one.
    """
    if not gate.is_postgres():
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND relation = 'events_event'::regclass AND pid IS DISTINCT FROM pg_backend_pid()"
        )
        return {str(writer) for (writer,) in cursor.fetchall()}


def chain(events: list[Event]) -> None:
    """Number the events in this order and write them and the ends of their chains."""
    chains: dict[int | None, SealChain] = {}
    for event in events:
        end = chains.get(event.organization_id) or end_of(event.organization_id)
        chains[event.organization_id] = end
        event.seq = end.last_seq = end.last_seq + 1
        event.hash = end.last_hash = digest(event, previous=end.last_hash)
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE events_event SET seq = %s, hash = %s WHERE id = %s AND seq IS NULL",
            [(event.seq, event.hash, event.pk) for event in events],
        )
    for end in chains.values():
        end.save()


def end_of(organization_id: int | None) -> SealChain:
    known = SealChain.objects.filter(of(organization_id)).first()
    return known or SealChain.objects.create(organization_id=organization_id)


def of(organization_id: int | None) -> Q:
    return Q(organization__isnull=True) if organization_id is None else Q(organization=organization_id)


def digest(event: Event, *, previous: str) -> str:
    """SHA-256, in hex, of everything that the event says, its number and the hash before it."""
    said = [
        previous,
        event.seq,
        event.organization_id,
        event.at.isoformat(),
        event.actor_kind,
        event.actor_id,
        event.verb,
        event.subject_type,
        event.subject_id,
        event.data,
        event.request_id,
    ]
    return hashlib.sha256(jsonio.canonical(said)).hexdigest()


@dataclass(frozen=True)
class Part:
    """A page of a chain, checked: its last number and hash, and the numbers at which it is broken."""

    seq: int
    previous: str
    broken: list[int]
    finished: bool


def verify(organization_id: int | None) -> list[int]:
    """The numbers at which the chain is broken, ascending; empty when it is whole.

    A missing event breaks its own number and the next one; missing events at the end are found by the chain's row.
    """
    part = check_part(organization_id, seq=0, previous="")
    broken = part.broken
    while not part.finished:
        part = check_part(organization_id, seq=part.seq, previous=part.previous)
        broken += part.broken
    return broken


def check_part(organization_id: int | None, *, seq: int, previous: str) -> Part:
    """Check the page after the number `seq`, whose hash is `previous`. Short, so that no long snapshot is held."""
    broken: list[int] = []
    end = SealChain.objects.filter(of(organization_id)).first() or SealChain()
    own = Event.objects.filter(of(organization_id), seq__gt=seq, seq__lte=end.last_seq)
    page = list(own.order_by("seq")[:EVENTS_PER_PAGE])
    for event in page:
        assert event.seq is not None
        broken += range(seq + 1, event.seq)
        if event.hash != digest(event, previous=previous):
            broken.append(event.seq)
        seq, previous = event.seq, event.hash
    finished = len(page) < EVENTS_PER_PAGE
    if finished:
        broken += at_the_end(end, seq=seq, previous=previous)
    return Part(seq=max(seq, end.last_seq) if finished else seq, previous=previous, broken=broken, finished=finished)


def at_the_end(end: SealChain, *, seq: int, previous: str) -> list[int]:
    """What the chain's row says is there and is not, and a last event that is not the one that it names."""
    missing = list(range(seq + 1, end.last_seq + 1))
    return missing or ([seq] if end.last_hash != previous else [])


def length(organization_id: int | None) -> int:
    """How many events of the chain are sealed."""
    end = SealChain.objects.filter(of(organization_id)).first()
    return end.last_seq if end else 0


def organizations() -> list[int | None]:
    """Whose chains there are; the site's own first."""
    ids = SealChain.objects.order_by("organization_id").values_list("organization_id", flat=True)
    return sorted(set(ids), key=lambda pk: pk or 0)
