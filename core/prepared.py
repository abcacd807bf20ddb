"""Querysets whose SQL is put together once: the ORM's words at the price of a plain statement.

Building and compiling a queryset costs several times what the database needs for a row by its key. A hot path says its
queryset once, with marks in the place of values; from then on the text is fixed and only the values change.
"""

import re
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import JSONField, Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql import DeleteQuery, UpdateQuery

from core import cursors
from core.actions import execute_at_end
from core.libpq import Asked, Result

Row = tuple[Any, ...]
Build = Callable[..., QuerySet[Any, Any]]
PREPARING = threading.RLock()
PLAIN = re.compile("[a-z_]*")
# Values that no row has; each mark of a statement is another one.
FIRST_INT = 8_070_605_040_302_010
FIRST_DAY = date(3, 1, 1)
FIRST_MOMENT = datetime(3, 1, 1, 1, 2, 3, 4, tzinfo=UTC)


def mark(kind: type, number: int) -> Any:
    """A value of the kind that stands for the parameter of that number."""
    if kind is int:
        return FIRST_INT + number
    if kind is datetime:
        return FIRST_MOMENT + timedelta(days=number)
    if kind is date:
        return FIRST_DAY + timedelta(days=number)
    assert kind is str, kind
    return f"mark {number} of a prepared statement"


def marks_of(kinds: dict[str, type]) -> dict[str, Any]:
    return {name: mark(kind, number) for number, (name, kind) in enumerate(kinds.items())}


@cache
def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def adapted(value: Any) -> Any:
    """As this database gets it."""
    if is_postgresql():
        return value
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value


class Statement:
    """SQL with the name of a parameter for each of its placeholders.

    Constants become part of the text: a plan that is made once for all values finds the partial indexes only so.
    """

    def __init__(self, sql: str, args: Sequence[Any], kinds: dict[str, type]) -> None:
        names = {adapted(value): name for name, value in marks_of(kinds).items()}
        first, *parts = sql.split("%s")
        assert len(parts) == len(args), sql
        self.args: list[tuple[str | None, Any]] = []
        self.sql = first + "".join(self.written(arg, names) + part for arg, part in zip(args, parts, strict=True))
        unused = set(kinds) - {name for name, _arg in self.args}
        assert not unused, f"{unused} is not in {sql}"

    def written(self, arg: Any, names: dict[Any, str]) -> str:
        name = names.get(arg) if is_mark(arg) else None
        if name is None and (text := literal(arg)) is not None:
            return text
        self.args.append((name, arg))
        return "%s"

    def run(self, values: dict[str, Any]) -> Result:
        return cursors.execute(self.sql, self.filled(values))

    def run_at_end(self, values: dict[str, Any], then: cursors.Then | None = None) -> None:
        execute_at_end(cursors.Given(self.sql, self.filled(values), then))

    def filled(self, values: dict[str, Any]) -> list[Any]:
        given = {name: adapted(value) for name, value in values.items()}
        return [given[name] if name else arg for name, arg in self.args]


def literal(arg: Any) -> str | None:
    """SQL of a small constant of our own code; None for what has to be a parameter."""
    if isinstance(arg, bool):
        return str(arg).lower() if connection.vendor == "postgresql" else str(int(arg))
    if isinstance(arg, int):
        return str(arg)
    if isinstance(arg, str) and PLAIN.fullmatch(arg):
        return f"'{arg}'"
    return None


def is_mark(arg: Any) -> bool:
    return isinstance(arg, int | str | date) and not isinstance(arg, bool)


