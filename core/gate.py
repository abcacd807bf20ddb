"""The gate: nothing is handed out after a stop has returned.

Whoever hands work out shares the gate in a statement before the one that reads the stops. Whoever stops commits its
rows first, then drains: takes the gate alone once and lets it go. What had passed the old state is then committed or
gone.
This is the only user of advisory locks. On SQLite, BEGIN IMMEDIATE is the gate: one writer at a time.
"""

from django.db import connection, transaction

from core import cursors
from core.libpq import Asked, Result

GATE_CLASS = 7301
GATE = 1
# For the rest of the transaction: what follows are a few large statements, prepared once, whose planning would cost
# more than their running. Its constants are part of their text, so that partial indexes are found.
PLANS_ONCE = "set_config('plan_cache_mode', 'force_generic_plan', true)"


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def enter(table: str, pk: int) -> bool:
    """Lock the row of the table and share the gate, both in one statement; False when there is no such row.

    Stops have to be read in a LATER statement: this one's snapshot is older than its lock.
    """
    return bool(cursors.execute(*entering(table, pk)).count)


def enter_and_ask(table: str, pk: int, later: Asked) -> Result | None:
    """As `enter`, and what a later statement finds, which is sent along; None when there is no such row."""
    entered, found = cursors.execute_each([entering(table, pk), later])
    return found if entered.count else None


def entering(table: str, pk: int) -> Asked:
    name = connection.ops.quote_name(table)
    if not is_postgres():
        return f"SELECT id FROM {name} WHERE id = %s", [pk]  # noqa: S608 (a constant)
    columns = f"id, pg_advisory_xact_lock_shared(%s::int, %s::int), {PLANS_ONCE}"
    sql = f"SELECT {columns} FROM {name} WHERE id = %s FOR NO KEY UPDATE"  # noqa: S608 (constants)
    return sql, [GATE_CLASS, GATE, pk]


def drain() -> None:
    """Wait until every transaction that shared the gate before now has ended. Called after the stop is committed."""
    if not is_postgres():
        return
    with transaction.atomic(durable=True), connection.cursor() as cursor:  # noqa: TID251 (not an action: it waits)
        # lock_timeout would give up behind a slow claim, and a stop that gives up is none.
        cursor.execute("SET LOCAL lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [GATE_CLASS, GATE])
