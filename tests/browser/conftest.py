"""The browser's tests: a server on the test database, the system's Chromium, and one page per look."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests import machine
from tests.browser.answering import all_answered
from tests.browser.looking import ARGUMENTS, LOOKS, Look, Watched, open_page
from tests.browser.site import Site
from tests.browser.world import World, make_world

# Playwright's event loop lives in the thread of the test, which also asks the database; nothing runs at once there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return browser_type_launch_args | {"executable_path": machine.chromium(), "args": ARGUMENTS}


@pytest.fixture
def site(live_server: LiveServer) -> Iterator[Site]:
    """The server under test."""
    with all_answered():
        yield Site(live_server.url)


@pytest.fixture
def world(site: Site) -> World:
    """One person of each kind, and what they look at."""
    return make_world()


@pytest.fixture
def look() -> Look:
    """Light and wide, unless a test asks for all of them with `@every_look`."""
    return LOOKS[0]


@pytest.fixture
def page(browser: Browser, site: Site, look: Look) -> Iterator[Page]:
    """A page on which nothing went wrong in the console by the end of the test."""
    with open_page(browser, site.url, look) as page:
        watched = Watched(page)
        yield page
        watched.check()
