"""Many rows of a model by one statement of the database; columns that are not named get the model's defaults."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import Model

# (what drops it, what makes it again), of all indexes but primary keys; a unique constraint brings its own.
INDEXES = """
SELECT CASE WHEN c.oid IS NULL THEN format('DROP INDEX %%I', i.relname)
            ELSE format('ALTER TABLE %%I DROP CONSTRAINT %%I', t.relname, c.conname) END,
       CASE WHEN c.oid IS NULL THEN pg_get_indexdef(i.oid)
            ELSE format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', t.relname, c.conname, pg_get_constraintdef(c.oid)) END
FROM pg_index JOIN pg_class AS i ON i.oid = indexrelid JOIN pg_class AS t ON t.oid = indrelid
LEFT JOIN pg_constraint AS c ON c.conindid = i.oid AND c.contype = 'u'
WHERE t.relname = ANY(%s::text[]) AND NOT indisprimary AND t.relnamespace = 'public'::regnamespace
"""


def insert_select(model: type[Model], source: str, /, **columns: str) -> int:
    """INSERT the rows that `source` gives, each column by its SQL expression; how many."""
    fields: list[Any] = [field for field in model._meta.concrete_fields if not field.primary_key]
    unknown = set(columns) - {field.column for field in fields}
    assert not unknown, f"{model._meta.label} has no {unknown}"
    expressions, values = [], []
    for field in fields:
        if field.column in columns:
            expressions.append(columns[field.column])
        else:
            default = field.get_db_prep_save(field.get_default(), connection)
            expressions.append(f"%s::{field.cast_db_type(connection)}")
            values.append(default)
    names = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {", ".join(expressions)} FROM {source}', values
        )
        return int(cursor.rowcount)


def without_checks(statement: str = "replica") -> None:
    """Rows that are right by construction need not be checked one by one against their foreign keys (superusers)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET session_replication_role = {statement}")


def analyze(*models: type[Model]) -> None:
    """What autovacuum would do after such a load: visibility and statistics; of all tables where none is named."""
    with connection.cursor() as cursor:
        for name in [f'"{model._meta.db_table}"' for model in models] or [""]:
            cursor.execute(f"VACUUM ANALYZE {name}")


@contextmanager
def without_indexes(*models: type[Model]) -> Iterator[None]:
    """Sorted once at the end they cost a third; primary keys stay."""
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, [tables])
        found = cursor.fetchall()
        for drop, _make in found:
            cursor.execute(drop)
        yield
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for _drop, make in found:
            cursor.execute(make)
