"""Many rows in one statement: COPY on PostgreSQL, executemany on SQLite; no objects of models, nothing read back.

Rows are written inside the caller's transaction; constraints hold as for any INSERT.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Any

import orjson
from django.db import connection
from django.db.models import DateTimeField, Field, JSONField, Model

from core.gate import is_postgres

Row = Sequence[Any]
# Lines that are handed to the driver at once.
PIECE = 1000


def new_keys(model: type[Model], count: int) -> list[int]:
    """`count` ascending primary keys that nobody else gets; inside the transaction that inserts the rows."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if is_postgres():
            # Its name is a sub-query of its own: it is looked up once, not for each key.
            sequence = "SELECT nextval((SELECT pg_get_serial_sequence(%s, 'id'))) FROM generate_series(1, %s)"
            cursor.execute(sequence, [connection.ops.quote_name(table), count])
            return [key for (key,) in cursor.fetchall()]
        # One writer at a time, and this is it: nobody inserts between this look and our rows.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()
    first = (last[0] if last else 0) + 1
    return list(range(first, first + count))


def insert(model: type[Model], names: Sequence[str], rows: Iterable[Row], **same: Any) -> None:
    """Insert the rows: `names` are the fields that each of them gives, in this order; `same` is equal in all.

    Fields that are in neither get their defaults; a key that is not named is the database's. Values are what a
    model's attributes hold. Raises what an INSERT raises, such as IntegrityError.
    """
    given: list[Any] = [model._meta.get_field(name) for name in names]
    fixed = fixed_values(model, {field.name for field in given}, same)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in chain(given, fixed))
    into = f"{quote(model._meta.db_table)} ({columns})"
    if is_postgres():
        copy(into, given, rows, fixed)
    else:
        insert_each(into, given, rows, fixed)


def fixed_values(model: type[Model], given: set[str], same: dict[str, Any]) -> dict[Any, Any]:
    """Field → value of those that are the same in every row."""
    named: dict[Any, Any] = {model._meta.get_field(name): value for name, value in same.items()}
    others: list[Any] = [field for field in model._meta.concrete_fields if not field.primary_key]
    return {
        field: named[field] if field in named else field.get_default() for field in others if field.name not in given
    }


def insert_each(into: str, given: Sequence[Any], rows: Iterable[Row], fixed: dict[Any, Any]) -> None:
    tail = [field.get_db_prep_save(value, connection) for field, value in fixed.items()]
    places = ", ".join(["%s"] * (len(given) + len(tail)))
    changed = [(place, field) for place, field in enumerate(given) if isinstance(field, DateTimeField | JSONField)]

    def complete(row: Row) -> Row:
        values = [*row, *tail]
        for place, field in changed:
            values[place] = field.get_db_prep_save(values[place], connection)
        return values

    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {into} VALUES ({places})", [complete(row) for row in rows])  # noqa: S608 (names of our own models)


def copy(into: str, given: Sequence[Any], rows: Iterable[Row], fixed: dict[Any, Any]) -> None:
    """The lines are put together here: what is the same in all of them is put into words once."""
    texts = [text_of(field) for field in given]
    tail = "".join("\t" + text_of(field)(value) for field, value in fixed.items()) + "\n"
    lines = ("\t".join([text(value) for text, value in zip(texts, row, strict=True)]) + tail for row in rows)
    # Django wraps the errors of execute() alone.
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY {into} FROM STDIN") as target,
    ):
        for piece in pieces(lines):
            target.write(piece)


def pieces(lines: Iterator[str]) -> Iterator[str]:
    while piece := "".join(islice(lines, PIECE)):
        yield piece


def text_of(field: "Field[Any, Any]") -> Callable[[Any], str]:
    """What turns a value into COPY's text (PostgreSQL's documentation, COPY, “Text Format”)."""
    return json_text if isinstance(field, JSONField) else plain_text


def json_text(value: Any) -> str:
    # A control character is an escape in JSON: of COPY's own there is the backslash alone.
    return orjson.dumps(value).decode().replace("\\", r"\\")


def plain_text(value: Any) -> str:
    if isinstance(value, str):
        return escaped(value)
    if value is None:
        return r"\N"
    if isinstance(value, int):  # true and false among them, as 1 and 0
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value))


def escaped(text: str) -> str:
    found = text.replace("\\", r"\\")
    return found.replace("\t", r"\t").replace("\n", r"\n").replace("\r", r"\r")
