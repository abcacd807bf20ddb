"""The real process over real sockets, with a real broker, and without one."""

import asyncio
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from accounts.models import User
from events import waking
from events.models import Notice
from tests import databases
from tests.events.live.pages import Page, Refused, until_heard, until_open
from tests.events.live.process import LiveProcess
from tests.events.live.running import run, session_of, tell
from tests.factories import UserFactory
from tests.proof.kills.site import APPLICATION

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes below /proc"),
    pytest.mark.slow(reason="starts processes"),
]


@pytest.fixture(params=["broker", "no broker"])
def live(request, tmp_path: Path, settings, monkeypatch) -> Iterator[LiveProcess]:
    """With a broker, and with one that nobody can reach."""
    monkeypatch.setattr(waking, "live_breaker", waking.Breaker())
    if request.param == "no broker":
        settings.REDIS_URL = f"redis+socket://{tmp_path}/nobody.sock"
        with LiveProcess(tmp_path, redis_url=settings.REDIS_URL) as live:
            yield live
        return
    with databases.own_broker() as url:
        settings.REDIS_URL = url
        with LiveProcess(tmp_path, redis_url=url) as live:
            yield live


@asynccontextmanager
async def open_pages(*pages: Page):
    tasks = [asyncio.create_task(page.stay()) for page in pages]
    try:
        await until_open(list(pages))
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def page_of(live: LiveProcess, person: User) -> Page:
    return Page(live.port, session_of(person), origin=f"http://localhost:{live.web_port}")


def test_pages_are_told_within_two_seconds_through_a_kill(live):
    anna, ben = UserFactory.create(), UserFactory.create()
    mine, theirs = page_of(live, anna), page_of(live, ben)

    async def story():
        async with open_pages(mine, theirs):
            began = time.monotonic()
            await tell(anna, ben, key="1")
            await until_heard([mine, theirs], 1, within_s=2)
            took_s = time.monotonic() - began
            live.kill_serving()
            await tell(anna, key="2")
            await until_heard([mine], 2, within_s=5)
            await tell(anna, ben, key="3")
            await until_heard([mine], 3, within_s=5)
            await until_heard([theirs], 2, within_s=5)
            return took_s

    took_s = run(story)

    for page, person in ((mine, anna), (theirs, ben)):
        assert page.connects == 2
        own = Notice.objects.filter(user=person).order_by("pk").values_list("public_id", flat=True)
        assert [data["id"] for data in page.notices()] == list(own)
    if "nobody" not in live.env["REDIS_URL"]:
        assert took_s < 0.9, "a call is quicker than the look every second"


def test_who_may_not_is_refused_in_a_word(live):
    person = UserFactory.create()
    good, ended = session_of(person), session_of(UserFactory.create())
    Session.objects.filter(pk=ended).delete()

    async def status_of(page: Page) -> tuple[int, str]:
        with pytest.raises(Refused) as refused:
            await page.listen()
        return refused.value.status, refused.value.headers.get("access-control-allow-origin", "")

    async def story():
        ours = f"http://localhost:{live.web_port}"
        return [
            await status_of(Page(live.port, "", origin=ours)),
            await status_of(Page(live.port, ended, origin=ours)),
            await status_of(Page(live.port, good, origin="https://elsewhere.example")),
        ]

    ours = f"http://localhost:{live.web_port}"
    assert run(story) == [(401, ours), (401, ours), (403, "")]


def test_streams_beyond_the_tenth_are_put_off(live):
    person = UserFactory.create()
    pages = [page_of(live, person) for _ in range(11)]

    async def story():
        async with open_pages(*pages[:10]):
            with pytest.raises(Refused) as refused:
                await pages[10].listen()
            return refused.value.status, refused.value.headers["retry-after"]

    assert run(story) == (503, "15")


def test_streams_outlive_what_happens_to_the_database(live):
    person = UserFactory.create()
    page = page_of(live, person)

    def disturb() -> None:
        if (
            connection.vendor == "sqlite"
        ):  # there are no connections to end: somebody writes for longer than a look takes
            with transaction.atomic():
                threading.Event().wait(1.5)
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND application_name = %s",
                [APPLICATION],
            )
            assert cursor.rowcount >= 1
        connection.close()

    async def story():
        async with open_pages(page):
            await asyncio.to_thread(disturb)
            await tell(person)
            await until_heard([page], 1, within_s=5)

    run(story)
    assert page.connects == 1


def test_process_ends_with_its_pages_when_asked(live):
    page = page_of(live, UserFactory.create())

    async def story():
        async with open_pages(page):
            live.process.send_signal(signal.SIGTERM)
            return await asyncio.to_thread(live.process.wait, 8)

    assert run(story) == 0
    with socket.socket() as again, pytest.raises(ConnectionRefusedError):
        again.connect(("127.0.0.1", live.port))
