"""Prepared statements as a psycopg cursor would run them; on SQLite the same calls, by its own cursor."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from psycopg.types.numeric import Int8

from core import cursors, libpq
from tests.factories import NOON
from workers.models import Skill

pytestmark = pytest.mark.django_db(transaction=True)

VALUES = [
    Int8(1),
    Int8(-(2**62)),
    1.5,
    True,
    None,
    "",
    "é🙂 %s $1 '",
    b"\x00\xff",
    date(2026, 11, 29),
    NOON,
    ["a", "b"],
]


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("value", VALUES if is_postgresql() else VALUES[2:8], ids=repr)
def test_values_go_in_and_come_out_as_by_a_cursor(value, inside):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s, 'a%%'", [value])
        expected = cursor.fetchall()

    with transaction.atomic() if inside else nullcontext():
        found = [cursors.execute("SELECT %s, 'a%%'", [value]) for _turn in range(3)]

    assert [one.rows for one in found] == [expected] * 3


def test_count_is_of_rows_returned_or_changed():
    Skill.objects.bulk_create(Skill(name=name, created_at=NOON) for name in ("Greek", "Latin"))

    with transaction.atomic():
        cursors.execute("SELECT 1", [])
        changed = cursors.execute("UPDATE workers_skill SET name = name || %s", ["!"])
        returned = cursors.execute("UPDATE workers_skill SET name = name || %s RETURNING name", ["!"])
        none = cursors.execute("DELETE FROM workers_skill WHERE name = %s", ["Norse"])

    assert (changed.count, changed.rows, returned.count, none.count) == (2, [], 2, 0)
    assert sorted(returned.rows) == [("Greek!!",), ("Latin!!",)]


def test_a_rollback_leaves_the_statements():
    with transaction.atomic():
        cursors.execute("SELECT 1", [])
        cursors.execute("SELECT 2 + 1", [])
        transaction.set_rollback(True)

    with transaction.atomic():
        assert cursors.execute("SELECT 1", []).rows == [(1,)]
        assert cursors.execute("SELECT 2 + 1", []).rows == [(3,)]


def test_what_is_refused_in_a_savepoint_ends_it_alone():
    Skill.objects.create(name="Greek", created_at=NOON)

    with transaction.atomic():
        cursors.execute("SELECT 1", [])
        for _turn in range(2):
            with pytest.raises(IntegrityError), transaction.atomic():
                cursors.execute("INSERT INTO workers_skill (name, created_at) VALUES (%s, %s)", ["Greek", str(NOON)])
        assert cursors.execute("SELECT count(*) FROM workers_skill", []).rows == [(1,)]


def test_a_statement_that_cannot_be_prepared_says_so_each_time():
    for _turn in range(2):
        with pytest.raises(DatabaseError), transaction.atomic():
            cursors.execute("SELECT nothing_of_the_kind", [])


@pytest.mark.parametrize("inside", [True, False])
def test_a_lost_connection_is_an_operational_error_and_the_next_one_works(inside):
    if not is_postgresql():
        return
    assert cursors.execute("SELECT 1", []).rows == [(1,)]
    pid = connection.connection.info.backend_pid
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(end_backend, pid).result()

    # A transaction that cannot be rolled back takes its connection with it.
    for _turn in range(1 if inside else 2):
        with pytest.raises(OperationalError), transaction.atomic() if inside else nullcontext():
            cursors.execute("SELECT 1", [])
    connection.close()

    assert cursors.execute("SELECT 1", []).rows == [(1,)]


def end_backend(pid: int) -> None:
    """By another thread, which has a connection of its own."""
    cursors.execute("SELECT pg_terminate_backend(%s::int)", [pid])
    connection.close()


def test_more_statements_than_are_kept_are_run_all_the_same(monkeypatch):
    monkeypatch.setattr(libpq, "MOST_STATEMENTS", 2)

    found = [cursors.execute(f"SELECT {number}", []).rows for number in range(5)]

    assert found == [[(number,)] for number in range(5)]
    if is_postgresql():
        assert len(libpq.statements_of(connection.connection).names) == 2


def test_moments_come_in_utc():
    Skill.objects.create(name="Greek", created_at=NOON)

    ((moment,),) = cursors.execute("SELECT created_at FROM workers_skill", []).rows

    assert str(moment) == (str(NOON) if is_postgresql() else str(NOON)[:19])


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", "SELECT 1"),
        ("a = %s AND b = %s", "a = $1 AND b = $2"),
        ("a LIKE '%%x' AND b = %s", "a LIKE '%x' AND b = $1"),
        ("%s%s", "$1$2"),
        (", ".join(["%s"] * 11), ", ".join(f"${n}" for n in range(1, 12))),
    ],
)
def test_placeholders_are_numbered(sql, expected):
    assert libpq.numbered(sql) == expected


def test_several_statements_are_run_in_their_order():
    insert = "INSERT INTO workers_skill (public_id, name, created_at) VALUES (%s, %s, %s)"

    with transaction.atomic():
        found = cursors.execute_each(
            [
                (insert, ["1", "Greek", str(NOON)]),
                ("SELECT name FROM workers_skill", []),
                (insert, ["2", "Latin", str(NOON)]),
                ("SELECT count(*) FROM workers_skill", []),
            ]
        )

    assert [one.rows for one in found] == [[], [("Greek",)], [], [(2,)]]
    assert Skill.objects.count() == 2


def test_several_statements_of_which_one_is_refused():
    ask = ("SELECT count(*) FROM workers_skill WHERE name = %s", ["Greek"])
    insert = (
        "INSERT INTO workers_skill (public_id, name, created_at) VALUES (%s, %s, %s)",
        ["1", "Greek", str(NOON)],
    )

    for _turn in range(2):
        with pytest.raises(IntegrityError), transaction.atomic():
            cursors.execute_each([ask, insert, insert, ask])
        with transaction.atomic():
            assert [one.rows for one in cursors.execute_each([ask, ask])] == [[(0,)], [(0,)]]


def test_several_statements_that_are_larger_than_what_is_on_its_way_at_once():
    large = "x" * 3_000_000

    with transaction.atomic():
        found = cursors.execute_each([("SELECT CAST(%s AS text)", [large])] * 4)

    assert [one.rows for one in found] == [[(large,)]] * 4
