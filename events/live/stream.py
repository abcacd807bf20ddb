"""One open page's stream: what waits to be sent to it, and what it knows already; and how events are written."""

import asyncio
import re
from bisect import insort
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import orjson

from accounts.models import User

# What one slow reader may leave waiting before it is cut off; it comes back and catches up.
MOST_WAITING = 64
# So many of the last notices stand in an event's id: one that was committed late is told from one that was missed.
REMEMBERED = 8
NOTICE_ID = re.compile(r"[0-9a-f]{24}")
# Stands in the id of somebody who has never been told anything.
NOTHING_YET = "0" * 24


def read_known(text: str) -> tuple[str, ...]:
    """The notices that a page names in `Last-Event-ID`, oldest first; nothing for a text that is none of ours."""
    ids = text.split(",")[-REMEMBERED:]
    return tuple(ids) if all(NOTICE_ID.fullmatch(each) for each in ids) else ()


def written(event: str, data: dict[str, Any], *, id_: str = "") -> bytes:
    """An event as it goes over the wire. JSON has no line breaks."""
    first = f"id: {id_}\n" if id_ else ""
    return f"{first}event: {event}\ndata: ".encode() + orjson.dumps(data) + b"\n\n"


class Stream:
    """Filled by the hub, emptied by whoever sends; both in one thread."""

    def __init__(self, key: str, person: User, known: Iterable[tuple[int, str]]) -> None:
        """known: primary key and public id of the last notices that the page has, at most REMEMBERED."""
        self.key = key
        self.person = person
        self.known = sorted(known)
        self.waiting: deque[bytes] = deque()
        self.stirred = asyncio.Event()
        self.is_closed = False
        self.is_slow = False
        # Ends a sending that waits for its reader.
        self.cut: Callable[[], object] = self.close

    def say(self, chunk: bytes) -> None:
        if len(self.waiting) >= MOST_WAITING:
            self.is_slow = True
            self.close()
            self.cut()
            return
        self.waiting.append(chunk)
        self.stirred.set()

    def greet(self, *, unread: int) -> None:
        """The first event: from where this stream goes on."""
        self.say(written("hello", {"unread": unread}, id_=self.id))

    def tell(self, pk: int, notice: str, data: dict[str, Any]) -> None:
        """The notice, once: data is what the page gets of it."""
        one = (pk, notice)
        if one in self.known:
            return
        # The first is where a page goes on that comes back: what was committed late before it moves nothing.
        if not self.known or one > self.known[0]:
            insort(self.known, one)
            del self.known[:-REMEMBERED]
        self.say(written("notice", data, id_=self.id))

    @property
    def id(self) -> str:
        return ",".join(notice for _pk, notice in self.known) or NOTHING_YET

    def close(self) -> None:
        self.is_closed = True
        self.stirred.set()

    async def next_chunk(self) -> bytes:
        """All that waits, as soon as something does; empty at the end."""
        await self.stirred.wait()
        self.stirred.clear()
        if self.is_closed:
            self.stirred.set()
            return b""
        chunk = b"".join(self.waiting)
        self.waiting.clear()
        return chunk
