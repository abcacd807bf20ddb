"""Many rows of a model by one statement of the database; columns that are not named get the model's defaults."""

from typing import Any

from django.db import connection
from django.db.models import Model


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
    """What autovacuum would do after such a load: visibility and statistics."""
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f'VACUUM ANALYZE "{model._meta.db_table}"')
