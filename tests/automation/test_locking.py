"""Which rows the counter, the levels and a rule lock, in which order; tests/labeling/test_locks.py has the others."""

from datetime import timedelta

import pytest
from django.db import connection

from automation import evaluating, levels, making, tallying
from events.sealing import seal
from tests.automation.steps import counted, make_rule, work
from tests.factories import NOON, UserFactory, make_project
from tests.labeling.test_locks import locks

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=5)


def test_a_rule_locks_its_own_row_before_anything_else_and_drains_after():
    work(make_project(), reports=2)
    rule = make_rule()
    closed = counted(at=LATER)

    found = locks(lambda: evaluating.evaluate(rule, closed=closed, at=LATER))

    # The gate is on SQLite too: there it is the one writer, and no statement asks for it.
    assert found == (["pauserule", "gate alone"] if connection.vendor == "postgresql" else [])


def test_counting_and_noting_levels_lock_the_mark_alone():
    work(make_project(), others=1)
    seal()

    def both() -> None:
        tallying.tally(at=LATER)
        levels.note_levels(closed=LATER, at=LATER)

    assert locks(both) == (["tallymark"] * 2 if connection.vendor == "postgresql" else [])


def test_a_change_locks_the_rule():
    rule = make_rule()

    found = locks(lambda: making.change_rule(rule, by=UserFactory.create(), at=NOON))

    assert found == (["pauserule"] if connection.vendor == "postgresql" else [])
