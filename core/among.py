"""`WHERE key IN (…)` for many keys: one array on PostgreSQL, so that the statement is the same for any number."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import F, Lookup

if TYPE_CHECKING:
    KeysLookup = Lookup[list[int]]
else:
    KeysLookup = Lookup  # generic for the type checker only


class Among(KeysLookup):
    """`filter(Among("task_id", keys))`, for whole numbers.

    Django's `in` has a parameter for every key; to prepare and bind a thousand took longer than to answer.
    """

    lookup_name = "among"
    prepare_rhs = False

    def __init__(self, name: str | F, keys: Sequence[int]) -> None:
        super().__init__(F(name) if isinstance(name, str) else name, list(keys))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s)", (*parameters, self.rhs)
        marks = ", ".join(["%s"] * len(self.rhs)) or "NULL"
        return f"{column} IN ({marks})", (*parameters, *self.rhs)
