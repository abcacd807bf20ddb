"""The outbox: rows claimed by a conditional UPDATE, sent outside any transaction, and recorded."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db.models import F
from django.utils import timezone

from core.actions import action
from events import signals
from events.leasing import LEASE, Lease, in_hand, leased
from events.models import Outbox, OutboxQuerySet, OutboxState
from events.waking import wake_outbox, wake_sweep

log = structlog.get_logger(__name__)

# With these, twenty tries are spread over 24 hours.
MOST_TRIES = 20
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=141)
HELD = timedelta(minutes=5)
# Of a kind that is sent in bulk: how many are taken at once, and how many, or for how long, go unrecorded. What was
# handed over and not recorded when its sender is killed is sent again.
AT_ONCE = 32
UNRECORDED = 8
UNRECORDED_S = 0.25


class SendError(Exception):
    """What was sent did not arrive. `again` says whether another try may succeed."""

    def __init__(self, message: str, *, again: bool = True) -> None:
        super().__init__(message)
        self.again = again


class HeldError(Exception):
    """It must not leave now, and is no failure: it waits, as often as it takes."""


Outcome = tuple[Outbox, SendError | HeldError | None]
Sender = Callable[[Outbox], None]
BulkSender = Callable[[Sequence[Outbox], Lease], Iterator[Outcome]]


def wait_of(outbox: Outbox) -> timedelta:
    return wait_after(outbox.attempts)


@dataclass(frozen=True)
class Terms:
    """How often a kind is tried, how long after each try, and who sends it.

    `sweep` names the job that sends the kind, where the
    common one is not to: its rows are left alone by the common one. `in_bulk` sends many rows: it yields what became
    of each as soon as it knows, and leaves out what its lease no longer holds.
    """

    most_tries: int = MOST_TRIES
    wait: Callable[[Outbox], timedelta] = wait_of
    sweep: str = ""
    in_bulk: BulkSender | None = None


KINDS: dict[str, Sender] = {}
TERMS: dict[str, Terms] = {}
USUAL = Terms()


def register(kind: str, sender: Sender, terms: Terms = USUAL) -> None:
    """Teach the outbox a kind. A sender takes less than a minute and raises SendError; it may be asked twice."""
    assert KINDS.get(kind) in (None, sender), f"{kind} has a sender already"
    KINDS[kind], TERMS[kind] = sender, terms


def terms_of(kind: str) -> Terms:
    return TERMS.get(kind, USUAL)


def sent_apart() -> list[str]:
    """The kinds that a job of their own sends."""
    return [kind for kind, terms in TERMS.items() if terms.sweep]


def enqueue(*rows: Outbox) -> None:
    """Store the rows in the caller's transaction and wake the sender after its commit.

    A row whose dedupe_key is known already is left out.
    """
    Outbox.objects.bulk_create(rows, ignore_conflicts=True)
    wake_for({row.kind for row in rows})


def wake_for(kinds: set[str]) -> None:
    """Have the jobs run that send these kinds, after the commit."""
    for sweep in sorted({terms_of(kind).sweep for kind in kinds}):
        wake_sweep(sweep) if sweep else wake_outbox()


def send(outbox: Outbox, *, at: datetime | None = None) -> bool:
    """Claim the row, send it, record what came of it; False when it is not due or somebody else has it."""
    claimed = claim(outbox.pk, at=at or timezone.now())
    if claimed is None:
        return False
    deliver(claimed)
    return True


def send_next(*, at: datetime | None = None) -> int:
    """Send the row that has been due for longest, with others of a kind that is sent in bulk; returns how many."""
    since = time.monotonic()
    claimed = claim_next(at=at or timezone.now())
    deliver_all(claimed, since=since)
    return len(claimed)


@action
def claim(pk: int, *, at: datetime) -> Outbox | None:
    """Take the row if it is due; `attempts` is then this sender's token."""
    return take(Outbox.objects.filter(pk=pk).first(), at=at)


@action
def claim_next(*, at: datetime) -> list[Outbox]:
    due = Outbox.objects.due(at=at).exclude(kind__in=sent_apart()).order_by("next_at", "pk")
    taken = take_first(due, 1, at=at)
    if taken and terms_of(taken[0].kind).in_bulk:
        taken += take_first(due.filter(kind=taken[0].kind), AT_ONCE - 1, at=at)
    return taken


def take_first(due: OutboxQuerySet, most: int, *, at: datetime) -> list[Outbox]:
    # They are locked, so that nobody else takes them; who looks for some meanwhile passes them by.
    rows = list(due.select_for_update(skip_locked=True, of=("self",))[:most])
    Outbox.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=OutboxState.SENDING, next_at=at + LEASE, attempts=F("attempts") + 1
    )
    for row in rows:
        row.state, row.next_at, row.attempts = OutboxState.SENDING, at + LEASE, row.attempts + 1
    return rows


