"""The lease on what is being sent: short, so that a killed sender's rows are free soon; renewed while it lives."""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, connection
from django.utils import timezone

from core.actions import action
from events.models import Outbox, OutboxQuerySet, OutboxState

log = structlog.get_logger(__name__)

# A row whose sender was killed comes back after it.
LEASE = timedelta(seconds=4)
RENEWED_EVERY_S = 1.0
# Nothing is handed over on a lease that was renewed longer ago: somebody else may be about to have the row.
FRESH_S = 3.0


class Lease:
    """On the rows that this sender has taken and not recorded yet."""

    def __init__(self, rows: Sequence[Outbox], *, since: float) -> None:
        self.rows = {row.pk: row for row in rows}
        # On the monotonic clock: when the last renewal that succeeded began.
        self.renewed = since
        self.lock = threading.Lock()
        self.over = threading.Event()

    def holds(self, outbox: Outbox) -> bool:
        """Whether it is surely nobody else's; asks the database where that is not known."""
        if time.monotonic() - self.renewed > FRESH_S:
            self.renew()
        return outbox.pk in self.rows

    def renew(self) -> None:
        with self.lock:
            began = time.monotonic()
            kept = renewed(list(self.rows.values()), at=timezone.now())
            self.rows = {pk: row for pk, row in self.rows.items() if pk in kept}
            self.renewed = began

    def end(self, rows: Iterable[Outbox]) -> None:
        """They are recorded."""
        with self.lock:
            for row in rows:
                self.rows.pop(row.pk, None)

    def keep(self) -> None:
        """In a thread of its own, until it is over."""
        try:
            while not self.over.wait(RENEWED_EVERY_S):
                try:
                    self.renew()
                except DatabaseError as error:
                    log.warning("outbox.not_renewed", error=str(error))
        finally:
            connection.close()


@contextmanager
def leased(rows: Sequence[Outbox], *, since: float) -> Iterator[Lease]:
    """Within it the rows stay this sender's. `since`: time.monotonic() before they were taken."""
    lease = Lease(rows, since=since)
    thread = threading.Thread(target=lease.keep, name="lease", daemon=True)
    thread.start()
    try:
        yield lease
    finally:
        lease.over.set()
        thread.join()


@action
def renewed(rows: Sequence[Outbox], *, at: datetime) -> set[int]:
    """The primary keys of those that are still in this sender's hand."""
    own = in_hand(rows)
    own.update(next_at=at + LEASE)
    return set(own.values_list("pk", flat=True))


def in_hand(rows: Iterable[Outbox]) -> OutboxQuerySet:
    """Those of which nobody else has begun another try meanwhile."""
    by_try: dict[int, list[int]] = {}
    for row in rows:
        by_try.setdefault(row.attempts, []).append(row.pk)
    found = Outbox.objects.none()
    for attempts, pks in by_try.items():
        found = found | Outbox.objects.filter(state=OutboxState.SENDING, attempts=attempts, pk__in=pks)
    return found
