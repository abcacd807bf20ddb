"""The admin's pages of who may be handed what, light and wide, dark and on a phone."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page

from accounts.models import Organization
from projects.holding import HoldOrder, lift_hold, put_on_hold
from projects.models import HoldReason, Project
from projects.requiring import Requirements, change_requirements
from projects.walling import end_wall, start_wall
from tests.browser.looking import LOOKS, look_at, open_page
from tests.browser.site import Site, sign_in
from tests.browser.world import World
from tests.factories import EnrollmentFactory, OrganizationFactory, make_project
from workers import actions
from workers.models import Skill

LONG = "Many answers came faster than the text can be read; somebody looks at them with you on Thursday. " * 2


@dataclass(frozen=True)
class Set:
    project: Project
    skill: Skill


@pytest.fixture
def conditions(world: World) -> Set:
    """Something of each, in force and over."""
    project = make_project(organization=world.organization, name="Street scenes")
    EnrollmentFactory.create(worker=world.worker, project=project)
    skill = skills(world, project)
    holds(world, project)
    walls(world)
    return Set(project, skill)


def skills(world: World, project: Project) -> Skill:
    """One that they have, one that is retired and was taken back, and one with a name as long as can be."""
    by, at = world.site_admin, timezone.now()
    medical, latin, long = (actions.create_skill(name, by=by, at=at) for name in ("Medical terms", "Latin", "W" * 100))
    actions.grant_skill(world.worker, medical, by=by, at=at)
    actions.grant_skill(world.worker, long, expires_at=at + timedelta(days=30), by=by, at=at)
    actions.revoke_skill(actions.grant_skill(world.worker, latin, by=by, at=at), by=by, at=at)
    actions.retire_skill(latin, by=by, at=at)
    asked = Requirements((medical, long), ("pt-br", "sw"), ("KE", "TZ", "UG"))
    change_requirements(project, asked, by=by, at=at)
    return medical


def holds(world: World, project: Project) -> None:
    by, at = world.site_admin, timezone.now()
    put_on_hold(world.worker, HoldOrder(HoldReason.QUALITY, LONG, project=project), by=by, at=at)
    put_on_hold(world.worker, HoldOrder(HoldReason.IDENTITY, "Send us your papers."), by=by, at=at)
    lift_hold(put_on_hold(world.worker, HoldOrder(HoldReason.RULES, LONG), by=by, at=at), by=by, at=at)


def walls(world: World) -> None:
    OrganizationFactory.create(name="Granite " * 12)
    by, at, members = world.site_admin, timezone.now(), list(Organization.objects.all())
    start_wall("Maps of the world", members, length=timedelta(days=90), by=by, at=at)
    end_wall(start_wall("Maps", members, length=timedelta(days=90), by=by, at=at), by=by, at=at)


def addresses(world: World, conditions: Set) -> list[str]:
    return [
        f"/operations/people/workers/{world.worker.public_id}/",
        f"/operations/people/workers/{world.worker.public_id}/hold/",
        "/operations/people/skills/",
        f"/operations/people/skills/{conditions.skill.public_id}/",
        f"/operations/projects/{conditions.project.public_id}/",
        f"/operations/projects/{conditions.project.public_id}/requirements/",
        f"/o/basalt/projects/{conditions.project.public_id}/settings/",
        "/operations/customers/walls/",
        "/operations/customers/walls/new/",
    ]


def test_condition_pages(browser: Browser, site: Site, world: World, conditions: Set) -> None:
    """All looks in one test: making the world takes as long as looking at it."""
    for look in (LOOKS[0], LOOKS[-1]):
        with open_page(browser, site.url, look) as page:
            sign_in(page, world.site_admin)
            look_at(page, addresses(world, conditions))


def test_an_admin_puts_a_contractor_on_hold_and_lifts_it(page: Page, world: World) -> None:
    project = make_project(organization=world.organization)
    EnrollmentFactory.create(worker=world.worker, project=project)
    sign_in(page, world.site_admin)
    page.goto("/operations/people/?side=work")
    page.get_by_role("link", name=f"Worker {world.worker.pseudonym}").click()
    page.get_by_role("link", name="Put on hold").click()
    page.get_by_label("Where").select_option(label=project.codename)
    page.get_by_label("For the contractor").fill(f"{world.organization.name} complained.")
    page.get_by_role("button", name="Put on hold").click()
    page.get_by_text("This names the customer or the project").first.wait_for()
    page.get_by_label("For the contractor").fill("Too fast to read.")
    page.get_by_role("button", name="Put on hold").click()
    page.get_by_text("On hold. They are told why and until when.").wait_for()
    page.get_by_role("button", name="Lift").click()

    page.get_by_text("Nothing stops them.").wait_for()
