"""What a project asks for, as rows that a form edits, and back to params and taxonomy.

Params are the truth (docs/decisions/0003). A row of something that was there carries `was`, its name in the params, so
that what the form does not show survives: unknown keys, shown names, nested choices, conditions.
"""

from typing import Any, Protocol

from projects.asking import categories, fields, shapes
from task_types.values import without_nulls

Json = dict[str, Any]


class Editor(Protocol):
    """What the module of each kind of work offers."""

    def rows_of(self, params: Json, taxonomy: Json) -> Json: ...

    def terms_of(self, rows: Json, params: Json, taxonomy: Json) -> tuple[Json, Json]: ...


KINDS: dict[str, Editor] = {"imageannotation": shapes, "categorization": categories, "textcollection": fields}


def rows_of(kind: str, params: Json, taxonomy: Json) -> Json:
    """Lists of rows by name, and single values beside them. Raises KeyError for a kind without an editor."""
    return KINDS[kind].rows_of(without_nulls(params), taxonomy)


def rows_or_none(kind: str, params: Json, taxonomy: Json) -> Json | None:
    """None where no form shows it: another kind of work, or params of the API in a shape that the forms do not have."""
    if kind not in KINDS:
        return None
    try:
        return rows_of(kind, params, taxonomy)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def terms_of(kind: str, rows: Json, params: Json, taxonomy: Json) -> tuple[Json, Json]:
    """(params, taxonomy) with the rows in the place of what they were; neither of the old ones is changed."""
    return KINDS[kind].terms_of(rows, without_nulls(params), taxonomy)
