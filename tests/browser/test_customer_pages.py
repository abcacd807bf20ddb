"""The customer's pages, each in light and dark, wide and on a phone."""

import pytest
from playwright.sync_api import Page

from projects import drafting
from tests.browser.basalt import Basalt, make_basalt
from tests.browser.looking import Look, check_axe, check_width, every_look
from tests.browser.site import sign_in
from tests.browser.world import World


@pytest.fixture
def basalt(world: World) -> Basalt:
    return make_basalt(world)


def addresses(basalt: Basalt) -> dict[str, str]:
    home = "/o/basalt/projects/"
    pictures, texts = f"{home}{basalt.pictures.public_id}/", f"{home}{basalt.texts.public_id}/"
    return {
        "projects": home,
        "projects-archived": f"{home}?archived=1",
        "new-project": f"{home}new/",
        "project": pictures,
        "project-paused": f"{home}{basalt.paused.public_id}/",
        "project-data": f"{pictures}data/",
        "project-data-imports": f"{texts}data/",
        "import": f"{texts}data/{basalt.found.public_id}/",
        "project-tasks": f"{pictures}tasks/",
        "project-tasks-none": f"{pictures}tasks/?status=error",
        "task": f"{pictures}tasks/{basalt.done.public_id}/",
        "project-batches": f"{pictures}batches/",
        "project-taxonomy": f"{pictures}taxonomy/",
        "project-instructions": f"{pictures}instructions/?diff=1",
        "project-people": f"{texts}people/",
        "project-settings": f"{pictures}settings/",
        "project-audit": f"{pictures}audit/",
        **{f"draft-{step}": f"{home}drafts/{basalt.draft.public_id}/{step}/" for step in drafting.STEPS},
    }


@every_look
def test_customer_pages(page: Page, world: World, basalt: Basalt, look: Look) -> None:
    sign_in(page, world.admin.user)
    for path in addresses(basalt).values():
        response = page.goto(path)

        assert response is not None
        assert response.status == 200, path
        page.wait_for_load_state("networkidle")
        assert page.get_by_role("main").get_by_role("heading", level=1).count() == 1, path
        check_width(page)
        check_axe(page)
