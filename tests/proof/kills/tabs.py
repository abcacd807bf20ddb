"""A contractor in a real Chromium, who draws boxes and hands them in, whatever happens to the browser."""

import json
import os
import random
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.db import connection
from playwright.sync_api import BrowserContext, Error, Page, Playwright, sync_playwright

from labeling.models import Assignment, Draft, Submission
from tests import machine
from tests.browser.looking import ARGUMENTS
from tests.proof.kills.diary import Attempt, Diary, Heard
from tests.proof.kills.people import TOKEN

# Playwright's event loop lives in the thread of a tab, which also asks the database; nothing runs at once there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# The diary hears of a request before it leaves, and of its answer as soon as it came.
LISTEN = """(() => {
  const real = window.fetch
  window.fetch = async (url, init) => {
    const found = /assignments\\/([0-9a-f]{24})\\/(submit|amend)$/.exec(String(url))
    if (!found) return real(url, init)
    await window.noteAttempt(found[1], found[2], init.body)
    const answer = await real(url, init)
    await window.noteHeard(found[1], found[2], answer.status, await answer.clone().text())
    return answer
  }
})()"""
STATE = """() => {
  const session = window.__workbench?.session
  if (!session) return null
  const screen = session.screen.get()
  const task = screen.at === 'task' ? screen.task : null
  return {
    at: screen.at,
    id: task ? task.payload.id : '',
    boxes: task ? task.response.annotations.length : 0,
    busy: task ? task.state.get().submitting !== 'no' : false,
    stopped: task ? task.stop !== null : false,
    over: task ? task.state.get().over : null,
    conflict: task?.keeper?.conflict.get() ? true : false,
    confirmed: task ? task.payload.status === 'active' : false,
    online: session.api.connection.get().online,
    stage: document.querySelector('img.stage-picture')?.complete ?? false,
  }
}"""
KEPT = """(id) => new Promise((resolve) => {
  const owner = document.getElementById('workbench')?.dataset.owner
  const opening = indexedDB.open(`plumbline-${owner}`)
  opening.onerror = () => resolve(0)
  opening.onsuccess = () => {
    const asked = opening.result.transaction('drafts').objectStore('drafts').get(id)
    asked.onsuccess = () => resolve(asked.result ? asked.result.document.annotations.length : 0)
    asked.onerror = () => resolve(0)
  }
})"""
SHORT_MS = 8000
OPEN_S = 90.0


