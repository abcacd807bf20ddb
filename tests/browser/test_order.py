"""The order of batches, by dragging and by keys."""

from playwright.sync_api import Locator, Page, expect

from accounts.models import Mode
from projects import order_keys
from tests.browser.looking import check_axe
from tests.browser.site import sign_in
from tests.browser.world import World
from tests.factories import make_project


def ids(world: World) -> list[str]:
    return list(order_keys.all_of(world.organization.pk, Mode.LIVE).values_list("public_id", flat=True))


def grip(page: Page, public_id: str) -> Locator:
    return page.locator(f"#batch-{public_id} [data-part=grip]")


def drag(page: Page, public_id: str, onto: str) -> None:
    from_box, to_box = grip(page, public_id).bounding_box(), page.locator(f"#batch-{onto}").bounding_box()
    assert from_box is not None
    assert to_box is not None
    page.mouse.move(from_box["x"] + 5, from_box["y"] + 5)
    page.mouse.down()
    page.mouse.move(to_box["x"] + 50, to_box["y"] + 2, steps=8)


def test_batches_are_put_in_order(page: Page, world: World) -> None:
    for name in ("Alpha", "Beta", "Gamma"):
        make_project(organization=world.organization, name=name)
    first, second, third = ids(world)
    sign_in(page, world.admin.user)
    page.goto("/o/basalt/order/")
    said = page.locator("#order-said")

    drag(page, third, onto=first)
    page.mouse.up()
    expect(said).to_have_text("Standing batch (Gamma) is number 1 of 3 now.")
    drag(page, first, onto=third)
    page.keyboard.press("Escape")
    page.mouse.up()

    down = page.get_by_role("button", name="Move Standing batch of Gamma down")
    down.focus()
    with page.expect_response("**/move/"):
        down.press("Enter")
    expect(said).to_have_text("Standing batch (Gamma) is number 2 of 3 now.")
    expect(down).to_be_focused()
    with page.expect_response("**/move/"):
        page.get_by_role("button", name="Move Standing batch of Beta to the top").press("Enter")
    page.get_by_role("button", name="Move Standing batch of Beta up").press("Enter")
    expect(said).to_have_text("Standing batch (Beta) stays number 1 of 3.")
    check_axe(page)
    assert ids(world) == [second, first, third]

    page.route("**/move/", lambda route: route.fulfill(status=409))
    page.get_by_role("button", name="Move Standing batch of Gamma up").press("Enter")
    expect(said).to_contain_text("could not be moved: it is number 3 of 3")
    expect(page.locator("[data-part=place]")).to_have_text(["1", "2", "3"])
    assert ids(world) == [second, first, third]
