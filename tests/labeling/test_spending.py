from dataclasses import replace
from datetime import date, timedelta

import pytest

from labeling.claiming import Nothing, claim, reserve
from labeling.expiring import expire_assignments
from labeling.models import Assignment
from labeling.pipeline import first_step
from labeling.returning import release
from labeling.spending import CHUNK_SHARES, KEPT, spare_micros
from labeling.submitting import submit
from projects.creating import Terms, write_version
from projects.models import BudgetPool, BudgetToken, EnrollmentRole, Project
from tests.factories import CAT, CATEGORIES, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import REJECTED, judged, make_reviewer, submitted, taken
from tests.proof.invariants import check_caps

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)
PRICE = 1_000_000


def capped(tasks: int = 3, *, count: int = 5, **terms) -> Project:
    """A project whose cap pays for so many tasks, with more of them on offer."""
    project = make_project(price_micros=PRICE, total_cap_micros=tasks * PRICE, **terms)
    make_tasks(project, count)
    return project


def spent(project: Project) -> int:
    check_caps()
    cap = BudgetPool.objects.get(project=project, day=None).cap_micros
    return cap - spare_micros(project.pk, day=None, cap_micros=cap)


def test_claim_draws_the_task_s_share_of_the_price():
    project = capped(places=3)

    assignment = taken(make_worker(project))

    assert (assignment.share_micros, spent(project)) == (333_334, 333_334)


def test_claim_without_a_price_draws_nothing():
    project = make_project(total_cap_micros=1)
    make_tasks(project)

    assert taken(make_worker(project)).share_micros == 0
    assert BudgetToken.objects.count() == 0


def test_what_was_spent_before_there_was_a_cap_counts():
    project = make_project(price_micros=PRICE)
    make_tasks(project, 3)
    submitted(make_worker(project))
    for number, tasks in ((1, 1), (2, 2)):
        cap = Terms(params=CATEGORIES, price_micros=PRICE, total_cap_micros=tasks * PRICE)
        write_version(project, cap, number=number, by=None, at=NOON)
        found = [claim(make_worker(project), at=NOON + number * KEPT) for _n in range(2)]
        assert [isinstance(one, Assignment) for one in found] == [tasks == 2, False]
    assert spent(project) == 2 * PRICE


def test_claims_end_at_the_cap():
    project = capped(3)

    got = [claim(make_worker(project), at=NOON) for _n in range(5)]

    assert [isinstance(one, Assignment) for one in got] == [True, True, True, False, False]
    assert got[3:] == [Nothing.EMPTY, Nothing.EMPTY]
    assert spent(project) == 3 * PRICE


def test_a_reservation_draws_its_share_too():
    project = capped(1)
    worker = make_worker(project)
    taken(worker)

    assert reserve(worker, at=NOON) is Nothing.EMPTY


@pytest.mark.parametrize("how", ["release", "expire"])
def test_what_ends_without_an_answer_gives_its_share_back(how):
    project = capped(1)
    assignment = taken(make_worker(project))

    release(assignment, at=NOON) if how == "release" else expire_assignments(at=LATER)

    assert spent(project) == 0
    assert isinstance(claim(make_worker(project), at=LATER), Assignment)


def test_the_cap_of_a_day_begins_anew_at_the_organization_s_midnight():
    project = make_project(price_micros=PRICE, day_cap_micros=PRICE)
    project.organization.time_zone = "Africa/Nairobi"
    project.organization.save()
    make_tasks(project, 3)
    submitted(make_worker(project))

    assert claim(make_worker(project), at=NOON + timedelta(hours=8)) is Nothing.EMPTY
    assert isinstance(claim(make_worker(project), at=NOON + timedelta(hours=9)), Assignment)
    days = BudgetPool.objects.exclude(day=None).order_by("day").values_list("day", "granted_micros")
    assert list(days) == [(date(2026, 11, 23), PRICE), (date(2026, 11, 24), PRICE)]


def test_tokens_are_filled_in_chunks_and_taken_back_when_others_need_them():
    project = capped(40, count=60)
    first, second = make_worker(project), make_worker(project)
    taken(first)
    assert BudgetToken.objects.get(worker=first, day=None).granted_micros == CHUNK_SHARES * PRICE

    while isinstance(found := claim(second, at=NOON + KEPT), Assignment):
        submit(found, response=CAT, key=f"key-{found.pk:08d}", at=NOON)

    assert spent(project) == 40 * PRICE
    assert BudgetToken.objects.get(worker=first, day=None).granted_micros == PRICE


