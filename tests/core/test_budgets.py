import pytest

from tests.browser.cases import CASES, Case
from tests.browser.world import grow, make_world
from tests.budgets import check_budget

pytestmark = pytest.mark.django_db
SIGNED_IN = [case for case in CASES if case.who != "nobody"]


@pytest.mark.parametrize("case", SIGNED_IN, ids=lambda case: case.name)
def test_a_page_needs_as_many_queries_for_many_rows_as_for_few(client, case: Case):
    world = make_world()
    client.force_login(world.person(case.who), backend="accounts.backends.EmailBackend")

    check_budget(client, case.name, case.address(world), lambda: grow(world))