class Tab:
    """One person's browser window with its own profile, which outlives the window."""

    def __init__(self, name: str, url: str, session: str, profile: Path, diary: Diary, chance: random.Random) -> None:
        self.name, self.url, self.session, self.profile = name, url, session, profile
        self.diary, self.chance = diary, chance
        self.killed_at: float | None = None
        self.working_on = ""
        self.faults: list[str] = []
        self.context: BrowserContext | None = None
        self.page: Page | None = None
        self.crashed = False

    def note_killed(self) -> None:
        self.killed_at = self.killed_at or time.monotonic()

    def work(self, stop: threading.Event) -> None:
        """Until told to stop; then what is in hand is handed in or kept."""
        with sync_playwright() as playwright:
            while not stop.is_set():
                self.work_until_it_breaks(playwright, stop)
            self.close()

    def work_until_it_breaks(self, playwright: Playwright, stop: threading.Event) -> None:
        try:
            page = self.open(playwright, stop)
            if page is None:
                return
            self.look_for_what_was_drawn(page)
            while not stop.is_set() and not self.crashed:
                self.step(page, stop)
        except Error as error:
            if self.killed_at is None and not self.crashed:
                self.faults.append(str(error).splitlines()[0])
            self.close()

    def open(self, playwright: Playwright, stop: threading.Event) -> Page | None:
        """The workbench in the same profile; None when the story ends before it opens."""
        self.crashed = False
        self.kill_rest()
        self.context = playwright.chromium.launch_persistent_context(
            str(self.profile),
            executable_path=machine.chromium(),
            args=[argument for argument in ARGUMENTS if argument != "--headless"],
            headless=True,
            base_url=self.url,
            viewport={"width": 1200, "height": 800},
        )
        cookies = {"sessionid": self.session, "csrftoken": TOKEN}
        self.context.add_cookies(
            [{"name": name, "value": value, "domain": "localhost", "path": "/"} for name, value in cookies.items()]
        )
        self.context.expose_function("noteAttempt", self.note_attempt)
        self.context.expose_function("noteHeard", self.note_heard)
        self.context.add_init_script(LISTEN)
        page = self.page = self.context.new_page()
        page.set_default_timeout(SHORT_MS)
        page.on("crash", self.note_crash)
        return page if self.reach(page, stop) else None

    def kill_rest(self) -> None:
        """What a killed browser left behind would keep the profile to itself."""
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if f"--user-data-dir={self.profile}" in (folder / "cmdline").read_text(errors="replace"):
                    os.kill(int(folder.name), signal.SIGKILL)

    def reach(self, page: Page, stop: threading.Event) -> bool:
        """The site may be away: again and again."""
        until = time.monotonic() + OPEN_S
        while not stop.is_set() and time.monotonic() < until:
            with suppress(Error):
                page.goto("/my/work/")
                page.wait_for_function(f"() => {{ const s = ({STATE})(); return s && s.at !== 'loading' }}")
                return True
            if self.crashed or page.is_closed():
                break
            stop.wait(0.5)
        return False

    def note_crash(self, _page: Page) -> None:
        self.crashed = True

    def note_attempt(self, assignment: str, verb: str, body: str) -> None:
        self.diary.note_attempt(Attempt(assignment, verb, json.loads(body)))

    def note_heard(self, assignment: str, verb: str, status: int, text: str) -> None:
        body = json.loads(text) if text.startswith("{") else {}
        self.diary.note_heard(Heard(assignment, verb, status, body))

    def look_for_what_was_drawn(self, page: Page) -> None:
        """After a kill: how much of the picture in hand is still there."""
        killed_at, self.killed_at = self.killed_at, None
        if killed_at is None or not self.working_on:
            return
        state = self.state(page)
        there = state["boxes"] if state["id"] == self.working_on else self.kept_elsewhere(page)
        self.diary.note_reopened(self.name, self.working_on, killed_at=killed_at, count=there)

    def kept_elsewhere(self, page: Page) -> int:
        """Another task is shown: this one was handed in, or taken back, and waits in this browser or on the server."""
        return max(int(page.evaluate(KEPT, self.working_on)), on_server(self.working_on))

    def state(self, page: Page) -> dict[str, Any]:
        found = page.evaluate(STATE)
        return found or {"at": "loading", "id": "", "boxes": 0}

    def step(self, page: Page, stop: threading.Event) -> None:
        """One stroke, or handing in, or waiting for what comes next."""
        state = self.state(page)
        if state["at"] in {"empty", "gone"}:
            self.wait(page, 1.0)
            self.reach(page, stop)
        elif state["at"] != "task" or state["busy"] or not state["stage"]:
            self.wait(page, 0.2)
        elif state["conflict"]:
            self.diary.conflicts.append(state["id"])
            page.evaluate("() => window.__workbench.session.task.keeper.keepMine()")
        elif state["over"] or state["stopped"]:
            self.wait(page, 0.5)
            if state["over"]:
                self.reach(page, stop)
        elif state["boxes"] >= 4 and state["confirmed"]:
            self.hand_in(page, state["id"])
        else:
            self.draw(page, state)

    def wait(self, page: Page, seconds: float) -> None:
        """As a person does; what the page says meanwhile is heard."""
        with suppress(Error):
            page.wait_for_function("() => false", timeout=seconds * 1000)

    def draw(self, page: Page, state: dict[str, Any]) -> None:
        box = page.locator(".stage-host").bounding_box()
        if box is None:
            return
        page.locator(".stage-host").focus()
        for key in ("b", "1"):
            page.keyboard.press(key)
        # Beside each other, so that none is begun on another one's edge.
        left = box["x"] + box["width"] * (0.25 + 0.13 * state["boxes"])
        top = box["y"] + box["height"] * self.chance.uniform(0.35, 0.5)
        page.mouse.move(left, top)
        page.mouse.down()
        page.mouse.move(left + 20, top + 15)
        page.mouse.move(left + 60, top + 45)
        page.mouse.up()
        after = self.state(page)
        if after["id"] == state["id"] and after["boxes"] > state["boxes"]:
            self.working_on = state["id"]
            self.diary.note_stroke(state["id"], after["boxes"])
        self.wait(page, self.chance.uniform(0.1, 0.9))

    def hand_in(self, page: Page, assignment: str) -> None:
        page.keyboard.press("Control+Enter")
        with suppress(Error):
            page.wait_for_function(f"(id) => {{ const s = ({STATE})(); return s && s.id !== id }}", arg=assignment)

    def close(self) -> None:
        if self.context is not None:
            with suppress(Error):
                self.context.close()
        self.context = self.page = None


def on_server(assignment: str) -> int:
    """How many boxes the answer has that was handed in, else the draft."""
    try:
        if found := Submission.objects.filter(assignment__public_id=assignment).first():
            return len(found.response["annotations"])
        one = Assignment.objects.get(public_id=assignment)
        draft = Draft.objects.filter(work_item=one.work_item_id, worker=one.worker_id).first()
        return len(draft.document["annotations"]) if draft else 0
    finally:
        # Playwright's event loop gives this thread a connection of its own, which nobody closes later.
        connection.close()
