"""Who sends callbacks: a few threads of each worker process, so that a receiver that hangs holds up nothing else.

Celery's job only sees to it that threads are at work: what a receiver's silence costs is a thread, never a worker
process, and mails are sent by another job. Of the threads a single host has at most MOST_AT_A_HOST, and one while
something that it did not take waits for its next try.
"""

import threading
import time
from datetime import datetime

import structlog
from django.db import connections
from django.db.models import Count
from django.utils import timezone

from core.actions import action
from delivery.calling import SWEEP
from delivery.noting import KIND
from events import sending
from events.models import Outbox, OutboxState
from events.waking import publish

log = structlog.get_logger(__name__)
MOST_THREADS = 8
MOST_AT_A_HOST = 4
# A thread ends after this long and asks for another job, which looks whether it may run at all.
SHIFT_S = 8.0


@action
def claim_next(*, at: datetime) -> Outbox | None:
    """The callback that has been due for longest at a host that is not busy; None when there is none."""
    due = Outbox.objects.due(at=at).filter(kind=KIND).exclude(target__in=busy_hosts(at=at))
    rows = due.order_by("next_at", "pk").select_for_update(skip_locked=True, of=("self",))
    return sending.take(rows.first(), at=at)


def busy_hosts(*, at: datetime) -> list[str]:
    """Those that have as many callbacks under way as they may have."""
    under_way = Outbox.objects.filter(kind=KIND, state=OutboxState.SENDING, next_at__gt=at)
    counts = dict(under_way.values_list("target").annotate(count=Count("pk")).order_by())
    in_vain = Outbox.objects.filter(
        kind=KIND, state=OutboxState.WAITING, attempts__gt=0, target__in=counts
    ).values_list("target", flat=True)
    troubled = set(in_vain.distinct()) if counts else set()
    return [host for host, count in counts.items() if count >= MOST_AT_A_HOST or host in troubled]


class Senders:
    """This process's threads; each sends until nothing is due or its shift is over."""

    def __init__(self, most: int = MOST_THREADS) -> None:
        self.places = threading.BoundedSemaphore(most)
        self.threads: set[threading.Thread] = set()

    def start(self) -> None:
        """Give each callback that is due to a thread of its own, while there are threads left. Does not wait."""
        while self.places.acquire(blocking=False):
            first = claim_next(at=timezone.now())
            if first is None:
                self.places.release()
                return
            thread = threading.Thread(target=self.work, args=(first,), name="callbacks", daemon=True)
            self.threads.add(thread)
            thread.start()

    def work(self, row: Outbox | None) -> None:
        ends_at = time.monotonic() + SHIFT_S
        try:
            while row is not None:
                sending.deliver(row)
                if time.monotonic() >= ends_at:
                    publish(SWEEP, ())
                    break
                row = claim_next(at=timezone.now())
        except Exception:  # the edge of a thread: the row comes back when its lease is over
            log.exception("callbacks.sender_failed")
        finally:
            connections.close_all()
            self.threads.discard(threading.current_thread())
            self.places.release()

    def wait(self) -> None:
        """Until nobody sends any more; for tests and commands."""
        while self.threads:
            for thread in list(self.threads):
                thread.join()


senders = Senders()
