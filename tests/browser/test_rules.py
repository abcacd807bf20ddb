"""An admin's rules: every look at their pages, and making one with its dry run, by the keyboard where it matters."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from automation.minutes import MINUTE, floor
from automation.models import Outcome, PauseRule, RuleFiring, Tally, TallyMark
from projects.models import Project
from tests.automation.steps import beat, make_rule, work
from tests.browser.looking import LOOKS, SETTLED, check_axe, check_width, look_at, open_page
from tests.browser.site import Site, sign_in
from tests.browser.world import World
from tests.factories import make_project

RULES = "/operations/pauses/rules/"


@pytest.fixture
def projects(world: World) -> list[Project]:
    """A week of counts: one project that went wrong twice, one that did not."""
    now = floor(timezone.now())
    found = [make_project(organization=world.organization) for _number in range(2)]
    for bad, project in zip((True, False), found, strict=True):
        batch = project.batches.get(name=None)
        Tally.objects.bulk_create(
            Tally(batch=batch, minute=minute, handed_out=6, reported=reported(minute, now, bad=bad))
            for minute in (now - timedelta(days=7) + 7 * n * MINUTE for n in range(1, 1430))
            if 7 <= minute.hour < 19
        )
    TallyMark.objects.update_or_create(pk=1, defaults={"closed_until": now})
    return found


def reported(minute: datetime, now: datetime, *, bad: bool) -> int:
    """Of six: none or one as a rule; four in two bad hours of two whole days, whatever the clock shows."""
    days = (now - minute) / timedelta(days=1)
    is_bad_hour = bad and (2 < days <= 3 or 5 < days <= 6) and minute.hour in {10, 11}
    return 4 if is_bad_hour else (minute.day + minute.hour + minute.minute // 7) % 9 == 0


def test_rules_pages(browser: Browser, site: Site, world: World, projects: list[Project]) -> None:
    """All looks in one test: making the world takes as long as looking at it."""
    rule = make_rule(projects[0], owner=world.site_admin)
    make_rule(owner=world.site_admin, acts=False, measure="day_budget", threshold_percent=90)
    PauseRule.objects.filter(pk=make_rule(owner=world.site_admin, times_usual=3).pk).update(
        is_on=False, name="A name that goes on " * 9
    )
    at = floor(timezone.now()) - 30 * MINUTE
    RuleFiring.objects.create(rule=rule, project=projects[0], at=at, part=3, whole=4, outcome=Outcome.COOLING)
    own = f"{RULES}{rule.public_id}/"
    for look in LOOKS:
        with open_page(browser, site.url, look) as page:
            sign_in(page, world.site_admin)
            look_at(page, ["/operations/pauses/", RULES, own, f"{RULES}new/", f"{own}change/"])
            page.get_by_label("Threshold, in per cent").fill("40")
            page.get_by_role("button", name="Show").click()
            page.get_by_text(re.compile(r"It would have stopped \d")).wait_for()
            page.wait_for_function(SETTLED)
            check_width(page)
            check_axe(page)
            page.get_by_label("Name").fill("")
            page.get_by_role("button", name="Save the rule").click()
            page.get_by_text("This field is required.").first.wait_for()
            check_axe(page)


def test_an_admin_tries_a_rule_on_past_days_and_makes_it(page: Page, world: World, projects: list[Project]) -> None:
    sign_in(page, world.site_admin)
    page.goto("/operations/pauses/")
    page.get_by_role("link", name="Automatic pauses").click()
    page.get_by_role("link", name="New rule").first.click()
    page.get_by_label("Name").fill("Broken data")
    page.get_by_label("Watches").select_option(label=projects[0].codename)
    page.get_by_label("Threshold, in per cent").fill("30")
    page.get_by_label("Days to look back").fill("7")
    page.get_by_label("For workers").fill("The data is being checked.")
    # Enter in a field shows; it never saves by accident.
    page.get_by_label("Days to look back").press("Enter")
    page.get_by_text(re.compile(r"It would have stopped \d")).wait_for()
    expect(page.get_by_role("img", name=projects[0].codename)).to_be_visible()
    # The page may still be arriving: the table stands below the drawings.
    expect(page.get_by_role("row").nth(1)).to_be_visible()
    assert not PauseRule.objects.exists()

    page.get_by_role("radio", name="Pause", exact=False).check()
    page.get_by_role("button", name="Save the rule").click()

    page.get_by_role("heading", name="Broken data", level=1).wait_for()
    rule = PauseRule.objects.get()
    assert (rule.acts, rule.project, rule.owner) == (True, projects[0], world.site_admin)
    page.get_by_role("button", name="Switch off").click()
    page.get_by_text("is off.").wait_for()
    rule.refresh_from_db()
    assert not rule.is_on


def test_what_a_rule_has_paused_is_an_ordinary_pause(page: Page, world: World) -> None:
    project = make_project(organization=world.organization)
    at = floor(timezone.now()) - 2 * MINUTE
    work(project, reports=2, at=at)
    make_rule(project, owner=world.site_admin)
    beat(at=timezone.now())

    sign_in(page, world.site_admin)
    page.goto("/operations/pauses/")
    page.get_by_role("link", name=project.codename).click()
    page.get_by_role("link", name="Broken data").click()

    page.get_by_role("link", name="the pause").wait_for()
    check_axe(page)
