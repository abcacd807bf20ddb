"""The application behind `GET /live/events`: plain ASGI, so that an event passes through nothing of Django."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError

from core.middleware import NOTHING
from events.live.hub import Full, Hub
from events.live.reading import Asking
from events.live.stream import Stream, read_known

log = structlog.get_logger(__name__)
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

PATH = "/live/events"
HEALTH = "/live/healthz"
# How long a page that is let go waits, in its own words: `retry:` is EventSource's.
RETRY = b"retry: 2000\n\n"
RETRY_AFTER_S = 15
# Who waits longer for the database is told to come again.
PATIENCE_S = 10.0
GUARDS: Headers = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", NOTHING.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
]


class Application:
    """`origins`: whose pages may read, beside those of the same origin."""

    def __init__(self, hub: Hub, *, origins: Iterable[str]) -> None:
        self.hub = hub
        self.origins = frozenset(origins)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.live(receive, send)
        elif scope["type"] == "http":
            await self.answer(scope, receive, send)

    async def live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.hub.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.hub.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def answer(self, scope: Message, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin-1")
        allowed = self.headers_for(origin)
        if scope["path"] == HEALTH:
            await finish(send, 200, b"ok")
        elif scope["path"] != PATH:
            await finish(send, 404, b"not found")
        elif scope["method"] != "GET":
            await finish(send, 405, b"GET only", [(b"allow", b"GET")])
        elif origin and allowed is None:
            await finish(send, 403, b"not from there")
        else:
            await self.stream(asking_of(scope, headers), allowed or [], receive, send)

    def headers_for(self, origin: str) -> Headers | None:
        """What lets a page of that origin read; None for one that may not."""
        if origin not in self.origins:
            return None
        allow = [(b"access-control-allow-origin", origin.encode()), (b"access-control-allow-credentials", b"true")]
        return [*allow, (b"vary", b"origin")]

    async def stream(self, asking: Asking, allowed: Headers, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                stream = await self.hub.admit(asking) if asking.key else None
        except (Full, DatabaseError, InterfaceError, TimeoutError):
            again = (b"retry-after", str(RETRY_AFTER_S).encode())
            await finish(send, 503, b"later", [*allowed, again])
            return
        if stream is None:
            await finish(send, 401, b"sign in", allowed)
            return
        try:
            await serve(stream, allowed, receive, send)
        finally:
            self.hub.leave(stream)
            if stream.is_slow:
                log.info("live.slow_reader", user=stream.person.public_id)


def asking_of(scope: Message, headers: dict[bytes, bytes]) -> Asking:
    """`?after=` is for a page that opens a new stream; EventSource itself names the last event in a header."""
    query = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=5, keep_blank_values=True)
    last = headers.get(b"last-event-id", b"").decode("latin-1") or query.get("after", [""])[0]
    return Asking(key=session_key(headers.get(b"cookie", b"").decode("latin-1")), known=read_known(last))


def session_key(cookies: str) -> str:
    """Empty where there is none."""
    jar = SimpleCookie()
    with suppress(CookieError):
        jar.load(cookies)
    morsel = jar.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel and morsel.value.isalnum() and len(morsel.value) <= 40 else ""


async def finish(send: Send, status: int, body: bytes, more: Iterable[tuple[bytes, bytes]] = ()) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode()), *GUARDS, *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def serve(stream: Stream, allowed: Headers, receive: Receive, send: Send) -> None:
    """Until the page goes, the hub closes the stream, or the reader is too slow."""
    # A proxy that buffers would keep a banner back: nginx is told by the second header.
    headers = [(b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no"), *GUARDS, *allowed]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    sending = asyncio.create_task(send_all(stream, send))
    leaving = asyncio.create_task(gone(receive))
    stream.cut = sending.cancel
    try:
        await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        sending.cancel()
        leaving.cancel()


async def send_all(stream: Stream, send: Send) -> None:
    await send({"type": "http.response.body", "body": RETRY, "more_body": True})
    while chunk := await stream.next_chunk():
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
