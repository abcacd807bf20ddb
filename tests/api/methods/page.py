"""The table as a page: `python -m tests.api.methods.page` writes docs/api-methods.md.

A test fails when what is written is not what the table says.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import django

from tests.api.methods.table import STATUSES, Method, id_of

PAGE = Path(__file__).resolve().parents[3] / "docs" / "api-methods.md"
HEAD = """# Every method of Scale's Python client

Written by `python -m tests.api.methods.page` from the rows in `tests/api/methods/`; not to be edited.

The client of PyPI, unmodified, with its address and key set by its public settings, calls each method against a live
server, on SQLite and on PostgreSQL. Each cell that can occur names its test: `get_task-404` is
`tests/api/test_methods.py::test_cell[get_task-404]`. The others say why they cannot. Where a method lists or reads,
what it gives is compared field by field with what was ordered; where it changes something, that is read again by
another method; and what is refused has changed nothing. 401 is tried with a key that was never made, one that is
revoked and one that is over; 404 with names of nothing, with a stranger's key and with a key of the other world.
"""


def row(method: Method) -> str:
    found = [f"`{method.name}`", f"`{method.endpoint}`"]
    for status in STATUSES:
        why = method.why_never(status)
        found.append(why or f"`{id_of(method, status)}`")
    return "| " + " | ".join(found) + " |"


def section(title: str, methods: Sequence[Method]) -> str:
    columns = ["Method", "Endpoint", *map(str, STATUSES)]
    lines = [f"## {title}", "", "| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    return "\n".join([*lines, *map(row, methods)]) + "\n"


def page() -> str:
    from tests.api.methods.every import METHODS

    own = [method for method in METHODS if not method.is_second_api or method.name == "v2_get_tasks"]
    shortcuts = [method for method in own if "." in method.name]
    parts = [
        HEAD,
        section("Methods of the client", [method for method in own if method not in shortcuts]),
        section("Shortcuts of its objects", shortcuts),
        section("Methods of its second API", [method for method in METHODS if method not in own]),
    ]
    return "\n".join(parts)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    PAGE.write_text(page(), encoding="utf-8")
