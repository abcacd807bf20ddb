"""Every page in light and dark, wide and on a phone."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.cases import CASES, Case
from tests.browser.looking import LOOKS, Look, Watched, check_axe, check_width, open_page
from tests.browser.site import Site, sign_in
from tests.browser.world import World


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_page(browser: Browser, site: Site, world: World, case: Case) -> None:
    """All looks in one test: making the world takes longer than looking at it."""
    for look in LOOKS:
        with open_page(browser, site.url, look) as page:
            look_at(page, case, world, look)


def look_at(page: Page, case: Case, world: World, look: Look) -> None:
    watched = Watched(page)
    if person := world.person(case.who):
        sign_in(page, person)
    response = page.goto(case.address(world))

    assert response is not None
    assert response.status == case.status, look.name
    assert page.get_by_role("heading", level=1).count() == 1, look.name
    assert page.get_by_role("main").count() == 1, look.name
    check_width(page)
    check_axe(page)
    watched.check()