class Prepared:
    """`build` gets a mark for each of the `kinds` (int, str, date, datetime) and returns values_list()."""

    def __init__(self, build: Build, **kinds: type) -> None:
        self.build, self.kinds = build, kinds
        self.statement: Statement | None = None
        self.compiler: Any = None
        self.converters: Any = None

    def prepare(self) -> Statement:
        """One thread does it, and the statement is there when all that belongs to it is."""
        with PREPARING:
            if self.statement is None:
                self.statement = self.put_together()
            return self.statement

    def put_together(self) -> Statement:
        query = self.build(**marks_of(self.kinds)).query
        self.compiler = query.get_compiler(connection=connection)
        sql, args = self.compiler.as_sql()
        self.converters = self.compiler.get_converters([column[0] for column in self.compiler.select])
        return Statement(sql, args, self.kinds)

    def rows(self, **values: Any) -> list[Row]:
        return self.rows_of((self.statement or self.prepare()).run(values))

    def asked(self, **values: Any) -> Asked:
        """The statement itself, for whoever sends it along with others."""
        statement = self.statement or self.prepare()
        return statement.sql, statement.filled(values)

    def rows_of(self, found: Result) -> list[Row]:
        if not self.converters:
            return found.rows
        return [tuple(row) for row in self.compiler.apply_converters(found.rows, self.converters)]

    def first(self, **values: Any) -> Row | None:
        """The first of the rows; say [:1] in the queryset."""
        return next(iter(self.rows(**values)), None)


class PreparedObjects(Prepared):
    """`build` returns a queryset of objects; select_related() and annotations are kept, prefetches are not."""

    def put_together(self) -> Statement:
        statement = super().put_together()
        first, *_others, last = self.compiler.klass_info["select_fields"]
        self.own = slice(first, last + 1)
        self.names = [column[0].target.attname for column in self.compiler.select[self.own]]
        about = self.compiler.klass_info, self.compiler.select, connection.alias
        self.populators = get_related_populators(*about)  # type: ignore[call-arg]  # the stubs are of a newer Django
        return statement

    def objects(self, **values: Any) -> list[Any]:
        return [self.object_of(row) for row in self.rows(**values)]

    def objects_of(self, found: Result) -> list[Any]:
        return [self.object_of(row) for row in self.rows_of(found)]

    def first_object(self, **values: Any) -> Any:
        """The first of them; None where there is none."""
        return next(iter(self.objects(**values)), None)

    def object_of(self, row: Row) -> Any:
        found = self.compiler.klass_info["model"].from_db(connection.alias, self.names, row[self.own])
        for populator in self.populators:
            populator.populate(row, found)
        for name, place in self.compiler.annotation_col_map.items():
            setattr(found, name, row[place])
        return found


class SharedObjects(PreparedObjects):
    """On PostgreSQL locked against whoever changes them, not against who shares them too.

    The ORM has no words for that. On SQLite there is one writer at a time anyway.
    """

    def put_together(self) -> Statement:
        statement = super().put_together()
        if is_postgresql():
            statement.sql += " FOR SHARE"
        return statement


class PreparedUpdate:
    """An UPDATE of the queryset that `build` returns with the values to set.

    `returning` names columns, or is SQL in parentheses.
    """

    def __init__(
        self,
        build: Callable[..., tuple[QuerySet[Any, Any], dict[str, Any]]],
        returning: Sequence[str] = (),
        **kinds: type,
    ) -> None:
        self.build, self.returning, self.kinds = build, returning, kinds
        self.statement: Statement | None = None

    def prepare(self) -> Statement:
        found, values = self.build(**marks_of(self.kinds))
        query: Any = found.query.chain(UpdateQuery)
        query.add_update_values(values)
        query.annotations = {}
        sql, args = query.get_compiler(connection=connection).as_sql()
        if self.returning:
            names = ", ".join(self.returned(found.model, name) for name in self.returning)
            sql = f"{sql} RETURNING {names}"
        self.statement = Statement(sql, args, self.kinds)
        return self.statement

    def returned(self, model: type[Model], name: str) -> str:
        return name if name.startswith("(") else connection.ops.quote_name(column_of(model, name))

    def count(self, **values: Any) -> int:
        """How many rows were changed."""
        return (self.statement or self.prepare()).run(values).count

    def row(self, **values: Any) -> Row | None:
        """The returned columns of the one row that was changed; None when there was none."""
        return next(iter((self.statement or self.prepare()).run(values).rows), None)

    def at_end(self, *, then: cursors.Then | None = None, **values: Any) -> None:
        """As the action's last deed (core.actions.execute_at_end); `then` gets the number that it returns."""
        (self.statement or self.prepare()).run_at_end(values, then)


