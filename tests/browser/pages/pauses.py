"""The admin's pages of pauses."""

import re

from playwright.sync_api import Page, expect

from projects.models import Project

POLICIES = {"finish": "Finish", "grace": "Grace", "save_only": "Save only", "recall": "Recall"}


def pause_project(page: Page, project: Project, policy: str, *, text: str) -> None:
    """By the form of the project's row; with a grace, ten minutes."""
    fill_in_pause(page, project, policy, text=text)
    confirm_pause(page, project)


def fill_in_pause(page: Page, project: Project, policy: str, *, text: str) -> None:
    page.goto(f"/operations/pauses/new/project/{project.public_id}/")
    page.get_by_role("radio", name=re.compile(POLICIES[policy])).check()
    if policy == "grace":
        page.get_by_label("Minutes of grace").fill("10")
    page.get_by_label("For workers").fill(text)


def confirm_pause(page: Page, project: Project) -> None:
    # It returns when the pause holds: on a busy machine, with many at work, that takes its time.
    page.get_by_role("button", name=f"Pause {project.codename}").click(timeout=60_000)
    expect(page.get_by_text(f"Paused: {project.codename}.")).to_be_visible()


def resume_project(page: Page, project: Project) -> None:
    page.goto("/operations/pauses/")
    page.get_by_role("button", name=f"Resume {project.codename}").click()
    expect(page.get_by_text(f"Open again: {project.codename}.")).to_be_visible()
