"""How a page is looked at: themes and widths, accessibility, what the console says, what scrolls sideways."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# How Chromium is started: as root in a container, and without looking for Google.
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SERIOUS = {"serious", "critical"}
STEP = """async () => {
  const found = await axe.run(document, { resultTypes: ['violations'] })
  return found.violations.map((each) => ({
    id: each.id, impact: each.impact, help: each.help, where: each.nodes.map((node) => node.html.slice(0, 200)),
  }))
}"""
# Whatever a page fetches or mounts after it has come: parts by htmx, the workbench, pictures.
SETTLED = """() => {
  if (document.querySelector('.htmx-request, [hx-trigger=load]:empty, #workbench:empty, .bench-loading')) return false
  return [...document.images].every((each) => each.complete || each.loading === 'lazy')
}"""
WIDER = """() => {
  const wide = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= wide) return []
  return [...document.body.querySelectorAll('*')]
    .filter((each) => each.getBoundingClientRect().right > wide + 1)
    .map((each) => each.outerHTML.slice(0, 160))
}"""


@dataclass(frozen=True)
class Look:
    """A theme and a width."""

    theme: str
    width: int
    height: int

    @property
    def name(self) -> str:
        return f"{self.theme}-{self.width}"

    def context(self) -> dict[str, Any]:
        """What Playwright's context is made with; the narrow one is a phone, with fingers."""
        size = {"width": self.width, "height": self.height}
        phone = {"is_mobile": True, "has_touch": True} if self.width < 600 else {}
        return {"color_scheme": self.theme, "viewport": size, **phone}


@contextmanager
def open_page(browser: Browser, address: str, look: Look) -> Iterator[Page]:
    """A fresh browser window in a look, closed at the end."""
    context = browser.new_context(base_url=address, reduced_motion="reduce", **look.context())
    context.set_default_timeout(10_000)
    try:
        yield context.new_page()
    finally:
        context.close()


LOOKS = [Look(theme, *size) for theme in ("light", "dark") for size in ((1440, 900), (390, 844))]
every_look = pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)


@dataclass
class Watched:
    """Collects what the console and the network complain about; `expected` are parts of complaints that are none."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self.console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("response", self.response)

    def console(self, message: ConsoleMessage) -> None:
        # A status that is no success is told by `response`, which knows the address.
        if message.type in {"error", "warning"} and "the server responded with a status of" not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")

    def response(self, response: Response) -> None:
        if response.status >= 500 or (response.status == 404 and "/static/" in response.url):
            self.complaints.append(f"{response.status}: {response.url}")

    def check(self) -> None:
        assert not self.complaints, "\n".join(self.complaints)


@cache
def axe() -> str:
    return AXE.read_text(encoding="utf-8")


def check_axe(page: Page) -> None:
    """No serious or critical finding on the page as it stands. evaluate() is not held up by the page's own policy."""
    page.evaluate(axe())
    found = [each for each in page.evaluate(STEP) if each["impact"] in SERIOUS]
    assert not found, "\n".join(f"{each['id']}: {each['help']} {each['where']}" for each in found)


def check_width(page: Page) -> None:
    """The page never scrolls sideways; names the elements that stick out."""
    wider = page.evaluate(WIDER)
    assert not wider, "\n".join(wider)


def look_at(page: Page, addresses: Sequence[str]) -> None:
    """Each page answers, has one heading of the first level, fits, and neither axe nor the console complains."""
    watched = Watched(page)
    for address in addresses:
        response = page.goto(address)
        assert response is not None
        assert response.status == 200, address
        page.wait_for_function(SETTLED)
        assert page.get_by_role("main").get_by_role("heading", level=1).count() == 1, address
        check_width(page)
        check_axe(page)
    watched.check()
