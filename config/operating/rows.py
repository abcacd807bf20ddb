"""Rows as JSON that each supported database takes in again, to the value; and what its sequences would give next."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import AutoField, Field, JSONField, Model

from core.gate import is_postgres

Node = tuple[str, str]
Line = list[Any]
POSITIONS = "labeling_position_seq"
# The limits of sign-in live for minutes.
LEFT_OUT = {"core_limits_cache"}


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything that is read inside is of one moment; nobody waits for it."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if is_postgres() else "BEGIN DEFERRED")
        if is_postgres():
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def applied() -> list[Node]:
    """The migrations that this database has, of those that the code knows."""
    loader = MigrationExecutor(connection).loader
    return sorted(node for node in loader.applied_migrations if node in loader.graph.nodes)


def tables(nodes: Iterable[Node]) -> dict[str, type[Model]]:
    """The models at these migrations, by table."""
    state = MigrationExecutor(connection).loader.project_state(list(nodes))
    models = state.apps.get_models(include_auto_created=True)
    return {model._meta.db_table: model for model in models if is_ours(model)}


def is_ours(model: type[Model]) -> bool:
    return bool(model._meta.managed and not model._meta.proxy and model._meta.db_table not in LEFT_OUT)


def column_of(field: "Field[Any, Any]") -> str:
    assert field.column  # concrete fields have one
    return field.column


def columns(model: type[Model]) -> list["Field[Any, Any]"]:
    return list(model._meta.concrete_fields)


def to_line(row: Model, fields: list["Field[Any, Any]"]) -> Line:
    return [plain(row, field) for field in fields]


def plain(row: Model, field: "Field[Any, Any]") -> Any:
    value = field.value_from_object(row)
    if value is None or isinstance(value, bool | int | float | str) or isinstance(field, JSONField):
        return value
    return field.value_to_string(row)


def from_line(line: Line, fields: list["Field[Any, Any]"]) -> list[Any]:
    return [stored(value, field) for value, field in zip(line, fields, strict=True)]


def stored(value: Any, field: "Field[Any, Any]") -> Any:
    """As the database takes it. JSON's own null stands where a column cannot be null."""
    if isinstance(field, JSONField) and value is None and not field.null:
        return connection.ops.adapt_json_value(None, field.encoder)
    return field.get_db_prep_save(field.to_python(value), connection)


def insert(model: type[Model], lines: list[Line]) -> None:
    """As they are: nothing is filled in."""
    if not lines:
        return
    fields = columns(model)
    quote = connection.ops.quote_name
    names = ", ".join(quote(column_of(field)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table = quote(model._meta.db_table)
    statement = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 (names of our own models)
    with connection.cursor() as cursor:
        cursor.executemany(statement, [from_line(line, fields) for line in lines])


def empty(model: type[Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608


def numbered(models: Iterable[type[Model]]) -> dict[str, str]:
    """Table → the column that numbers its rows."""
    keys = {model._meta.db_table: model._meta.pk for model in models}
    return {table: column_of(key) for table, key in keys.items() if isinstance(key, AutoField)}


def next_numbers(models: Iterable[type[Model]]) -> dict[str, int]:
    """What each sequence would give next: ids of deleted rows are not given again after a restore either."""
    found = {table: next_of(table, column) for table, column in numbered(models).items()}
    found[POSITIONS] = next_position()
    return found


def next_of(table: str, column: str) -> int:
    with connection.cursor() as cursor:
        if is_postgres():
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [connection.ops.quote_name(table), column])
            return after_last(cursor.fetchone()[0])
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        return int(found[0]) + 1 if found else 1


def after_last(sequence: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT last_value + is_called::int FROM {sequence}")  # noqa: S608 (PostgreSQL named it)
        return int(cursor.fetchone()[0])


def next_position() -> int:
    if is_postgres():
        return after_last(POSITIONS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT last FROM labeling_position WHERE id = 1")
        found = cursor.fetchone()
        return int(found[0]) + 1 if found else 1


def set_next_numbers(models: Iterable[type[Model]], numbers: dict[str, int]) -> None:
    set_next_position(numbers.get(POSITIONS, 1))
    for table, column in numbered(models).items():
        set_next(table, column, numbers.get(table, 1))


def set_next_position(number: int) -> None:
    with connection.cursor() as cursor:
        if is_postgres():
            cursor.execute("SELECT setval(%s, %s, false)", [POSITIONS, number])
        else:
            cursor.execute("INSERT OR REPLACE INTO labeling_position (id, last) VALUES (1, %s)", [number - 1])


def set_next(table: str, column: str, number: int) -> None:
    with connection.cursor() as cursor:
        if is_postgres():
            name = connection.ops.quote_name(table)
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s, false)", [name, column, number])
            return
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number - 1])


def as_text(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def from_text(line: bytes) -> Any:
    # Not foreign: its checksum was compared; and amounts may be larger than what foreign JSON may hold.
    return json.loads(line)  # noqa: TID251
