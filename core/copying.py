"""Many rows in one statement: COPY on PostgreSQL, executemany on SQLite; no objects of models, nothing read back.

Rows are written inside the caller's transaction; constraints hold as for any INSERT.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

import orjson
from django.db import connection
from django.db.models import DateTimeField, Field, JSONField, Model

from core.gate import is_postgres

Row = Sequence[Any]


def new_keys(model: type[Model], count: int) -> list[int]:
    """`count` ascending primary keys that nobody else gets; inside the transaction that inserts the rows."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if is_postgres():
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
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
    columns = [field.column for field in chain(given, fixed)]
    tail = tuple(prepared(field)(value) for field, value in fixed.items())
    changes = [(place, prepared(field)) for place, field in enumerate(given) if is_adapted(field)]
    write(model._meta.db_table, columns, (complete(row, changes, tail) for row in rows))


def fixed_values(model: type[Model], given: set[str], same: dict[str, Any]) -> dict[Any, Any]:
    """Field → value of those that are the same in every row."""
    named: dict[Any, Any] = {model._meta.get_field(name): value for name, value in same.items()}
    others: list[Any] = [field for field in model._meta.concrete_fields if not field.primary_key]
    return {
        field: named[field] if field in named else field.get_default() for field in others if field.name not in given
    }


def is_adapted(field: "Field[Any, Any]") -> bool:
    """Whether the database gets something else than the attribute's value."""
    return isinstance(field, JSONField if is_postgres() else DateTimeField | JSONField)


def prepared(field: "Field[Any, Any]") -> Callable[[Any], Any]:
    """What turns a value into the database's."""
    if is_postgres() and isinstance(field, JSONField):
        return json_text
    return lambda value: field.get_db_prep_save(value, connection)


def json_text(value: Any) -> str:
    return orjson.dumps(value).decode()


def complete(row: Row, changes: Sequence[tuple[int, Callable[[Any], Any]]], tail: tuple[Any, ...]) -> Row:
    if not changes:
        return (*row, *tail)
    values = [*row, *tail]
    for place, change in changes:
        values[place] = change(values[place])
    return values


def write(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    quote = connection.ops.quote_name
    into = f"{quote(table)} ({', '.join(map(quote, columns))})"
    with connection.cursor() as cursor:
        if not is_postgres():
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {into} VALUES ({places})", list(rows))  # noqa: S608 (names of our own models)
            return
        # Django wraps the errors of execute() alone.
        with connection.wrap_database_errors, cursor.copy(f"COPY {into} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
