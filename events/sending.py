"""The outbox: rows claimed by a conditional UPDATE, sent outside any transaction, and recorded."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.utils import timezone

from core.actions import action
from events.models import Outbox, OutboxState
from events.waking import wake_outbox, wake_sweep

log = structlog.get_logger(__name__)
Sender = Callable[[Outbox], None]

# Longer than the slowest sender; a row whose sender was killed comes back after it.
LEASE = timedelta(minutes=2)
# With these, twenty tries are spread over 24 hours.
MOST_TRIES = 20
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=141)
HELD = timedelta(minutes=5)


class SendError(Exception):
    """What was sent did not arrive. `again` says whether another try may succeed."""

    def __init__(self, message: str, *, again: bool = True) -> None:
        super().__init__(message)
        self.again = again


class HeldError(Exception):
    """It must not leave now, and is no failure: it waits, as often as it takes."""


def wait_of(outbox: Outbox) -> timedelta:
    return wait_after(outbox.attempts)


@dataclass(frozen=True)
class Terms:
    """How often a kind is tried, how long after each try, what follows when it is given up, and who sends it.

    `given_up` is called in the transaction that records it. `sweep` names the job that sends the kind, where the
    common one is not to: its rows are left alone by the common one.
    """

    most_tries: int = MOST_TRIES
    wait: Callable[[Outbox], timedelta] = wait_of
    given_up: Callable[[Outbox, datetime], None] | None = None
    sweep: str = ""


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


def send_next(*, at: datetime | None = None) -> bool:
    """Send the row that has been due for longest; False when none is."""
    claimed = claim_next(at=at or timezone.now())
    if claimed is None:
        return False
    deliver(claimed)
    return True


@action
def claim(pk: int, *, at: datetime) -> Outbox | None:
    """Take the row if it is due; `attempts` is then this sender's token."""
    return take(Outbox.objects.filter(pk=pk).first(), at=at)


@action
def claim_next(*, at: datetime) -> Outbox | None:
    rows = Outbox.objects.due(at=at).exclude(kind__in=sent_apart()).order_by("next_at", "pk")
    return take(rows.select_for_update(skip_locked=True, of=("self",)).first(), at=at)


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
    try:
        KINDS.get(outbox.kind, refuse)(outbox)
    except SendError as error:
        log.warning("outbox.not_sent", outbox=outbox.pk, kind=outbox.kind, attempt=outbox.attempts, error=str(error))
        record_failure(outbox, error, at=timezone.now())
    except HeldError:
        record_held(outbox, at=timezone.now())
    else:
        record_success(outbox, at=timezone.now())


def refuse(outbox: Outbox) -> None:
    raise SendError(f"Nothing sends {outbox.kind}.", again=False)


@action
def record_success(outbox: Outbox, *, at: datetime) -> bool:
    """False when the lease ran out and another sender has the row: what it does is what counts."""
    return record(outbox, state=OutboxState.SENT, sent_at=at, error="", params=without_secrets(outbox))


@action
def record_failure(outbox: Outbox, error: SendError, *, at: datetime) -> bool:
    text, terms = str(error)[:500], terms_of(outbox.kind)
    if error.again and outbox.attempts < terms.most_tries:
        return record(outbox, state=OutboxState.WAITING, next_at=at + terms.wait(outbox), error=text)
    is_ours = record(outbox, state=OutboxState.FAILED, error=text)
    if is_ours and terms.given_up:
        terms.given_up(outbox, at)
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
    own = Outbox.objects.filter(pk=outbox.pk, state=OutboxState.SENDING, attempts=outbox.attempts)
    if own.update(**fields):
        return True
    log.warning("outbox.lease_lost", outbox=outbox.pk, kind=outbox.kind)
    return False


def without_secrets(outbox: Outbox) -> dict[str, object]:
    """A link that lets somebody in is kept only until it is sent."""
    return {key: value for key, value in outbox.params.items() if key != "secret"}


def wait_after(attempts: int) -> timedelta:
    """Doubles from try to try up to a limit, with jitter, so that what failed together does not return together."""
    doubled: timedelta = FIRST_WAIT * 2 ** (attempts - 1)
    return min(LONGEST_WAIT, doubled) * random.uniform(0.8, 1.2)  # noqa: S311 (no secret)
