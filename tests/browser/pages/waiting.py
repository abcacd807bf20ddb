"""Waiting for what another process does."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
SECONDS = 30.0


def until(found: Callable[[], T], *, seconds: float = SECONDS, what: str = "") -> T:
    """The first true answer. Raises AssertionError when there is none in time."""
    never = threading.Event()
    for _ in range(int(seconds / 0.1)):
        if answer := found():
            return answer
        never.wait(0.1)
    raise AssertionError(f"not within {seconds} s: {what or found}")
