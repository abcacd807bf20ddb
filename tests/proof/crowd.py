"""Many real processes, each with a connection of its own, that begin together.

Nothing of Django is imported here before a process has been told which database is the test's.
"""

import multiprocessing
import os
import random
import threading
from collections.abc import Callable
from multiprocessing.pool import AsyncResult, Pool
from typing import Any, NamedTuple

from config.runtime import parent_watch

LONGEST_S = 1800.0
TOGETHER_S = 900.0

never = threading.Event()


class Shared(NamedTuple):
    """What the processes and the test have in common."""

    together: Any  # a barrier
    stop: Any  # an event
    ended: Any  # how many steps each process has ended


class Crowd:
    """A pool of which every process does its part of each call."""

    def __init__(self, size: int, database: str) -> None:
        context = multiprocessing.get_context("spawn")
        self.size = size
        self.database = database
        self.shared = Shared(context.Barrier(size), context.Event(), context.Array("q", size, lock=False))
        self.pool: Pool | None = None

    def started(self) -> Pool:
        """The processes begin with the first part, so that what a test makes before is not slowed down by them."""
        if self.pool is None:
            context = multiprocessing.get_context("spawn")
            self.pool = context.Pool(self.size, initializer=set_up, initargs=(self.database, self.shared))
        return self.pool

    def begin(self, part: Callable[..., Any], *args: Any) -> "AsyncResult[list[Any]]":
        """Let every process do `part(index, *args)`; they start at the same moment."""
        self.shared.stop.clear()
        calls = [(part, index, args) for index in range(self.size)]
        return self.started().starmap_async(do_part, calls, chunksize=1)

    def all(self, part: Callable[..., Any], *args: Any) -> list[Any]:
        """What each process returned, in order."""
        return self.begin(part, *args).get(timeout=LONGEST_S)

    def steps(self) -> list[int]:
        return list(self.shared.ended)

    def wait_for_a_step_of_each(self) -> None:
        """Until whatever was in flight has ended, and a whole step that began after that too."""
        before = self.steps()
        for _try in range(int(TOGETHER_S / 0.002)):
            if all(now >= then + 2 for now, then in zip(self.steps(), before, strict=True)):
                return
            never.wait(0.002)
        raise AssertionError(f"a process stands still: {before} {self.steps()}")

    def close(self) -> None:
        if self.pool is not None:
            self.pool.terminate()
            self.pool.join()


shared: Shared


def set_up(database: str, given: Shared) -> None:
    """In each new process: Django on the test's database, quiet, and without waiting for the disk; it ends with us."""
    parent_watch.begin()
    global shared  # noqa: PLW0603 (what a process of a pool was given can only be kept so)
    shared = given
    os.environ |= {"LOG_LEVEL": "ERROR", "SQLITE_SYNCHRONOUS": "OFF"}
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    django.setup()


def do_part(part: Callable[..., Any], index: int, args: tuple[Any, ...]) -> Any:
    from django.db import connections

    from tests import memory

    memory.forget()
    random.seed()
    shared.together.wait(TOGETHER_S)
    try:
        return part(index, *args)
    finally:
        connections.close_all()


def meet() -> None:
    """Wait, in a part, until every process is here."""
    shared.together.wait(TOGETHER_S)


def dawdle(longest_ms: float) -> None:
    """As a network and a busy machine would."""
    never.wait(random.uniform(0, longest_ms / 1000))
