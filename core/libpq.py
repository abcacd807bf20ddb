"""Prepared statements of PostgreSQL, without a cursor of the driver's for each.

A cursor of psycopg's reads a statement's text, looks for a prepared one and waits in Python: that costs as much as all
else that a claim does there. Here a connection keeps the names of its own statements, and psycopg's libpq runs them.
psycopg prepares none itself (config.settings): when a transaction is rolled back it forgets all that there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGresult
from psycopg.types.numeric import Int8BinaryDumper

# Read by the driver itself: Django's reader is Python, and a pair of claim and submission reads twenty of them. Both
# give UTC, which is the connection's time zone.
TIMESTAMPTZ = psycopg.adapters.types["timestamptz"].oid
READER = psycopg.adapters.get_loader(TIMESTAMPTZ, Format.TEXT)
# Each costs memory in its backend; what comes after these is run as psycopg runs all else, unprepared.
MOST_STATEMENTS = 500
ATTRIBUTE = "plumbline_statements"


@dataclass(frozen=True)
class Result:
    """What a statement returned, and how many rows it returned or changed."""

    rows: list[tuple[Any, ...]]
    count: int


class Statements:
    """The prepared statements of one connection; used by one thread at a time, as the connection is."""

    def __init__(self, connection: Any) -> None:
        # How values go and come is a cursor's; nothing is asked through it.
        cursor = psycopg.Cursor(connection)
        # Of one type, or each size of an id would be a statement of its own.
        cursor.adapters.register_dumper(int, Int8BinaryDumper)
        assert READER is not None  # the driver reads what the database has
        cursor.adapters.register_loader(TIMESTAMPTZ, READER)
        self.connection, self.pgconn = connection, connection.pgconn
        self.transformer = Transformer(cursor)
        self.names: dict[tuple[str, tuple[int, ...] | None], bytes] = {}

    def execute(self, sql: str, args: Sequence[Any]) -> Result | None:
        """None, and nothing done, where there are too many statements already. Raises what psycopg raises."""
        self.begin()
        tx = self.transformer
        params = tx.dump_sequence(args, [PyFormat.AUTO] * len(args))
        types, formats = tx.types, tx.formats
        name = self.names.get((sql, types))
        if name is None:
            if len(self.names) == MOST_STATEMENTS:
                return None
            name = self.prepare(sql, types)
        found = self.checked(self.pgconn.exec_prepared(name, params, formats))
        if found.status == ExecStatus.COMMAND_OK:
            return Result([], found.command_tuples or 0)
        tx.set_pgresult(found)
        return Result(tx.load_rows(0, found.ntuples, tuple), found.ntuples)

    def begin(self) -> None:
        """A transaction begins with its first statement, as psycopg does it."""
        if self.pgconn.transaction_status == TransactionStatus.IDLE and not self.connection.autocommit:
            self.checked(self.pgconn.exec_(b"BEGIN"))

    def prepare(self, sql: str, types: tuple[int, ...] | None) -> bytes:
        name = b"own%d" % len(self.names)
        self.checked(self.pgconn.prepare(name, numbered(sql).encode(), types))
        self.names[sql, types] = name
        return name

    def checked(self, result: PGresult) -> PGresult:
        if result.status in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
            return result
        if self.pgconn.status == ConnStatus.BAD:
            # The server has said nothing, so there is no code that would name the error's class.
            raise psycopg.OperationalError("the connection is lost")
        raise error_from_result(result)


def numbered(sql: str) -> str:
    """The text with PostgreSQL's own placeholders, as in $1; the driver's are %s, and %% for a percent sign."""
    first, *parts = (part.replace("%%", "%") for part in sql.split("%s"))
    return first + "".join(f"${number}{part}" for number, part in enumerate(parts, start=1))


def statements_of(connection: Any) -> Statements:
    """Kept with the connection, which a pool gives to one thread after another."""
    found: Statements | None = vars(connection).get(ATTRIBUTE)
    if found is None:
        found = Statements(connection)
        setattr(connection, ATTRIBUTE, found)
    return found