def test_what_a_token_was_granted_a_moment_ago_is_not_taken_from_it():
    project = capped(2)
    first, second, third = (make_worker(project) for _n in range(3))
    for worker in (first, second):
        release(taken(worker), at=NOON)

    assert claim(third, at=NOON) is Nothing.BUSY
    assert isinstance(claim(third, at=NOON + KEPT), Assignment)
    assert isinstance(claim(first, at=NOON), Assignment)
    assert claim(second, at=NOON + KEPT) is Nothing.EMPTY


def test_work_elsewhere_is_handed_out_while_a_cap_is_contested():
    contested, other = capped(1), make_project()
    release(taken(make_worker(contested)), at=NOON)
    make_tasks(other)

    assert taken(make_worker(contested, other)).work_item.task.project == other


def test_a_lowered_cap_stops_what_was_not_handed_out_yet():
    project = capped(30, count=30)
    worker = make_worker(project)
    submitted(worker)
    write_version(project, Terms(params=CATEGORIES, price_micros=PRICE, total_cap_micros=0), number=1, by=None, at=NOON)
    make_tasks(project)

    assert claim(worker, at=NOON) is Nothing.EMPTY  # with a token that was granted more
    assert BudgetToken.objects.get(day=None).granted_micros == PRICE
    check_caps()


def test_a_reached_cap_leaves_other_projects_and_reviews_open():
    reached, other = capped(1, reviews=1), make_project()
    make_tasks(other)
    submitted(make_worker(reached))
    both = make_worker(reached, role=EnrollmentRole.BOTH)

    assert taken(make_worker(reached, other)).work_item.task.project == other
    assert taken(both).work_item.kind == "review"


def test_a_redo_costs_nothing_more_and_is_open_at_the_cap():
    project = capped(1, reviews=1)
    author = make_worker(project)
    submitted(author)
    judged(make_reviewer(project), REJECTED)

    redo = taken(author)

    assert (redo.work_item.round, redo.share_micros, spent(project)) == (2, 0, PRICE)


def test_late_work_counts_while_the_cap_pays_for_it():
    project = capped(1)
    late = taken(make_worker(project))
    expire_assignments(at=LATER)

    receipt = submit(late, response=CAT, key="key-00000", at=LATER)

    assert (receipt["counted"], spent(project)) == (True, PRICE)


def test_late_work_is_kept_uncounted_when_its_share_went_to_others():
    project = capped(1)
    late = taken(make_worker(project))
    expire_assignments(at=LATER)
    other = taken(make_worker(project), at=LATER)
    assert other.work_item != late.work_item

    receipt = submit(late, response=CAT, key="key-00000", at=LATER)

    assert (receipt["counted"], receipt["state"], spent(project)) == (False, "kept", PRICE)


def test_both_pools_are_drawn_on_whichever_is_capped():
    project = make_project(price_micros=PRICE, day_cap_micros=9 * PRICE)
    make_tasks(project)
    early = taken(make_worker(project))
    used = BudgetToken.objects.order_by("day").values_list("used_micros", flat=True)
    assert list(used.all()) == [PRICE, PRICE]
    both = Terms(params=CATEGORIES, price_micros=PRICE, day_cap_micros=9 * PRICE, total_cap_micros=9 * PRICE)
    write_version(project, both, number=1, by=None, at=NOON)

    release(early, at=NOON)

    assert list(used.all()) == [0, 0]
    check_caps()


def test_a_raised_cap_lets_the_begun_tasks_of_a_former_version_go_on():
    project = capped(1, count=1, places=2)
    first, second = make_worker(project), make_worker(project)
    submitted(first)
    terms = Terms(params=CATEGORIES, price_micros=PRICE, total_cap_micros=PRICE // 2, pipeline=[first_step(2)])
    write_version(project, terms, number=1, by=None, at=NOON)
    assert claim(second, at=NOON + KEPT) is Nothing.EMPTY

    write_version(project, replace(terms, total_cap_micros=PRICE), number=2, by=None, at=NOON)

    assert taken(second).work_item.task.version.number == 0


def test_a_task_that_costs_too_much_does_not_stop_the_cheaper_ones_behind_it():
    project = make_project(price_micros=3 * PRICE, total_cap_micros=2 * PRICE)
    make_tasks(project)
    cheaper = Terms(params=CATEGORIES, price_micros=PRICE, total_cap_micros=2 * PRICE)
    write_version(project, cheaper, number=1, by=None, at=NOON)
    project.refresh_from_db()
    make_tasks(project, 3)

    got = [claim(make_worker(project), at=NOON) for _n in range(3)]

    assert [isinstance(one, Assignment) for one in got] == [True, True, False]
    assert spent(project) == 2 * PRICE
