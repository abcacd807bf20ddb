"""The admin's console wide in light and on a phone in the dark; a transfer from its row to the other worker's bench."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from labeling.claiming import claim
from labeling.drafting import save_draft
from labeling.models import Assignment
from projects.models import EnrollmentRole
from tests.browser.looking import LOOKS, look_at, open_page
from tests.browser.site import Site, sign_in
from tests.browser.world import World
from tests.factories import CAT, EnrollmentFactory, make_project, make_tasks, make_worker


@pytest.fixture
def held(world: World) -> Assignment:
    """The contractor's task with a draft, and one that is overdue."""
    project = make_project(organization=world.organization, reviews=1)
    make_tasks(project, 3)
    EnrollmentFactory.create(worker=world.worker, project=project, role=EnrollmentRole.BOTH)
    claim(make_worker(project), at=timezone.now() - timedelta(hours=1))
    found = claim(world.worker, at=timezone.now())
    assert isinstance(found, Assignment)
    save_draft(found, revision=0, document=CAT, at=timezone.now())
    return found


def test_the_console_s_pages(browser: Browser, site: Site, world: World, held: Assignment) -> None:
    why = f"/operations/assignments/why/?worker={world.worker.pseudonym}&task={held.work_item.task.public_id}"
    pages = ["/operations/assignments/", f"/operations/assignments/{held.public_id}/", why]
    for look in (LOOKS[0], LOOKS[-1]):
        with open_page(browser, site.url, look) as page:
            sign_in(page, world.site_admin)
            look_at(page, pages)


def test_an_admin_transfers_a_task_from_its_row(page: Page, world: World, held: Assignment) -> None:
    other = make_worker(held.work_item.task.project)
    sign_in(page, world.site_admin)
    page.goto("/operations/assignments/")

    page.get_by_role("link", name=f"Decide about what {world.worker.pseudonym} has in hand").click()
    page.get_by_label("To", exact=True).fill(other.pseudonym)
    page.get_by_role("region", name="Transfer with the draft").get_by_label("Why").fill("They are ill.")
    page.get_by_role("button", name="Transfer").click()

    expect(page.get_by_text(f"Worker {other.pseudonym} has it now, with the draft.")).to_be_visible()
    expect(page.get_by_role("link", name=f"Decide about what {other.pseudonym} has in hand")).to_be_visible()
