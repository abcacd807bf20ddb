"""When somebody's turn comes after a resume: arithmetic, and that the databases do the same."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.models import SHARES, Pause
from projects.models.ramps import turn_of
from tests.factories import NOON

OFFSETS = st.integers(0, SHARES - 1)
WORKERS = st.integers(1, 2**31)


@pytest.mark.parametrize("first", [1, 7_001, 2_000_000_000])
@pytest.mark.parametrize("offset", [0, 12_345, SHARES - 1])
@pytest.mark.parametrize(
    ("minute", "wanted"), [(0, 0.0), (3, 0.1), (7.5, 0.25), (15, 0.5), (22.5, 0.75), (27, 0.9), (30, 1.0)]
)
def test_of_five_hundred_as_many_are_let_in_as_of_the_ramp_is_over(first, offset, minute, wanted):
    at = NOON + timedelta(minutes=minute)
    turns = [turn_of(worker, ended_at=NOON, ramp_s=1800, offset=offset) for worker in range(first, first + 500)]

    let_in = sum(turn <= at for turn in turns) / len(turns)

    assert abs(let_in - wanted) <= 0.01
    assert (let_in == 1) or minute < 30


@pytest.mark.parametrize("step", [2, 3, 10, 64, 1000])
def test_those_on_a_project_are_spread_though_others_lie_between(step):
    turns = [turn_of(worker, ended_at=NOON, ramp_s=600, offset=99) for worker in range(1, 200 * step, step)]

    for tenth in range(1, 10):
        let_in = sum(turn <= NOON + timedelta(minutes=tenth) for turn in turns)
        assert abs(let_in / len(turns) - tenth / 10) < 0.08


@given(worker=WORKERS, offset=OFFSETS, ramp_s=st.integers(1, 86_400))
def test_nobody_is_early_and_everybody_is_in_at_the_end(worker, offset, ramp_s):
    turn = turn_of(worker, ended_at=NOON, ramp_s=ramp_s, offset=offset)

    assert NOON <= turn < NOON + timedelta(seconds=ramp_s)


def lifted(ramp_s: int, offset: int) -> Pause:
    return Pause.objects.create(
        scope="site", policy="finish", reason="data", starts_at=NOON, created_at=NOON, ended_at=NOON, ramp_s=ramp_s,
        ramp_offset=offset, ramp_ends_at=NOON + timedelta(seconds=ramp_s) if ramp_s else None,
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("worker", [1, 2, 500, 12_345, 2**31 - 1])
@pytest.mark.parametrize(("ramp_s", "offset"), [(1, 0), (299, 40_000), (3600, SHARES - 1), (86_400, 7)])
def test_the_database_says_the_same_to_the_microsecond(worker, ramp_s, offset):
    one = lifted(ramp_s, offset)
    turn = one.turn_of(worker)

    def is_withheld(at):
        return Pause.objects.withholding(worker, at=at).exists()

    tick = timedelta(microseconds=1)
    before = NOON + (turn - NOON) / 2
    assert [is_withheld(at) for at in (NOON - tick, before, turn - tick, turn, turn + tick, one.all_in_at)] == [
        True, turn > NOON, True, False, False, False,
    ]  # fmt: skip


@pytest.mark.django_db
def test_one_that_was_lifted_at_once_withholds_nothing_though_the_clock_was_read_before():
    lifted(0, 5)

    assert not Pause.objects.withholding(3, at=NOON - timedelta(seconds=1)).exists()
