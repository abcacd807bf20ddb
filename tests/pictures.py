"""`make screenshots`: the main pages of the demo in light and dark, wide and on a phone, for docs/screens.md.

A site of its own is started as `make run` does it, with the demo in it; people sign in as they would.
"""

import contextlib
import io
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests import machine
from tests.browser.looking import ARGUMENTS, LOOKS, Look, open_page

FOLDER = machine.ROOT / "docs" / "screens"
START_S = 180.0
QUALITY = 82
BASALT = "/o/basalt/projects/"


@dataclass(frozen=True)
class Picture:
    """`links` are followed one after the other from `path`: the text of a link, or a place on the page as `css=…`."""

    name: str
    path: str
    links: tuple[str, ...] = ()


PICTURES: dict[str, list[Picture]] = {
    "": [Picture("sign-in", "/accounts/login/"), Picture("api-docs", "/api/docs")],
    "contractor1@plumbline.example": [
        Picture("work", "/my/"),
        Picture("workbench", "/my/work/"),
        Picture("project-for-contractors", "/my/", ("css=tbody a",)),
        Picture("wallet", "/my/wallet/"),
        Picture("record", "/my/record/"),
        Picture("time", "/my/time/"),
        Picture("messages", "/my/messages/"),
        Picture("account", "/account/"),
    ],
    "contractor2@plumbline.example": [Picture("form", "/my/", ("css=tr:has-text('A form') .button",))],
    "contractor4@plumbline.example": [
        Picture("submission", "/my/record/", ("css=tr:has([data-state=rejected]) a",)),
    ],
    "reviewer1@plumbline.example": [Picture("review", "/my/work/")],
    "mara@basalt.example": [
        Picture("projects", BASALT),
        Picture("project", BASALT, ("Street boxes",)),
        Picture("tasks", BASALT, ("Street boxes", "Tasks")),
        Picture("task", BASALT, ("Street boxes", "Tasks", "css=tr:has([data-state=completed]) a")),
        Picture("data", BASALT, ("Street boxes", "Data")),
        Picture("batches", BASALT, ("Street boxes", "Batches")),
        Picture("taxonomy", BASALT, ("Street boxes", "Taxonomy")),
        Picture("instructions", BASALT, ("Street boxes", "Instructions")),
        Picture("audit", BASALT, ("Street boxes", "Audit")),
        Picture("deliveries", BASALT, ("Street boxes", "Deliveries")),
        Picture("settings", BASALT, ("Street boxes", "Settings")),
        Picture("new-project", f"{BASALT}new/"),
        Picture("project-paused", BASALT, ("Incident reports",)),
        Picture("pause-of-ones-own", BASALT, ("Street boxes", "Pause")),
        Picture("figures", BASALT, ("Street boxes", "Figures")),
        Picture("order", "/o/basalt/order/"),
        Picture("cost", "/o/basalt/cost/"),
        Picture("keys", "/o/basalt/api/"),
        Picture("callbacks", "/o/basalt/callbacks/"),
        Picture("callback-settings", "/o/basalt/callbacks/settings/"),
        Picture("members", "/o/basalt/members/"),
    ],
    "admin@plumbline.example": [
        Picture("overview", "/operations/"),
        Picture("operations-projects", "/operations/projects/"),
        Picture("pauses", "/operations/pauses/"),
        Picture("pause", "/operations/projects/", ("css=tbody .action a",)),
        Picture("pause-history", "/operations/pauses/", ("css=section.sheet h3 a",)),
        Picture("kill-switch", "/operations/customers/", ("Kill switch of Basalt",)),
        Picture("assignments", "/operations/assignments/"),
        Picture("rules", "/operations/pauses/rules/"),
        Picture(
            "rule",
            "/operations/pauses/rules/",
            ("css=tbody .name a", "Change, and try on past days", "css=button[name=show]"),
        ),
        Picture("operations-project", "/operations/projects/", ("css=tr:has-text('Basalt') .name a",)),
        Picture("people", "/operations/people/"),
        Picture("customers", "/operations/customers/"),
        Picture("reports", "/operations/reports/"),
        Picture("events", "/operations/events/"),
        Picture("mail", "/operations/mail/"),
    ],
}


@dataclass(frozen=True)
class Demo:
    url: str
    password: str


def main(names: list[str]) -> int:
    chromium = machine.chromium()
    if chromium is None:
        sys.stderr.write(f"{machine.NO_CHROMIUM}\n")
        return 1
    FOLDER.mkdir(exist_ok=True)
    with demo() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for look in LOOKS:
            for email, pictures in PICTURES.items():
                take(browser, site, look, email, [one for one in pictures if not names or one.name in names])
    return 0


@contextlib.contextmanager
def demo() -> Iterator[Demo]:
    """A fresh demo site."""
    with tempfile.TemporaryDirectory(prefix="plumbline-pictures-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        outer = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        env = outer | {"DATA_DIR": folder, "PORT": str(port), "DEMO": "1", "WORKBENCH_TEST_HOOK": "1"}
        command = [sys.executable, "-m", "config.runtime"]
        process = subprocess.Popen(command, cwd=machine.ROOT, env=env, text=True, stdout=subprocess.PIPE)
        try:
            wait_for_worker(process)
            accounts = Path(folder, "demo-accounts.txt").read_text(encoding="utf-8")
            yield Demo(f"http://localhost:{port}", accounts.split()[-1])
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def wait_for_worker(process: subprocess.Popen[str]) -> None:
    """Raises RuntimeError when the site does not start in time."""
    too_late = Timer(START_S, process.kill)
    too_late.start()
    assert process.stdout
    for line in process.stdout:
        if "worker is ready" in line:
            too_late.cancel()
            return
    raise RuntimeError("The demo site did not start.")


def take(browser: Browser, site: Demo, look: Look, email: str, pictures: list[Picture]) -> None:
    if not pictures:
        return
    with open_page(browser, site.url, look) as page:
        if email:
            sign_in(page, email, site.password)
        for picture in pictures:
            show(page, picture)
            target = FOLDER / f"{picture.name}-{look.name}.webp"
            Image.open(io.BytesIO(page.screenshot())).save(target, quality=QUALITY, method=6)
            sys.stdout.write(f"{target.relative_to(machine.ROOT)}\n")


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/accounts/" not in address)


def show(page: Page, picture: Picture) -> None:
    page.goto(picture.path)
    for text in picture.links:
        main = page.get_by_role("main")
        (main.locator(text) if text.startswith("css=") else main.get_by_role("link", name=text)).first.click()
        page.wait_for_load_state("networkidle")
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
