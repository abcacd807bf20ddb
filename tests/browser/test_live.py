"""A pause reaches open pages at once, from a process of its own; without it the heartbeat tells the workbench."""

import copy
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from config.demo.scenes import SIZE
from events import waking
from labeling import pausing, resuming
from labeling.pausing import Order
from labeling.scopes import Scope
from projects.models import Pause, PausePolicy, Project
from tests import databases
from tests.browser.looking import LOOKS, Look, check_axe, check_width, open_page
from tests.browser.pages.bench import Bench
from tests.browser.pages.people import Windows, make_contractor, open_windows
from tests.browser.pages.work import make_boxes_project, street_pictures
from tests.browser.site import Site, sign_in
from tests.events.live.process import LiveProcess

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes below /proc"),
    pytest.mark.slow(reason="a process for live events, a broker and a browser"),
]
TEXT = "Rule 5 is being corrected."
SOON_MS = 2000
HEARTBEAT_MS = 10_000


@pytest.fixture
def live(site: Site, tmp_path: Path, settings, monkeypatch) -> Iterator[LiveProcess]:
    """Live events on a port of their own beside the server under test, as on a bare machine."""
    monkeypatch.setattr(waking, "live_breaker", waking.Breaker())
    port = urlsplit(site.url).port
    assert port
    with databases.own_broker() as url, LiveProcess(tmp_path, redis_url=url, web_port=port) as live:
        settings.REDIS_URL = url
        settings.LIVE_EVENTS, settings.LIVE_PORT = True, live.port
        settings.LIVE_SOURCES = [f"http://localhost:{live.port}"]
        policy = copy.deepcopy(settings.CONTENT_SECURITY_POLICY)
        policy["DIRECTIVES"]["connect-src"] += settings.LIVE_SOURCES
        settings.CONTENT_SECURITY_POLICY = policy
        settings.WORKBENCH_TEST_HOOK = True
        yield live


@pytest.fixture
def windows(browser: Browser, site: Site, live: LiveProcess) -> Iterator[Windows]:
    with open_windows(browser, site) as windows:
        yield windows


@pytest.fixture
def project(site: Site) -> Project:
    return make_boxes_project(street_pictures(2))


def pause(project: Project) -> list[Pause]:
    order = Order(policy=PausePolicy.SAVE_ONLY, reason="guideline", text_for_workers=TEXT)
    return pausing.pause([Scope.of(project)], order, by=None, at=timezone.now())


def has_stream(page: Page) -> None:
    """The page has been greeted: it keeps its place."""
    page.wait_for_function("() => sessionStorage.getItem('plumbline-live')")


def banner(page: Page):
    return page.get_by_role("alert").filter(has_text=TEXT)


def test_a_pause_and_its_end_reach_open_pages_at_once(windows: Windows, project: Project) -> None:
    bench = Bench(windows.open(make_contractor("K7Q2", project).user))
    bench.start(project.codename)
    bench.expect_task()
    bench.draw("Car", (100, 120, 200, 150), SIZE)
    home = windows.open(make_contractor("M4T9", project).user)
    home.goto("/my/")
    stranger = windows.open(make_contractor("Z1Z1").user)
    stranger.goto("/my/")
    for page in (bench.page, home, stranger):
        has_stream(page)

    (one,) = pause(project)
    began = time.monotonic()
    for page in (bench.page, home):
        left_ms = SOON_MS - 1000 * (time.monotonic() - began)
        expect(banner(page)).to_be_visible(timeout=left_ms)
    sys.stdout.write(f"both banners after {time.monotonic() - began:.2f} s\n")

    assert stranger.get_by_role("alert").count() == 0
    messages = home.get_by_role("navigation").get_by_role("link", name="Messages")
    expect(messages).to_have_text("Messages 1")
    home.get_by_role("link", name="Show").click()
    has_stream(home)
    assert banner(home).count() == 0

    resuming.resume(one, by=None, at=timezone.now())
    expect(bench.banner()).to_be_hidden(timeout=SOON_MS)
    expect(home.get_by_role("alert").filter(has_text="is open again")).to_be_visible(timeout=SOON_MS)
    expect(messages).to_have_text("Messages 2")


def test_a_pause_reaches_the_workbench_by_its_heartbeat_alone(
    windows: Windows, live: LiveProcess, project: Project
) -> None:
    windows.expected = ("net::ERR_",)  # nobody answers there any more
    bench = Bench(windows.open(make_contractor("K7Q2", project).user))
    bench.start(project.codename)
    bench.expect_task()
    has_stream(bench.page)
    live.process.kill()
    live.kill_serving()

    pause(project)

    expect(banner(bench.page)).to_be_visible(timeout=HEARTBEAT_MS)


def test_a_tab_out_of_sight_holds_no_stream_and_catches_up(windows: Windows, project: Project) -> None:
    home = windows.open(make_contractor("M4T9", project).user)
    home.clock.install()
    home.goto("/my/")
    has_stream(home)
    show(home, hidden=True)
    home.clock.run_for(6000)

    pause(project)
    home.wait_for_timeout(SOON_MS)
    assert banner(home).count() == 0

    show(home, hidden=False)
    expect(banner(home)).to_be_visible(timeout=SOON_MS)


def show(page: Page, *, hidden: bool) -> None:
    page.evaluate(
        "(hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')) }",
        hidden,
    )


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_a_banner_can_be_read_in_every_look(
    browser: Browser, site: Site, live: LiveProcess, project: Project, look: Look, tmp_path: Path
) -> None:
    with open_page(browser, site.url, look) as page:
        sign_in(page, make_contractor("M4T9", project).user)
        page.goto("/my/")
        has_stream(page)
        pause(project)
        expect(banner(page)).to_be_visible(timeout=SOON_MS)
        check_width(page)
        check_axe(page)
        page.screenshot(path=tmp_path / f"{look.name}.png")
