"""Prepared statements of PostgreSQL, without a cursor of the driver's for each.

A cursor of psycopg's reads a statement's text, looks for a prepared one and waits in Python: that costs as much as all
else that a claim does there. Here a connection keeps the names of its own statements, and psycopg's libpq runs them.
psycopg prepares none itself (config.settings): when a transaction is rolled back it forgets all that there are.
"""

import select
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.abc import Buffer
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
# SQL with its arguments; a prepared statement's name with them as the server takes them.
Asked = tuple[str, Sequence[Any]]
Call = tuple[bytes, Sequence[Buffer | None], Sequence[Format] | None]


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
        self.for_input, self.for_both = select.poll(), select.poll()
        self.for_input.register(self.pgconn.socket, select.POLLIN)
        self.for_both.register(self.pgconn.socket, select.POLLIN | select.POLLOUT)

    def execute(self, asked: Sequence[Asked]) -> list[Result] | None:
        """Each in its turn, sent together: a later one sees what was committed while an earlier one waited.

        None, and nothing done, where there are too many statements already. Raises what psycopg raises.
        """
        calls = [self.call(sql, args) for sql, args in asked]
        if self.is_to_begin():
            calls.insert(0, self.call("BEGIN", []))
        known = [call for call in calls if call is not None]
        if len(known) < len(calls):
            return None
        found = self.in_one_trip(known) if len(known) > 1 else [self.pgconn.exec_prepared(*known[0])]
        return [self.read(one) for one in found][-len(asked) :]

    def call(self, sql: str, args: Sequence[Any]) -> Call | None:
        """The name of the prepared statement, and its arguments as the server takes them."""
        tx = self.transformer
        params = tx.dump_sequence(args, [PyFormat.AUTO] * len(args))
        name = self.names.get((sql, tx.types))
        if name is None:
            if len(self.names) == MOST_STATEMENTS:
                return None
            name = self.prepare(sql, tx.types)
        return name, params, tx.formats

    def is_to_begin(self) -> bool:
        """A transaction begins with its first statement, as psycopg does it."""
        return self.pgconn.transaction_status == TransactionStatus.IDLE and not self.connection.autocommit

    def in_one_trip(self, calls: Sequence[Call]) -> list[PGresult]:
        """PostgreSQL's pipeline: to be waited for costs both sides more than a small statement does."""
        pgconn = self.pgconn
        pgconn.enter_pipeline_mode()
        for call in calls:
            pgconn.send_query_prepared(*call)
        pgconn.pipeline_sync()
        # After each result comes nothing, and last the end of the pipeline.
        found = [one for _call in calls for one in (self.wait_for_result(), self.wait_for_result())]
        found.append(self.wait_for_result())
        pgconn.exit_pipeline_mode()
        return [one for one in found[:-1] if one is not None]

    def wait_for_result(self) -> PGresult | None:
        while self.pgconn.flush():
            # More than the system takes at once; what the server says of the first may have to be read before.
            self.for_both.poll()
            self.pgconn.consume_input()
        while self.pgconn.is_busy():
            self.for_input.poll()
            self.pgconn.consume_input()
        found: PGresult | None = self.pgconn.get_result()
        return found

    def read(self, found: PGresult) -> Result:
        self.checked(found)
        if found.status == ExecStatus.COMMAND_OK:
            return Result([], found.command_tuples or 0)
        self.transformer.set_pgresult(found)
        return Result(self.transformer.load_rows(0, found.ntuples, tuple), found.ntuples)

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
