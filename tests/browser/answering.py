"""What the server under test is answering at this moment: it runs in a thread of this process.

A page that is closed leaves requests behind. Emptied under them, the tables would lock, or be filled again.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.signals import request_finished, request_started

LONGEST_S = 20.0
QUIET_S = 0.2


class Answering:
    """Counts the requests that have begun and not ended."""

    def __init__(self) -> None:
        self.count = 0
        self.changed = threading.Condition()

    def begun(self, **_signal: Any) -> None:
        self.add(1)

    def ended(self, **_signal: Any) -> None:
        self.add(-1)

    def add(self, number: int) -> None:
        with self.changed:
            self.count += number
            self.changed.notify_all()

    def wait_for_none(self) -> None:
        """Until nothing has been answered for a moment: a closing page may send one request more."""
        with self.changed:
            while True:
                assert self.changed.wait_for(lambda: self.count <= 0, timeout=LONGEST_S), "a request does not end"
                if not self.changed.wait_for(lambda: self.count > 0, timeout=QUIET_S):
                    return


@contextmanager
def all_answered() -> Iterator[None]:
    """Everything that began inside the block has been answered when it ends."""
    answering = Answering()
    request_started.connect(answering.begun)
    request_finished.connect(answering.ended)
    try:
        yield
        answering.wait_for_none()
    finally:
        request_started.disconnect(answering.begun)
        request_finished.disconnect(answering.ended)
