"""What only a browser shows: files that are dropped, a preview that follows, a picture in a text, a verdict."""

import re

from playwright.sync_api import FilePayload, Page, expect

from projects.models import Project, Task
from quality.models import Audit
from tests.browser.basalt import make_basalt, make_pictures, scene
from tests.browser.looking import check_axe
from tests.browser.site import sign_in
from tests.browser.world import World

UPLOADS_MS = 20_000


def picture(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def test_a_project_is_made_and_the_preview_follows(page: Page, world: World) -> None:
    sign_in(page, world.admin.user)
    page.goto("/o/basalt/projects/new/")
    page.get_by_label("Name").fill("Winter capture")
    page.get_by_label("Shapes on pictures").check()
    page.get_by_role("button", name="Go on: Data").click()

    page.locator("#files").set_input_files([picture("a.png", scene(1)), picture("b.txt", b"no picture")])
    expect(page.get_by_text("This project labels pictures; this is a text.")).to_be_visible(timeout=UPLOADS_MS)
    expect(page.get_by_text("1 file is here.")).to_be_visible()
    page.get_by_role("button", name="Go on: Taxonomy").click()
    # Nobody types faster than the page's script begins to listen, but this does.
    expect(page.get_by_role("heading", name="Taxonomy")).to_be_visible()
    page.wait_for_load_state()

    page.get_by_label("Name").fill("Car")
    page.get_by_label("Name").press("Tab")
    expect(page.locator("#workbench").get_by_role("button", name=re.compile("Car"))).to_be_visible()
    expect(page.locator("#saved")).to_contain_text("Draft saved")
    page.get_by_role("button", name="Add a label").click()
    page.get_by_label("Name").last.fill("Lorry")
    page.get_by_label("Name").last.press("Tab")
    expect(page.locator("#workbench").get_by_role("button", name=re.compile("Lorry"))).to_be_visible()
    check_axe(page)
    page.get_by_role("button", name="Go on: Instructions").click()

    page.locator("#picture").set_input_files(picture("good example.png", scene(2)))
    expect(page.get_by_label("Instructions")).to_have_value(
        re.compile(r"!\[good example\]\(file:[0-9a-f]{24}\)"), timeout=UPLOADS_MS
    )
    for following in ("Pipeline and quality", "People and pay", "Check and create"):
        page.get_by_role("button", name=f"Go on: {following}").click()
    page.get_by_role("button", name="Create the project").click()

    expect(page.get_by_role("heading", level=1, name="Winter capture")).to_be_visible()
    project = Project.objects.get()
    assert Task.objects.filter(project=project).count() == 1
    assert project.current_version is not None
    assert project.current_version.params["geometries"]["box"]["objects_to_annotate"] == ["Car", "Lorry"]


def test_files_are_dropped_on_a_project(page: Page, world: World) -> None:
    project = make_pictures(world, world.admin.user)
    sign_in(page, world.admin.user)
    page.goto(f"/o/basalt/projects/{project.public_id}/data/")
    before = Task.objects.count()

    page.locator("#files").set_input_files([picture(f"{number}.png", scene(9 - number)) for number in range(4)])

    expect(page.get_by_text("4 of 4 taken")).to_be_visible(timeout=UPLOADS_MS)
    assert Task.objects.count() == before + 4


def test_an_answer_is_audited_in_the_workbench(page: Page, world: World) -> None:
    basalt = make_basalt(world)
    sign_in(page, world.admin.user)
    page.goto(f"/o/basalt/projects/{basalt.pictures.public_id}/audit/")
    page.get_by_role("button", name="Begin the audit").click()
    expect(page.get_by_text("Car").first).to_be_visible()

    page.get_by_label(re.compile("Accept")).first.check(force=True)
    page.locator("[data-part='submit']").first.click()

    expect(page.get_by_role("heading", name="Samples")).to_be_visible()
    assert Audit.objects.get().verdict == "accepted"
