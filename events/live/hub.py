"""The hub: every stream of this process, and the one loop that asks the database for all of them.

The loop does one thing after the other, so that what a page missed and what comes next neither overlap nor leave a gap:
a page is let in, and only then is asked for what is new.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog
from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone

from accounts.signed_in import people_of
from events.live import channel
from events.live.reading import Admitted, Asking, Reader
from events.live.stream import Stream

log = structlog.get_logger(__name__)
T = TypeVar("T")

# Without a broker everybody is told after this long at most, and what the database takes.
LOOK_EVERY_S = 1.0
# Calls that come close together are answered by one look.
SHORTEST_S = 0.05
# Who signed out, or was shut out, is cut off within a minute.
CHECK_EVERY_S = 30.0
KEEP_ALIVE_EVERY_S = 20
KEEP_ALIVE = b": keep-alive\n\n"
MOST_PER_PERSON = 10
MOST_AT_ONCE = 200


class Full(Exception):
    """This many streams are too many, of one person or in all."""


class Hub:
    """`most`: how many streams in all."""

    def __init__(self, *, most: int) -> None:
        self.most = most
        self.reader = Reader()
        self.streams: dict[int, set[Stream]] = defaultdict(set)
        self.count = 0
        self.asking: list[tuple[Asking, asyncio.Future[Stream | None]]] = []
        self.stirred = asyncio.Event()
        self.was_called = False
        self.looked_at = self.checked_at = time.monotonic()
        # One thread has one connection to the database.
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-database")
        self.tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        for work in (self.look_for_ever(), self.keep_alive_for_ever(), channel.listen(self.call)):
            self.tasks.append(asyncio.create_task(work))

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for stream in self.everybody():
            stream.close()
        await self.read(connections.close_all)
        self.thread.shutdown()

    def everybody(self) -> list[Stream]:
        return [stream for own in self.streams.values() for stream in own]

    def call(self) -> None:
        """Somebody says that there is something to tell."""
        self.was_called = True
        self.stirred.set()

    async def admit(self, asking: Asking) -> Stream | None:
        """A stream that has been greeted; None for somebody who may not have one.

        Raises Full; DatabaseError when it cannot be known now.
        """
        if self.count + len(self.asking) >= self.most:
            raise Full
        answer: asyncio.Future[Stream | None] = asyncio.get_running_loop().create_future()
        self.asking.append((asking, answer))
        self.stirred.set()
        try:
            return await answer
        except asyncio.CancelledError:
            # Whoever asked went at the moment of being let in.
            if answer.done() and not answer.cancelled() and not answer.exception() and (stream := answer.result()):
                self.leave(stream)
            raise

    def leave(self, stream: Stream) -> None:
        own = self.streams[stream.person.pk]
        if stream in own:
            own.remove(stream)
            self.count -= 1
        if not own:
            del self.streams[stream.person.pk]

    async def look_for_ever(self) -> None:
        while True:
            try:
                await self.look()
            except (DatabaseError, InterfaceError) as error:
                log.warning("live.database_away", error=str(error).strip())
                await self.read(connections.close_all)
                await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Wait until there is something to do, then let in who asks, tell what is new, and look who may stay."""
        await self.wait()
        if not self.reader.has_begun:
            await self.read(lambda: self.reader.begin(at=timezone.now()))
        await self.let_in()
        now = time.monotonic()
        if self.was_called or now - self.looked_at >= LOOK_EVERY_S:
            self.was_called, self.looked_at = False, now
            await self.tell_news()
        if now - self.checked_at >= CHECK_EVERY_S:
            self.checked_at = now
            await self.check()

    async def wait(self) -> None:
        left_s = self.looked_at + LOOK_EVERY_S - time.monotonic()
        if not self.stirred.is_set() and left_s > 0:
            try:
                await asyncio.wait_for(self.stirred.wait(), left_s)
            except TimeoutError:
                return
            await asyncio.sleep(SHORTEST_S)
        self.stirred.clear()

    async def read(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.thread, work)

    async def let_in(self) -> None:
        while self.asking:
            group, self.asking = self.asking[:MOST_AT_ONCE], self.asking[MOST_AT_ONCE:]
            asked = [asking for asking, _answer in group]
            try:
                admitted = await self.read(lambda: self.reader.admit(asked, at=timezone.now()))  # noqa: B023 (awaited)
            except (DatabaseError, InterfaceError) as error:
                for _asking, answer in group:
                    refuse(answer, error)
                raise
            for (asking, answer), one in zip(group, admitted, strict=True):
                if not answer.done():
                    self.open(asking, answer, one)

    def open(self, asking: Asking, answer: "asyncio.Future[Stream | None]", one: Admitted | None) -> None:
        if one is None:
            answer.set_result(None)
        elif len(self.streams.get(one.person.pk, ())) >= MOST_PER_PERSON:
            answer.set_exception(Full())
        else:
            stream = Stream(asking.key, one.person, one.known)
            stream.greet(unread=one.unread)
            for news in one.missed:
                stream.tell(news.pk, news.notice, news.data)
            self.streams[one.person.pk].add(stream)
            self.count += 1
            answer.set_result(stream)

    async def tell_news(self) -> None:
        """Each person's to that person's streams."""
        readers = {pk: next(iter(own)).person for pk, own in self.streams.items() if own}
        for news in await self.read(lambda: self.reader.news(readers, at=timezone.now())):
            for stream in self.streams.get(news.user, ()):
                stream.tell(news.pk, news.notice, news.data)

    async def check(self) -> None:
        """Close the streams of sessions that are over, and learn what changed about the other people."""
        keys = {stream.key for stream in self.everybody()}
        people = await self.read(lambda: people_of(keys, at=timezone.now()))
        for stream in self.everybody():
            person = people.get(stream.key)
            if stream.key not in keys:
                continue
            if person is None or person.pk != stream.person.pk:
                stream.close()
            else:
                stream.person = person

    async def keep_alive_for_ever(self) -> None:
        """A line to each stream in turn, so that no proxy takes it for dead, and a dead one is noticed."""
        turn = 0
        while True:
            await asyncio.sleep(1)
            turn = (turn + 1) % KEEP_ALIVE_EVERY_S
            for stream in self.everybody()[turn::KEEP_ALIVE_EVERY_S]:
                stream.say(KEEP_ALIVE)


def refuse(answer: "asyncio.Future[Stream | None]", error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)
