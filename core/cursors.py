"""How prepared statements are run: by the shortest way that the connection has.

Django makes a cursor and two wrappers per statement, which costs Python more than the driver takes for the statement.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from core import libpq
from core.libpq import Asked, Result

# Gets the number that a statement returns: None where it has touched no row.
Then = Callable[[int | None], None]


@dataclass(frozen=True)
class Given:
    """SQL, its arguments, and who looks at what it returns: one number, of one row at most."""

    sql: str
    args: Sequence[Any]
    then: Then | None = None


class Kept(threading.local):
    """Each thread has a connection of its own."""

    cursor: Any = None


KEPT = Kept()


def execute(sql: str, args: Sequence[Any]) -> Result:
    """Run the statement and read all that it returns. Raises what Django's own cursor would."""
    (found,) = execute_each([(sql, args)])
    return found


def execute_each(asked: Sequence[Asked]) -> list[Result]:
    """One after another; on PostgreSQL the later ones are on their way while the first is run."""
    # Asked for once: to find a thread's connection costs as much as what is asked of it here.
    database = connections[DEFAULT_DB_ALIAS]
    database.close_if_health_check_failed()
    database.ensure_connection()
    if database.queries_logged or database.execute_wrappers:
        # Somebody looks at what is asked of the database.
        return [by_cursor(database.cursor(), sql, args) for sql, args in asked]
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        if database.vendor == "postgresql":
            found = libpq.statements_of(database.connection).execute(asked)
            if found is not None:
                return found
        return [by_cursor(cursor_of(database), sql, args) for sql, args in asked]


def by_cursor(cursor: Any, sql: str, args: Sequence[Any]) -> Result:
    cursor.execute(sql, args)
    if cursor.description is None:
        return Result([], cursor.rowcount)
    # SQLite counts the rows of a RETURNING when they are read, and does not commit before.
    rows = cursor.fetchall()
    return Result(rows, len(rows))


def cursor_of(database: BaseDatabaseWrapper) -> Any:
    if KEPT.cursor is None or KEPT.cursor.connection is not database.connection:
        KEPT.cursor = database.create_cursor()
    return KEPT.cursor


def execute_together(statements: Sequence[Given]) -> None:
    """Run them in their order, on PostgreSQL as one statement; then tell in the same order who wanted to know.

    The parts of one statement do not see one another, nor may two of them change the same row: where a text comes
    twice, each is run for itself. What `then` raises ends it.
    """
    texts = tuple(one.sql for one in statements)
    if len(texts) < 2 or len(set(texts)) < len(texts) or connections[DEFAULT_DB_ALIAS].vendor != "postgresql":
        for one in statements:
            found = execute(one.sql, one.args).rows
            if one.then:
                one.then(found[0][0] if found else None)
        return
    asking = tuple(one.then is not None for one in statements)
    numbers = execute(as_one(texts, asking), [arg for one in statements for arg in one.args]).rows
    for then, number in zip((one.then for one in statements if one.then), *numbers, strict=False):
        then(number)


@cache
def as_one(texts: tuple[str, ...], asking: tuple[bool, ...]) -> str:
    """Where somebody asks, one row of the numbers that the parts return; the parts are run in their order."""
    named = [f"part{number}{'(number)' * asks}" for number, asks in enumerate(asking)]
    *parts, last = (f"{name} AS ({text})" for name, text in zip(named, texts, strict=True))
    if not any(asking):
        return f"WITH {', '.join(parts)} {texts[-1]}"
    numbers = ", ".join(f"(SELECT number FROM part{number})" for number, asks in enumerate(asking) if asks)  # noqa: S608 (names of our own)
    return f"WITH {', '.join([*parts, last])} SELECT {numbers}"
