"""How many queries a page may need, in one table, so that raising one is a visible line.

A budget holds for one row and for many: `check_budget` looks at the page, lets the world grow, and looks again.
"""

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

# Page (tests/browser/cases.py, or a test beside its app's) → queries, those of the session and of the rail included.
BUDGETS = {
    "account": 9,
    "password-change": 5,
    "second-step": 7,
    "sign-out": 5,
    "no-side": 5,
    "members": 7,
    "invite-member": 5,
    "remove-member": 6,
    "people": 10,
    "people-nobody": 9,
    "invitations": 6,
    "invite-person": 5,
    "skills": 7,
    "skill": 7,
    "worker": 14,
    "hold": 8,
    "requirements": 10,
    "walls": 11,
    "new-wall": 6,
    "assignments": 6,
    "why": 14,
    "my-time": 10,
    "corrections": 7,
}


def queries_of(client: Client, path: str) -> list[str]:
    """The SQL that one look at the page needs."""
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return [query["sql"] for query in captured.captured_queries]


def check_budget(client: Client, page: str, path: str, grow: Callable[[], object]) -> None:
    """As many queries for few rows as for more, and no more than the table says."""
    few = queries_of(client, path)
    grow()
    many = queries_of(client, path)
    assert len(many) == len(few), "\n".join(["Rows cost queries:", *many])
    assert len(many) <= BUDGETS[page], "\n".join([f"{page} needs {len(many)} queries:", *many])
