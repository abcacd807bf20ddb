"""The customer's pages of a project: making one, sending data, taking exports home."""

import re
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect

from projects.models import Project

EXPORTED_S = 30


def create_boxes_project(page: Page, slug: str, *, name: str, labels: Sequence[str], rate: str) -> Project:
    """By the wizard, with its usual pipeline: one person for each task, one review of each answer."""
    page.goto(f"/o/{slug}/projects/")
    page.get_by_role("link", name="New project").first.click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Shapes on pictures").check()
    go_on(page, "Data")
    go_on(page, "Taxonomy")
    for number, label in enumerate(labels):
        if number:
            page.get_by_role("button", name="Add a label").click()
            expect(page.get_by_label("Name")).to_have_count(number + 1)
        page.get_by_label("Name").last.fill(label)
    go_on(page, "Instructions")
    page.get_by_label("Instructions").fill("Draw a box around every thing that has a label.")
    go_on(page, "Pipeline and quality")
    go_on(page, "People and pay")
    page.get_by_label("Pay for an accepted answer").fill(rate)
    go_on(page, "Check and create")
    page.get_by_role("button", name="Create the project").click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    return Project.objects.get(name=name)


def go_on(page: Page, to: str) -> None:
    page.get_by_role("button", name=f"Go on: {to}").click()
    expect(
        page.get_by_role("heading", level=2, name=to).or_(page.get_by_role("heading", level=1, name=to))
    ).to_be_visible()


def upload(page: Page, project: Project, files: Sequence[FilePayload | Path]) -> None:
    """By the page's chooser, which sends them in pieces; returns when the page says that all are taken."""
    page.goto(f"/o/{project.organization.slug}/projects/{project.public_id}/data/")
    page.get_by_label("Drop files here, or choose them").set_input_files(list(files))  # type: ignore[arg-type]  # one kind in a call
    said = page.get_by_role("status").filter(has_text=f"{len(files)} of {len(files)} taken")
    expect(said).to_be_visible(timeout=30_000)


def export(page: Page, project: Project, kind: str) -> bytes:
    """The file of a new export: a job of the worker's, then a download."""
    page.goto(f"/o/{project.organization.slug}/projects/{project.public_id}/exports/")
    done = page.get_by_role("link", name="Get the result")
    before = done.count()
    page.get_by_label(re.compile(kind)).check()
    page.get_by_role("button", name="Export").click()
    expect(done).to_have_count(before + 1, timeout=EXPORTED_S * 1000)
    with page.expect_download() as started:
        done.first.click()
    return Path(started.value.path()).read_bytes()
