"""Many rows in one statement: COPY on PostgreSQL, executemany on SQLite; no objects of models, nothing read back.

A row alone is a prepared INSERT: what COPY costs beside its rows is more than that.

Rows are written inside the caller's transaction; constraints hold as for any INSERT.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import chain, islice
from typing import Any

import orjson
from django.db import connection
from django.db.models import DateTimeField, JSONField, Model

from core import cursors
from core.actions import execute_at_end
from core.gate import is_postgres
from core.libpq import Asked, Result
from core.prepared import PreparedInsert

# Lines that are handed to the driver at once.
PIECE = 1000
ESCAPES = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
ESCAPES_OF = str.maketrans(ESCAPES)
# What SQLite's driver does not take as a model holds it.
PREPARED = (DateTimeField, JSONField)


def new_keys(model: type[Model], count: int) -> list[int]:
    """`count` ascending primary keys that nobody else gets; inside the transaction that inserts the rows."""
    return keys_of(cursors.execute(*asking_keys(model, count)), count)


def asking_keys(model: type[Model], count: int) -> Asked:
    """The statement of `new_keys`, for whoever sends it along with others; `keys_of` reads its result."""
    table = model._meta.db_table
    if is_postgres():
        # Its name is a sub-query of its own: it is looked up once, not for each key.
        sequence = "SELECT nextval((SELECT pg_get_serial_sequence(%s, 'id'))) FROM generate_series(1, %s::int)"
        return sequence, [connection.ops.quote_name(table), count]
    # One writer at a time, and this is it: nobody inserts between this look and our rows.
    return "SELECT seq + 1 FROM sqlite_sequence WHERE name = %s", [table]


def keys_of(found: Result, count: int) -> list[int]:
    if is_postgres():
        return [key for (key,) in found.rows]
    first: int = found.rows[0][0] if found.rows else 1
    return list(range(first, first + count))


@dataclass(frozen=True)
class Rows:
    """`columns` holds of each field the values of all rows, in order; `same` is equal in all.

    Fields that are in neither get their defaults; a key that is not named is the database's. Values are what a
    model's attributes hold.
    """

    model: type[Model]
    columns: Mapping[str, Sequence[Any]]
    same: Mapping[str, Any] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(next(iter(self.columns.values())))


def insert(model: type[Model], columns: Mapping[str, Sequence[Any]], **same: Any) -> None:
    """Insert the rows that are described as in `Rows`. Raises what an INSERT raises, such as IntegrityError."""
    insert_all([Rows(model, columns, same)])


def insert_all(tables: Sequence[Rows]) -> None:
    """As `insert` for each of them, in their order; where each has one row they are sent together."""
    given = [rows for rows in tables if rows.count]
    if given and all(rows.count == 1 for rows in given):
        cursors.execute_each([(one.sql, one.args) for one in map(one_row, given)])
    else:
        for rows in given:
            insert_many(rows.model, rows.columns, rows.same)


def insert_all_at_end(tables: Sequence[Rows]) -> None:
    """As `insert_all`, single rows as the action's last deed: for what nobody looks at before."""
    if any(rows.count > 1 for rows in tables):
        insert_all(tables)
        return
    for rows in tables:
        if rows.count:
            execute_at_end(one_row(rows))


def one_row(rows: Rows) -> cursors.Given:
    values = [*(values[0] for values in rows.columns.values()), *rows.same.values()]
    return inserting(rows.model, (*rows.columns, *rows.same)).given([values])


@cache
def inserting(model: type[Model], names: tuple[str, ...]) -> PreparedInsert:
    return PreparedInsert(model, *names)


def insert_many(model: type[Model], columns: Mapping[str, Sequence[Any]], same: Mapping[str, Any]) -> None:
    given: dict[Any, Any] = {model._meta.get_field(name): values for name, values in columns.items()}
    fixed = fixed_values(model, {field.name for field in given}, same)
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in chain(given, fixed))
    into = f"{quote(model._meta.db_table)} ({names})"
    if is_postgres():
        copy(into, given, fixed)
    else:
        insert_each(into, given, fixed)


def columns(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """Rows, each with a value for every name, as `insert` takes them."""
    values = list(zip(*rows, strict=True)) or [()] * len(names)
    return dict(zip(names, values, strict=True))


def fixed_values(model: type[Model], given: set[str], same: Mapping[str, Any]) -> dict[Any, Any]:
    """Field → value of those that are the same in every row."""
    named: dict[Any, Any] = {model._meta.get_field(name): value for name, value in same.items()}
    others: list[Any] = [field for field in model._meta.concrete_fields if not field.primary_key]
    return {
        field: named[field] if field in named else field.get_default() for field in others if field.name not in given
    }


def insert_each(into: str, given: dict[Any, Any], fixed: dict[Any, Any]) -> None:
    tail = [field.get_db_prep_save(value, connection) for field, value in fixed.items()]
    columns = [
        [field.get_db_prep_save(value, connection) for value in values] if isinstance(field, PREPARED) else values
        for field, values in given.items()
    ]
    places = ", ".join(["%s"] * (len(columns) + len(tail)))
    rows = [(*row, *tail) for row in zip(*columns, strict=True)]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {into} VALUES ({places})", rows)  # noqa: S608 (names of our own models)


def copy(into: str, given: dict[Any, Any], fixed: dict[Any, Any]) -> None:
    """The lines are put together here, column by column: what is the same in all of them is put into words once."""
    columns = [texts_of(field, values) for field, values in given.items()]
    end = "".join("\t" + texts_of(field, [value])[0] for field, value in fixed.items()) + "\n"
    lines = map("\t".join, zip(*columns, strict=True))
    # Django wraps the errors of execute() alone.
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY {into} FROM STDIN") as target,
    ):
        while piece := end.join(chain(islice(lines, PIECE), ("",))):
            target.write(piece)


def texts_of(field: Any, values: Sequence[Any]) -> Sequence[str]:
    """The values in COPY's text format (PostgreSQL's documentation, COPY, “Text Format”)."""
    if isinstance(field, JSONField):
        return json_texts(values)
    kinds = set(map(type, values))
    if kinds == {int}:
        return list(map(str, values))
    if kinds == {str} and not any(map("".join(values).__contains__, ESCAPES)):
        return values
    texts = {value: plain_text(value) for value in set(values)}
    return [texts[value] for value in values]


def json_texts(values: Sequence[Any]) -> list[str]:
    """A control character is an escape in JSON: no line breaks in it, and of COPY's own escapes the backslash alone."""
    return b"\n".join(map(orjson.dumps, values)).decode().replace("\\", r"\\").split("\n")


def plain_text(value: Any) -> str:
    if isinstance(value, str):
        return value.translate(ESCAPES_OF)
    if value is None:
        return r"\N"
    if isinstance(value, int):  # true and false among them, as 1 and 0
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value))
