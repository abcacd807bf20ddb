"""The one way to change the business: a durable transaction that is tried again when the database says so."""

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import structlog
from django.db import OperationalError, transaction

from core import cursors

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 6
LONGEST_WAIT_S = 0.6
# SQLSTATE: serialization failure, deadlock, lock not available.
RETRIED_STATES = {"40001", "40P01", "55P03"}

log = structlog.get_logger(__name__)
ACTIONS: set[str] = set()


class Ending(threading.local):
    """What this thread's action writes as its last deed: many rows by one statement, many statements at once."""

    gathered: dict[Callable[[list[Any]], None], list[Any]] | None = None
    statements: list[cursors.Given] | None = None

    @contextmanager
    def gathering(self) -> Iterator[None]:
        self.gathered, self.statements = {}, []
        try:
            yield
            self.write()
        finally:
            self.gathered = self.statements = None

    def write(self) -> None:
        """Who is told what a statement returned may write more."""
        while self.gathered or self.statements:
            rows_of, self.gathered = self.gathered or {}, {}
            for write, rows in rows_of.items():
                write(rows)
            self.run()

    def run(self) -> None:
        statements, self.statements = self.statements or [], []
        cursors.execute_together(statements)


ending = Ending()


def write_at_end(write: Callable[[list[Any]], None], rows: Sequence[Any]) -> None:
    """Have `write` called once with all such rows before the action commits; at once where no action runs.

    Not for what stands inside a savepoint: rows stay gathered when it is rolled back.
    """
    if ending.gathered is None:
        write(list(rows))
    else:
        ending.gathered.setdefault(write, []).extend(rows)


def execute_at_end(statement: cursors.Given) -> None:
    """Have the statement run before the action commits, with others in one go; at once where no action runs.

    For what nobody looks at until then. Not for what stands inside a savepoint, as above.
    """
    if ending.statements is None:
        cursors.execute_together([statement])
    else:
        ending.statements.append(statement)


def execute_now() -> None:
    """Run what was to be run at the end so far: something is about to look at it."""
    if ending.statements:
        ending.run()


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Run the function in a durable transaction; on locked, deadlock or serialization failure begin anew.

    The function may therefore run several times: it does no HTTP, mail or storage, and begins with reads.
    Actions do not call actions (a durable block refuses to be nested).
    """
    ACTIONS.add(f"{function.__module__}.{function.__qualname__}")

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, TRIES + 1):
            try:
                with transaction.atomic(durable=True), ending.gathering():
                    return function(*args, **kwargs)
            except OperationalError as error:
                if attempt == TRIES or not is_transient(error):
                    raise
                log.info("action.retried", action=function.__qualname__, attempt=attempt, error=str(error))
                wait_a_little(attempt)
        raise AssertionError("unreachable")

    return run


def savepoint() -> transaction.Atomic:
    """Inside an action: what fails in here is undone alone, so that a unique violation can be answered.

    On PostgreSQL an IntegrityError without it ends the whole transaction.
    """
    return transaction.atomic()


def is_transient(error: OperationalError) -> bool:
    """Whether the same transaction may succeed if it is begun anew."""
    if getattr(error.__cause__, "sqlstate", None) in RETRIED_STATES:
        return True
    return "database is locked" in str(error) or "database table is locked" in str(error)


def wait_a_little(attempt: int) -> None:
    # Jitter, so that two who collided do not collide again.
    longest = min(LONGEST_WAIT_S, 0.02 * 2**attempt)
    threading.Event().wait(random.uniform(0, longest))  # noqa: S311 (no secret)
