"""Whose tokens a share is taken from and goes back to: nobody else's, of no other project, of no other day."""

from datetime import date, timedelta

import pytest

from labeling.claiming import claim
from labeling.returning import release
from labeling.spending import CHUNK_SHARES, KEPT
from labeling.transferring import transfer
from projects.models import BudgetToken, Project
from tests.factories import NOON, UserFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import submitted, taken
from workers.models import Worker

pytestmark = pytest.mark.django_db

PRICE = 1_000_000
YESTERDAY = NOON - timedelta(days=1)
Used = dict[tuple[Worker, Project, date | None], int]


def priced(*, tasks: int = 6, **terms) -> Project:
    project = make_project(price_micros=PRICE, **terms)
    make_tasks(project, tasks)
    return project


def used() -> Used:
    tokens = BudgetToken.objects.select_related("worker", "project")
    return {(one.worker, one.project, one.day): one.used_micros for one in tokens}


def changes(before: Used, after: Used) -> Used:
    return {
        key: after.get(key, 0) - before.get(key, 0) for key in {*before, *after} if before.get(key) != after.get(key)
    }


@pytest.fixture
def busy() -> tuple[Worker, Project]:
    """A worker with answers of two days and another project behind them, and others with answers of the same."""
    here, there = priced(), priced()
    worker, other = make_worker(here, there), make_worker(here)
    submitted(worker, at=YESTERDAY, project=here)
    submitted(worker, at=NOON, project=there)
    submitted(worker, at=NOON, project=here)
    submitted(other, at=NOON)
    return worker, here


def test_a_share_is_taken_from_one_s_own_tokens_of_the_day_and_goes_back_to_them(busy):
    worker, here = busy
    own = {(worker, here, NOON.date()): PRICE, (worker, here, None): PRICE}
    before = used()

    held = taken(worker, project=here)
    during = used()
    release(held, at=NOON)

    assert changes(before, during) == own
    assert used() == before


def test_a_transfer_moves_the_share_between_the_two_alone(busy):
    worker, here = busy
    to, admin = make_worker(here), UserFactory.create(is_site_admin=True)
    held = taken(worker, project=here)
    before = used()

    transfer(held, to=to, by=admin, text="They asked for it.", at=NOON)

    days = (NOON.date(), None)
    assert changes(before, used()) == {
        **{(worker, here, day): -PRICE for day in days},
        **{(to, here, day): PRICE for day in days},
    }


def test_at_the_cap_of_one_project_what_was_granted_for_another_stays():
    tight, wide = priced(total_cap_micros=2 * PRICE), priced(total_cap_micros=1000 * PRICE)
    worker, other = make_worker(wide), make_worker(tight)
    taken(worker)
    granted = BudgetToken.objects.filter(project=wide)
    before = sorted(granted.values_list("granted_micros", flat=True))
    assert before == [CHUNK_SHARES * PRICE] * 2
    submitted(other, at=NOON)
    submitted(make_worker(tight), at=NOON + KEPT * 2)

    assert claim(make_worker(tight), at=NOON + KEPT * 4) is not None

    assert sorted(granted.values_list("granted_micros", flat=True)) == before
