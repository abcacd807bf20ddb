"""The whole life of work, in any order that Hypothesis thinks of; every promise is checked after every step."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.proof.life.fairness import Life

STEPS = 20_000
CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def run(*, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=CHECKS, database=None
        ),
    )


@pytest.mark.django_db
@pytest.mark.slow(reason="a state machine")
def test_work_lives_in_order():
    run(examples=4, steps=25)


# Each life is a transaction of its own: in one for all, PostgreSQL would keep the rows of every life that is undone.
@pytest.mark.django_db(transaction=True)
@pytest.mark.proof
@pytest.mark.slow(reason="a state machine in full")
def test_work_lives_in_order_for_twenty_thousand_steps():
    Life.steps = 0
    while Life.steps < STEPS:
        run(examples=50, steps=100)

    print(f"{Life.steps} steps")  # noqa: T201 (what make proof reports)