def take(outbox: Outbox | None, *, at: datetime) -> Outbox | None:
    # Of two senders who saw the row due, the second finds the first one's lease in next_at.
    if outbox is None or not Outbox.objects.due(at=at).filter(pk=outbox.pk, attempts=outbox.attempts).update(
        state=OutboxState.SENDING, next_at=at + LEASE, attempts=outbox.attempts + 1
    ):
        return None
    outbox.state, outbox.next_at, outbox.attempts = OutboxState.SENDING, at + LEASE, outbox.attempts + 1
    return outbox


def deliver(outbox: Outbox) -> None:
    """Send a claimed row outside any transaction and record the outcome."""
    deliver_all([outbox], since=time.monotonic())


def deliver_all(rows: Sequence[Outbox], *, since: float) -> None:
    """As deliver(); several are of a kind that is sent in bulk. `since`: see leased()."""
    if not rows:
        return
    with leased(rows, since=since) as lease:
        sent: list[Outbox] = []
        recorded = time.monotonic()
        for outbox, error in outcomes(rows, lease):
            if error is None:
                sent.append(outbox)
            else:
                record_error(outbox, error)
                lease.end([outbox])
            if len(sent) >= UNRECORDED or time.monotonic() - recorded > UNRECORDED_S:
                record_success(sent, at=timezone.now())
                lease.end(sent)
                sent, recorded = [], time.monotonic()
        record_success(sent, at=timezone.now())


def outcomes(rows: Sequence[Outbox], lease: Lease) -> Iterator[Outcome]:
    in_bulk = terms_of(rows[0].kind).in_bulk
    if len(rows) > 1 and in_bulk:
        yield from in_bulk(rows, lease)
        return
    for outbox in rows:
        try:
            KINDS.get(outbox.kind, refuse)(outbox)
        except (SendError, HeldError) as error:
            yield outbox, error
        else:
            yield outbox, None


def record_error(outbox: Outbox, error: SendError | HeldError) -> None:
    if isinstance(error, HeldError):
        record_held(outbox, at=timezone.now())
        return
    log.warning("outbox.not_sent", outbox=outbox.pk, kind=outbox.kind, attempt=outbox.attempts, error=str(error))
    record_failure(outbox, error, at=timezone.now())


def refuse(outbox: Outbox) -> None:
    raise SendError(f"Nothing sends {outbox.kind}.", again=False)


@action
def record_success(rows: Sequence[Outbox], *, at: datetime) -> int:
    """How many of them: of those whose lease ran out, what another sender does is what counts."""
    secret = [row for row in rows if "secret" in row.params]
    recorded = sum(
        record(row, state=OutboxState.SENT, sent_at=at, error="", params=without_secrets(row)) for row in secret
    )
    others = [row for row in rows if "secret" not in row.params]
    if others:
        recorded += in_hand(others).update(state=OutboxState.SENT, sent_at=at, error="")
    if recorded < len(rows):
        log.warning("outbox.lease_lost", rows=[row.pk for row in rows])
    return recorded


@action
def record_failure(outbox: Outbox, error: SendError, *, at: datetime) -> bool:
    text, terms = str(error)[:500], terms_of(outbox.kind)
    if error.again and outbox.attempts < terms.most_tries:
        return record(outbox, state=OutboxState.WAITING, next_at=at + terms.wait(outbox), error=text)
    is_ours = record(outbox, state=OutboxState.FAILED, error=text)
    if is_ours:
        signals.given_up.send(Outbox, outbox=outbox, at=at)
    return is_ours


@action
def record_held(outbox: Outbox, *, at: datetime) -> bool:
    """No try is counted: what was held for a month has all of them left."""
    return record(outbox, state=OutboxState.WAITING, attempts=0, next_at=at + HELD)


@action
def revive(kind: str, *, at: datetime) -> int:
    """Begin anew with what was given up; returns how many rows."""
    revived = Outbox.objects.filter(kind=kind, state=OutboxState.FAILED).update(
        state=OutboxState.WAITING, attempts=0, next_at=at
    )
    wake_for({kind})
    return revived


def record(outbox: Outbox, **fields: object) -> bool:
    if in_hand([outbox]).update(**fields):
        return True
    log.warning("outbox.lease_lost", rows=[outbox.pk])
    return False


def without_secrets(outbox: Outbox) -> dict[str, object]:
    """A link that lets somebody in is kept only until it is sent."""
    return {key: value for key, value in outbox.params.items() if key != "secret"}


def wait_after(attempts: int) -> timedelta:
    """Doubles from try to try up to a limit, with jitter, so that what failed together does not return together."""
    doubled: timedelta = FIRST_WAIT * 2 ** (attempts - 1)
    return min(LONGEST_WAIT, doubled) * random.uniform(0.8, 1.2)  # noqa: S311 (no secret)
