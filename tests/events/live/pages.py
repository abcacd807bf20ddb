"""Open pages over real sockets: what a browser's EventSource does, many in one loop."""

import asyncio
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.events.live.running import Event, events_in


class Refused(Exception):
    """The answer was no stream: its status and headers."""

    def __init__(self, status: int, headers: dict[str, str]) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers


@dataclass
class Page:
    """One page of the person with this session; it comes back by itself, as the front end does, until it is closed.

    `heard` has every event with the moment (time.monotonic) at which it was read.
    """

    port: int
    session: str
    origin: str = ""
    last_id: str = ""
    heard: list[tuple[float, Event]] = field(default_factory=list)
    connects: int = 0
    failures: int = 0
    is_open: bool = False
    stirred: asyncio.Event = field(default_factory=asyncio.Event)

    async def stay(self) -> None:
        """Until cancelled. It comes back after as long as stream.ts waits."""
        while True:
            before = self.connects
            with suppress(OSError, Refused, asyncio.IncompleteReadError):
                await self.listen()
            self.is_open = False
            self.failures = 0 if self.connects > before else self.failures + 1
            await asyncio.sleep(2 ** max(0, self.failures - 14) * random.uniform(0.2, 1))

    async def listen(self) -> None:
        """One connection to its end. Raises Refused."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(self.request())
            status, headers = await head(reader)
            if status != 200:
                raise Refused(status, headers)
            self.connects += 1
            await self.read(reader)
        finally:
            writer.close()

    def request(self) -> bytes:
        lines = [f"GET /live/events?after={self.last_id} HTTP/1.1", "Host: localhost", "Accept: text/event-stream"]
        lines += [f"Cookie: theme=dark; sessionid={self.session}"] if self.session else []
        lines += [f"Origin: {self.origin}"] if self.origin else []
        return "\r\n".join([*lines, "", ""]).encode()

    async def read(self, reader: asyncio.StreamReader) -> None:
        """Chunks of the transfer coding; an event may be cut by none of them, because each is written at once."""
        while size := int(await reader.readuntil(b"\r\n"), 16):
            chunk = (await reader.readexactly(size + 2))[:-2]
            for event in events_in(chunk):
                self.is_open = True
                self.last_id = event[1] or self.last_id
                self.heard.append((time.monotonic(), event))
                self.stirred.set()

    def notices(self) -> list[dict[str, Any]]:
        return [data for _at, (kind, _id, data) in self.heard if kind == "notice"]


async def head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(first.split()[1]), headers


async def until_open(pages: list[Page], *, within_s: float = 20.0) -> None:
    async with asyncio.timeout(within_s):
        for page in pages:
            while not page.is_open:
                await page.stirred.wait()
                page.stirred.clear()


async def until_heard(pages: list[Page], count: int, *, within_s: float) -> None:
    """Each page has heard that many notices."""
    async with asyncio.timeout(within_s):
        for page in pages:
            while len(page.notices()) < count:
                await page.stirred.wait()
                page.stirred.clear()
