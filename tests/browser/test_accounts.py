"""Accounts as people use them: with keys and a mouse, wide and on a phone."""

import re

from playwright.sync_api import Page, expect

from tests.browser.looking import LOOKS, check_axe, every_look
from tests.browser.site import sign_in
from tests.browser.world import World
from tests.factories import PASSWORD


def give_password(world: World) -> str:
    """The customer's admin gets a password; their address."""
    user = world.admin.user
    user.set_password(PASSWORD)
    user.save()
    return user.email


def fill_sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_sign_in_leads_back_to_the_page_and_out_again(page: Page, world: World) -> None:
    email = give_password(world)
    page.goto("/o/basalt/members/")
    fill_sign_in(page, email, "not the password")
    expect(page.get_by_text("do not belong together")).to_be_visible()
    check_axe(page)

    fill_sign_in(page, email, PASSWORD)

    expect(page.get_by_role("heading", name="Members", level=1)).to_be_visible()
    page.get_by_role("button", name="Runa Lindqvist").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_an_invitation_becomes_an_account(page: Page, world: World) -> None:
    page.goto(f"/invitation/{world.token}/")
    page.get_by_label("Name").fill("Lena Fuchs")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()

    expect(page.get_by_text("Your account is ready.")).to_be_visible()
    expect(page.get_by_role("button", name="Lena Fuchs")).to_be_visible()


def test_inviting_shows_the_link(page: Page, world: World) -> None:
    sign_in(page, world.admin.user)
    page.goto("/o/basalt/members/")
    page.get_by_role("link", name="Invite").click()
    page.get_by_label("E-mail address").fill("mika@basalt.example")
    page.get_by_text("Manager", exact=True).click()
    page.get_by_role("button", name="Send the invitation").click()

    expect(page.get_by_label("The link")).to_have_value(re.compile("/invitation/[A-Za-z0-9_-]{43}/$"))
    expect(page.get_by_role("button", name="Copy the link")).to_be_visible()
    check_axe(page)
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("cell", name="mika@basalt.example", exact=True)).to_be_visible()


def test_the_theme_is_shown_at_once_and_kept(page: Page, world: World) -> None:
    sign_in(page, world.admin.user)
    page.goto("/account/")
    page.get_by_text("Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("status")).to_contain_text("Saved.")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_keys_lead_to_pages_and_to_the_search(page: Page, world: World) -> None:
    sign_in(page, world.site_admin)
    page.goto("/account/")
    page.keyboard.press("g")
    page.keyboard.press("l")
    expect(page).to_have_url(re.compile("/operations/people/$"))

    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("wanjiru g l ?")
    expect(page.get_by_role("searchbox")).to_have_value("wanjiru g l ?")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_a_choice_filters_at_once(page: Page, world: World) -> None:
    sign_in(page, world.site_admin)
    page.goto("/operations/people/")
    page.get_by_label("Side").select_option("work")

    expect(page).to_have_url(re.compile("side=work"))
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("row", name="Wanjiru Kamau")).to_be_visible()


@every_look
def test_menus_open_and_are_accessible(page: Page, world: World) -> None:
    sign_in(page, world.site_admin)
    page.goto("/operations/people/")
    page.get_by_role("button", name="Ada Mensah").click()
    expect(page.get_by_role("link", name="Account")).to_be_visible()
    check_axe(page)


def test_on_a_phone_more_leads_to_the_other_pages(page: Page, world: World) -> None:
    page.set_viewport_size({"width": LOOKS[1].width, "height": LOOKS[1].height})
    sign_in(page, world.site_admin)
    page.goto("/operations/people/")
    page.get_by_role("button", name="More").click()
    page.locator("#more").get_by_role("link", name="Events").click()

    expect(page).to_have_url(re.compile("/operations/events/"))
