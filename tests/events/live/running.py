"""A hub that runs, and what its pages are sent."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import orjson
from django.conf import settings
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import User
from events import telling
from events.live.hub import Hub
from events.live.reading import Asking
from events.live.stream import Stream
from events.wording import WORDS, Wording

T = TypeVar("T")
Event = tuple[str, str, dict[str, Any]]
WORDS_OF_TESTS = Wording(subject="Stopped", body="%(text)s", banner="warn")


def run(story: Callable[[], Coroutine[Any, Any, T]]) -> T:
    return asyncio.run(story())


@asynccontextmanager
async def running_hub(*, most: int = 100) -> AsyncIterator[Hub]:
    hub = Hub(most=most)
    hub.start()
    try:
        yield hub
    finally:
        await hub.stop()


def session_of(user: User) -> str:
    """The key of somebody who has signed in."""
    client = Client()
    client.force_login(user, backend="accounts.backends.EmailBackend")
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


async def tell(*users: User, key: str = "pause:1", text: str = "Rule 5 is being corrected.") -> None:
    """In a thread, as a request does, and with the words of these tests."""
    WORDS.setdefault("live_test", WORDS_OF_TESTS)

    def write() -> None:
        telling.tell(
            [user.pk for user in users],
            code="live_test",
            params={"text": text},
            dedupe_key=key,
            at=timezone.now(),
            mail=False,
        )
        connections.close_all()

    await asyncio.to_thread(write)


async def opened(hub: Hub, key: str, *known: str) -> Stream:
    stream = await hub.admit(Asking(key, known))
    assert stream is not None
    return stream


async def heard(stream: Stream, count: int, *, within_s: float = 5.0) -> list[Event]:
    """The next events: their kind, id and data."""
    found: list[Event] = []
    async with asyncio.timeout(within_s):
        while len(found) < count:
            found += events_in(await stream.next_chunk())
    return found


def events_in(chunk: bytes) -> list[Event]:
    found = []
    for block in chunk.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line and not line.startswith(":"))
        if "event" in fields:
            found.append((fields["event"], fields.get("id", ""), orjson.loads(fields["data"])))
    return found
