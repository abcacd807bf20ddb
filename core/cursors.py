"""How prepared statements are run: by the shortest way that the connection has.

Django makes a cursor and two wrappers per statement, which costs Python more than the driver takes for the statement.
"""

import threading
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from core import libpq
from core.libpq import Result

# SQL and its arguments.
Given = tuple[str, Sequence[Any]]


class Kept(threading.local):
    """Each thread has a connection of its own."""

    cursor: Any = None


KEPT = Kept()


def execute(sql: str, args: Sequence[Any]) -> Result:
    """Run the statement and read all that it returns. Raises what Django's own cursor would."""
    # Asked for once: to find a thread's connection costs as much as what is asked of it here.
    database = connections[DEFAULT_DB_ALIAS]
    database.close_if_health_check_failed()
    database.ensure_connection()
    if database.queries_logged or database.execute_wrappers:
        # Somebody looks at what is asked of the database.
        return by_cursor(database.cursor(), sql, args)
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        if database.vendor == "postgresql":
            found = libpq.statements_of(database.connection).execute(sql, args)
            if found is not None:
                return found
        return by_cursor(cursor_of(database), sql, args)


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
    """Run them in their order, on PostgreSQL as one statement; what they return is lost.

    The parts of one statement do not see one another, nor may two of them change the same row: where a text comes
    twice, each is run for itself.
    """
    texts = tuple(sql for sql, _args in statements)
    if len(texts) < 2 or len(set(texts)) < len(texts) or connections[DEFAULT_DB_ALIAS].vendor != "postgresql":
        for sql, args in statements:
            execute(sql, args)
    else:
        execute(as_one(texts), [arg for _sql, args in statements for arg in args])


@cache
def as_one(texts: tuple[str, ...]) -> str:
    *others, last = texts
    return f"WITH {', '.join(f'part{number} AS ({text})' for number, text in enumerate(others))} {last}"
