"""Django's SQLite backend with a queue before the write lock.

SQLite's own wait is unfair: it asks ever more rarely, so whoever has waited longest is let in last, and who writes all
the time is let in always. Of eight busy writers some waited past their time-out, and an admin's pause with them. Here
whoever wants to write first queues for a file lock, which the kernel gives in order; only the first of the queue asks
for SQLite's lock, every half millisecond, and lets the next one to the head as soon as it has it.
"""

import fcntl
import threading
import time
from collections.abc import Callable
from pathlib import Path

from django.db import OperationalError
from django.db.backends.sqlite3 import base

NAP_S = 0.0005
never = threading.Event()


class DatabaseWrapper(base.DatabaseWrapper):
    """Only the beginning of a write transaction differs; single statements wait as SQLite has it."""

    def _start_transaction_under_autocommit(self) -> None:
        begin = super()._start_transaction_under_autocommit  # type: ignore[misc]  # the stubs lack it
        patience_s: float = self.settings_dict["OPTIONS"]["timeout"]
        with Path(f"{self.settings_dict['NAME']}-queue").open("ab") as queue:
            fcntl.flock(queue, fcntl.LOCK_EX)
            self.ask_for(0)
            try:
                insist(begin, until=time.monotonic() + patience_s)
            finally:
                self.ask_for(patience_s)

    def ask_for(self, seconds: float) -> None:
        """How long SQLite itself may wait for a lock."""
        self.connection.execute(f"PRAGMA busy_timeout={int(seconds * 1000)}")


def insist(begin: Callable[[], None], *, until: float) -> None:
    """Begin as soon as the write lock is free. Raises OperationalError when the time is over."""
    while True:
        try:
            return begin()
        except OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
        never.wait(NAP_S)
