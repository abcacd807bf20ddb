"""The customer's pages, each in light and dark, wide and on a phone."""

import pytest
from playwright.sync_api import Browser

from projects import drafting
from tests.browser.basalt import Basalt, make_basalt
from tests.browser.looking import LOOKS, look_at, open_page
from tests.browser.site import Site, sign_in
from tests.browser.world import World


@pytest.fixture
def basalt(world: World) -> Basalt:
    return make_basalt(world)


def addresses(basalt: Basalt) -> list[str]:
    home = "/o/basalt/projects/"
    pictures, texts = f"{home}{basalt.pictures.public_id}/", f"{home}{basalt.texts.public_id}/"
    return [
        home,
        f"{home}?archived=1",
        "/o/basalt/order/",
        "/o/basalt/order/reset/",
        "/o/basalt/api/",
        "/o/basalt/api/keys/new/",
        "/api/docs",
        f"{home}new/",
        pictures,
        f"{home}{basalt.paused.public_id}/",
        f"{home}{basalt.paused.public_id}/pause/",
        f"{pictures}data/",
        f"{texts}data/",
        f"{texts}data/{basalt.found.public_id}/",
        f"{pictures}tasks/",
        f"{pictures}tasks/?status=error",
        f"{pictures}tasks/{basalt.done.public_id}/",
        f"{pictures}batches/",
        f"{pictures}taxonomy/",
        f"{pictures}instructions/?diff=1",
        f"{texts}people/",
        f"{texts}people/groups/new/",
        f"{texts}people/groups/{basalt.group.public_id}/",
        f"{texts}people/groups/{basalt.group.public_id}/delete/",
        f"{texts}batches/",
        f"{texts}batches/{basalt.given.public_id}/people/",
        f"{pictures}settings/",
        f"{pictures}audit/",
        "/o/basalt/callbacks/",
        "/o/basalt/callbacks/?state=failed",
        f"/o/basalt/callbacks/{basalt.callback.public_id}/",
        "/o/basalt/callbacks/settings/",
        f"/o/basalt/callbacks/settings/webhooks/{basalt.webhook.public_id}/",
        "/o/basalt/deliveries/",
        "/o/basalt/cost/",
        f"/o/basalt/cost/?project={basalt.pictures.public_id}",
        f"{pictures}figures/",
        f"{texts}figures/",
        f"{pictures}quality/",
        f"{texts}quality/",
        f"{texts}quality/{basalt.known.public_id}/",
        *(f"{home}drafts/{basalt.draft.public_id}/{step}/" for step in drafting.STEPS),
    ]


def test_customer_pages(browser: Browser, site: Site, world: World, basalt: Basalt) -> None:
    """All looks in one test: making the world takes as long as looking at it."""
    for look in LOOKS:
        with open_page(browser, site.url, look) as page:
            sign_in(page, world.admin.user)
            look_at(page, addresses(basalt))
