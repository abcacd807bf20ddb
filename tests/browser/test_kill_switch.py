"""The kill switch of a customer in real Chromium: the act with its proof, and each state of its page in all looks."""

import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page

from accounts.models import User, is_cut_off
from labeling import kill_switch
from tests.browser.looking import LOOKS, Watched, check_axe, check_width, look_at, open_page
from tests.browser.site import Site, sign_in
from tests.browser.world import World
from tests.factories import PASSWORD, OrganizationFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import taken

# Where somebody who wants to look at the pages has them put.
PICTURES = os.environ.get("PLUMBLINE_PICTURES", "")


@pytest.fixture
def path(world: World) -> str:
    project = make_project(organization=world.organization, name="Street scenes")
    make_tasks(project, 8)
    taken(make_worker(project))
    world.site_admin.set_password(PASSWORD)
    world.site_admin.save()
    return f"/operations/customers/{world.organization.public_id}/kill-switch/"


def prove(page: Page, path: str) -> None:
    page.goto(path)
    page.get_by_role("link", name="Prove that it is you").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="Kill switch of").wait_for()


def test_an_admin_cuts_a_customer_off_and_lets_them_in_again(page: Page, world: World, path: str) -> None:
    name = world.organization.name
    sign_in(page, world.site_admin)
    page.goto("/operations/customers/")
    page.get_by_role("link", name=f"Kill switch of {name}").click()
    page.wait_for_url(f"**{path}")
    prove(page, path)

    page.get_by_label("Reason").fill("A court order.")
    page.get_by_label("The customer's name").fill("Basalt")
    page.get_by_role("button", name="Cut this customer off").click()
    page.get_by_text("This is not the name of this customer.").first.wait_for()
    assert not is_cut_off(world.organization.pk)
    page.get_by_label("The customer's name").fill(name)
    page.get_by_role("button", name="Cut this customer off").click()
    page.get_by_text("This customer is cut off").wait_for()
    assert is_cut_off(world.organization.pk)

    page.get_by_label("Reason").fill("It was set aside.")
    page.get_by_label("The customer's name").fill(name)
    page.get_by_role("button", name="Let this customer in again").click()
    page.get_by_text(f"{name} is let in again.").wait_for()
    assert not is_cut_off(world.organization.pk)


@pytest.mark.slow(reason="four states in each of four looks")
def test_each_state_of_its_page(browser: Browser, site: Site, world: World, path: str) -> None:
    other = OrganizationFactory.create(name="x" * 100)
    over = kill_switch.throw(world.organization, reason="A trial. " * 20, by=world.site_admin, at=timezone.now())
    kill_switch.lift(over, reason="Over.", by=world.site_admin, at=timezone.now())
    asked_for = f"/operations/customers/{other.public_id}/kill-switch/"
    kill_switch.ask(other, reason="w" * 300, by=world.site_admin, at=timezone.now())
    for look in LOOKS:
        with open_page(browser, site.url, look) as page:
            sign_in(page, world.site_admin)
            look_at(page, [path])
            picture(page, "unproved", look.name)
            prove(page, path)
            look_at(page, [path, asked_for])
            page.goto(path)
            picture(page, "before", look.name)
            page.goto(asked_for)
            picture(page, "asked", look.name)


def test_a_customer_who_is_cut_off(browser: Browser, site: Site, world: World, path: str) -> None:
    kill_switch.throw(world.organization, reason="A court order.", by=world.site_admin, at=timezone.now())
    for look in LOOKS:
        with open_page(browser, site.url, look) as page:
            sign_in(page, world.site_admin)
            prove(page, path)
            look_at(page, [path, "/operations/customers/", "/operations/pauses/", "/o/basalt/projects/"])
            for number, address in enumerate((path, "/operations/customers/", "/operations/pauses/")):
                page.goto(address)
                picture(page, f"thrown-{number}", look.name)
        with open_page(browser, site.url, look) as page:
            look_at_closed(page, world.admin.user)
            picture(page, "member", look.name)


def look_at_closed(page: Page, member: User) -> None:
    watched = Watched(page)
    sign_in(page, member)
    answer = page.goto("/o/basalt/projects/")
    assert answer is not None
    assert answer.status == 403
    page.get_by_role("heading", name="This account is cut off", level=1).wait_for()
    check_width(page)
    check_axe(page)
    watched.check()


def picture(page: Page, name: str, look: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}-{look}.png", full_page=True)
