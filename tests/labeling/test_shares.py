"""Whose tokens a share is taken from and goes back to: nobody else's, of no other project, of no other day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.claiming import claim
from labeling.expiring import expire_assignments
from labeling.models import Assignment
from labeling.returning import release
from labeling.spending import CHUNK_SHARES, KEPT, Draw, Grant, cheaper_versions, grant, spare_micros
from labeling.submitting import submit
from labeling.transferring import transfer
from projects.models import BudgetPool, BudgetToken, Project
from tests.factories import CAT, NOON, UserFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import new_key, submitted, taken
from workers.models import Worker

pytestmark = pytest.mark.django_db

PRICE = 1_000_000
YESTERDAY = NOON - timedelta(days=1)
LATER = NOON + timedelta(hours=5)
Shares = dict[int, tuple[int, date | None]]
Used = dict[tuple[Worker, Project, date | None], int]


def priced(*, tasks: int = 6, **terms) -> Project:
    project = make_project(price_micros=PRICE, **terms)
    make_tasks(project, tasks)
    return project


def used() -> Used:
    tokens = BudgetToken.objects.select_related("worker", "project")
    return {(one.worker, one.project, one.day): one.used_micros for one in tokens}


def shares() -> Shares:
    """What each assignment holds, and of which day."""
    return {pk: (share, day) for pk, share, day in Assignment.objects.values_list("pk", "share_micros", "share_day")}


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
    before, held_before = used(), shares()

    held = taken(worker, project=here)
    during, held_during = used(), shares()
    release(held, at=NOON)

    assert changes(before, during) == own
    assert held_during == {**held_before, held.pk: (PRICE, NOON.date())}
    assert used() == before
    assert shares() == {**held_before, held.pk: (0, NOON.date())}


def test_late_work_takes_a_share_for_itself_alone(busy):
    worker, here = busy
    before, held_before = used(), shares()
    late = taken(worker, project=here)
    expire_assignments(at=LATER)

    assert submit(late, response=CAT, key=new_key(), at=LATER)["counted"] is True

    assert changes(before, used()) == {(worker, here, NOON.date()): PRICE, (worker, here, None): PRICE}
    assert shares() == {**held_before, late.pk: (PRICE, NOON.date())}


def test_a_transfer_moves_the_share_between_the_two_alone(busy):
    worker, here = busy
    to, admin = make_worker(here), UserFactory.create(is_site_admin=True)
    held = taken(worker, project=here)
    before, held_before = used(), shares()

    made = transfer(held, to=to, by=admin, text="They asked for it.", at=NOON).assignment

    days = (NOON.date(), None)
    assert changes(before, used()) == {
        **{(worker, here, day): -PRICE for day in days},
        **{(to, here, day): PRICE for day in days},
    }
    assert shares() == {**held_before, held.pk: (0, NOON.date()), made.pk: (PRICE, NOON.date())}


def test_a_transfer_locks_the_tokens_of_the_two_alone_in_the_one_order(busy):
    worker, here = busy
    to, admin = make_worker(here), UserFactory.create(is_site_admin=True)
    submitted(to, at=NOON)
    held = taken(worker, project=here)

    with CaptureQueriesContext(connection) as captured:
        transfer(held, to=to, by=admin, text="They asked for it.", at=NOON)

    statements = [query["sql"] for query in captured.captured_queries]
    first = next(sql for sql in statements if sql.startswith('SELECT "projects_budgettoken"'))
    assert ("FOR NO KEY UPDATE" in first) == (connection.vendor == "postgresql")
    assert [(one.worker, one.project, one.day) for one in BudgetToken.objects.raw(first)] == [
        (worker, here, YESTERDAY.date()),
        (worker, here, NOON.date()),
        (worker, here, None),
        (to, here, NOON.date()),
        (to, here, None),
    ]


def test_what_a_cap_still_allows_is_what_its_own_project_has_not_spent(busy):
    _worker, here = busy

    assert spare_micros(here.pk, day=NOON.date(), cap_micros=9 * PRICE) == 7 * PRICE
    assert spare_micros(here.pk, day=None, cap_micros=9 * PRICE) == 6 * PRICE


def test_the_cheaper_versions_are_those_of_the_project():
    here, _there = priced(), priced()

    assert cheaper_versions(here.pk, PRICE + 1) == (here.current_version_id,)
    assert cheaper_versions(here.pk, PRICE) == ()


def granted(project: Project) -> list[int]:
    """Of each worker's token of all days, in the order of the workers, and of their pool."""
    tokens = BudgetToken.objects.filter(project=project).order_by("worker").values_list("granted_micros", flat=True)
    return [*tokens, BudgetPool.objects.get(project=project).granted_micros]


def test_who_is_short_of_a_share_takes_what_others_have_not_used_and_keeps_their_own_rest():
    project = make_project()
    worker, other = make_worker(project), make_worker(project)
    small = Draw(project.pk, None, cap_micros=25, share_micros=10)
    for one in (worker, other):
        assert grant(one, [small], at=NOON) is Grant.FILLED
    assert granted(project) == [10, 10, 20]

    assert grant(worker, [replace(small, share_micros=20)], at=NOON + KEPT) is Grant.FILLED

    assert granted(project) == [20, 0, 20]


def test_a_rest_of_one_s_own_is_nothing_to_wait_for():
    project = make_project()
    worker = make_worker(project)
    small = Draw(project.pk, None, cap_micros=15, share_micros=10)
    assert grant(worker, [small], at=NOON) is Grant.FILLED

    assert grant(worker, [replace(small, share_micros=20)], at=NOON + KEPT) is Grant.CAPPED

    assert granted(project) == [10, 10]


def test_at_the_cap_of_one_project_what_was_granted_for_another_stays():
    tight, wide = priced(total_cap_micros=2 * PRICE), priced(total_cap_micros=1000 * PRICE)
    worker, other = make_worker(wide), make_worker(tight)
    taken(worker)
    of_wide = BudgetToken.objects.filter(project=wide)
    before = sorted(of_wide.values_list("granted_micros", flat=True))
    assert before == [CHUNK_SHARES * PRICE] * 2
    submitted(other, at=NOON)
    submitted(make_worker(tight), at=NOON + KEPT * 2)

    assert claim(make_worker(tight), at=NOON + KEPT * 4) is not None

    assert sorted(of_wide.values_list("granted_micros", flat=True)) == before
