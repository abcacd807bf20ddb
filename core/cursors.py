"""One cursor of the driver's for all prepared statements of a connection.

Django makes a cursor and two wrappers per statement, which costs Python more than the driver takes for the statement.
"""

import threading
from collections.abc import Sequence
from functools import cache
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.pq import Format

# Read by the driver itself: Django's reader is Python, and a pair of claim and submission reads twenty of them. Both
# give UTC, which is the connection's time zone.
TIMESTAMPTZ = psycopg.adapters.types["timestamptz"].oid
# SQL and its arguments.
Given = tuple[str, Sequence[Any]]


class Kept(threading.local):
    """Each thread has a connection of its own."""

    cursor: Any = None


KEPT = Kept()


def execute(sql: str, args: Sequence[Any]) -> Any:
    """The cursor after the statement; read what it has before the next one. Raises what Django's own would."""
    # Asked for once: to find a thread's connection costs as much as what is asked of it here.
    database = connections[DEFAULT_DB_ALIAS]
    database.close_if_health_check_failed()
    database.ensure_connection()
    if database.queries_logged or database.execute_wrappers:
        # Somebody looks at what is asked of the database.
        cursor: Any = database.cursor()
        cursor.execute(sql, args)
        return cursor
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        cursor = cursor_of(database)
        cursor.execute(sql, args)
    return cursor


def cursor_of(database: BaseDatabaseWrapper) -> Any:
    if KEPT.cursor is None or KEPT.cursor.connection is not database.connection:
        KEPT.cursor = database.create_cursor()
        if database.vendor == "postgresql":
            KEPT.cursor.adapters.register_loader(TIMESTAMPTZ, psycopg.adapters.get_loader(TIMESTAMPTZ, Format.TEXT))
    return KEPT.cursor


def execute_together(statements: Sequence[Given]) -> None:
    """Run them in their order, on PostgreSQL as one statement; what they return is lost.

    The parts of one statement do not see one another, nor may two of them change the same row: where a text comes
    twice, each is run for itself.
    """
    texts = tuple(sql for sql, _args in statements)
    if len(texts) < 2 or len(set(texts)) < len(texts) or connections[DEFAULT_DB_ALIAS].vendor != "postgresql":
        for sql, args in statements:
            cursor = execute(sql, args)
            if "RETURNING" in sql:
                cursor.fetchall()  # SQLite does not commit before all is read
    else:
        execute(as_one(texts), [arg for _sql, args in statements for arg in args])


@cache
def as_one(texts: tuple[str, ...]) -> str:
    *others, last = texts
    return f"WITH {', '.join(f'part{number} AS ({text})' for number, text in enumerate(others))} {last}"
