"""One cursor of the driver's for all prepared statements of a connection.

Django makes a cursor and two wrappers per statement, which costs Python more than the driver takes for the statement.
"""

import threading
from collections.abc import Sequence
from typing import Any

from django.db import connection


class Kept(threading.local):
    """Each thread has a connection of its own."""

    cursor: Any = None


KEPT = Kept()


def execute(sql: str, args: Sequence[Any]) -> Any:
    """The cursor after the statement; read what it has before the next one. Raises what Django's own would."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    if connection.queries_logged or connection.execute_wrappers:
        # Somebody looks at what is asked of the database.
        cursor = connection.cursor()
        cursor.execute(sql, args)
        return cursor
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        cursor = of_connection()
        cursor.execute(sql, args)
    return cursor


def of_connection() -> Any:
    if KEPT.cursor is None or KEPT.cursor.connection is not connection.connection:
        KEPT.cursor = connection.create_cursor()
    return KEPT.cursor