class PreparedDelete:
    """A DELETE of the rows of the queryset that `build` returns, and of nothing that refers to them."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **kinds: type) -> None:
        self.build, self.kinds = build, kinds
        self.statement: Statement | None = None

    def prepare(self) -> Statement:
        query: Any = self.build(**marks_of(self.kinds)).query.chain(DeleteQuery)
        sql, args = query.get_compiler(connection=connection).as_sql()
        self.statement = Statement(sql, args, self.kinds)
        return self.statement

    def count(self, **values: Any) -> int:
        """How many rows were deleted."""
        return (self.statement or self.prepare()).run(values).count

    def at_end(self, **values: Any) -> None:
        """As the action's last deed (core.actions.execute_at_end)."""
        (self.statement or self.prepare()).run_at_end(values)


class PreparedInsert:
    """An INSERT of rows of the model; the fields that are not named get their defaults."""

    def __init__(self, model: type[Model], *names: str, on_conflict: str = "") -> None:
        self.model, self.names, self.on_conflict = model, names, on_conflict
        self.statements: dict[int, str] = {}

    def prepare(self, count: int) -> str:
        fields: list[Any] = [field for field in self.model._meta.concrete_fields if not field.primary_key]
        given: list[Any] = [self.model._meta.get_field(name) for name in self.names]
        others = [field for field in fields if field.name not in self.names and field.attname not in self.names]
        self.savers = [saver_of(field) for field in given]
        self.defaults = [(saver_of(field), field.get_default) for field in others]
        quote = connection.ops.quote_name
        columns = ", ".join(quote(column_of(self.model, field.name)) for field in [*given, *others])
        row = "(" + ", ".join(["%s"] * (len(given) + len(others))) + ")"
        table, key = quote(self.model._meta.db_table), quote("id")
        sql = f"INSERT INTO {table} ({columns}) VALUES {', '.join([row] * count)} {self.on_conflict} RETURNING {key}"  # noqa: S608 (names of our own models)
        self.statements[count] = sql
        return sql

    def key(self, *values: Any) -> int | None:
        """The new row's; None where `on_conflict` says DO NOTHING and there was a conflict."""
        return next(iter(self.keys([values])), None)

    def keys(self, rows: Sequence[Sequence[Any]]) -> list[int]:
        """Those of the new rows, all inserted by one statement: give always the same few numbers of rows."""
        given = self.given(rows)
        return [int(found[0]) for found in cursors.execute(given.sql, given.args).rows]

    def at_end(self, rows: Sequence[Sequence[Any]], *, then: cursors.Then | None = None) -> None:
        """As the action's last deed (core.actions.execute_at_end); `then` gets the key of the one new row.

        It gets None where `on_conflict` says DO NOTHING and there was a conflict.
        """
        execute_at_end(self.given(rows, then))

    def given(self, rows: Sequence[Sequence[Any]], then: cursors.Then | None = None) -> cursors.Given:
        sql = self.statements.get(len(rows)) or self.prepare(len(rows))
        return cursors.Given(sql, [value for row in rows for value in self.saved(row)], then)

    def saved(self, row: Sequence[Any]) -> list[Any]:
        given = [save(value) for save, value in zip(self.savers, row, strict=True)]
        return given + [save(default()) for save, default in self.defaults]


def saver_of(field: Any) -> Callable[[Any], Any]:
    """What makes a value of the field what the driver gets. PostgreSQL's takes all but JSON as it is."""
    if is_postgresql() and not isinstance(field, JSONField):
        return adapted
    return lambda value: adapted(field.get_db_prep_save(value, connection))


def column_of(model: type[Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.column)
