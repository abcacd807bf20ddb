"""Contractors over HTTP: each is one keep-alive connection that takes and hands in, one pair after another.

All of them in one loop over raw sockets, because load and server share the machine: a client library would cost more
than the server.
"""

import re
import selectors
import socket
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
LONGEST_SILENCE_S = 60.0


class LoadError(Exception):
    """The server answered something else than work; the text shows it."""


class Exhausted(Exception):
    """There is nothing left to take: the measurement ends here."""


class Caller(Protocol):
    """One contractor's requests, as bytes."""

    def take(self) -> bytes: ...

    def hand_in(self, claimed: bytes) -> bytes: ...

    def claimed(self, body: bytes) -> bytes | None:
        """The id of what was taken; None: ask again. Raises Exhausted."""
        ...


@dataclass
class Load:
    """What was measured: seconds of each call between the warm-up and the end, and how long that was."""

    next_s: list[float] = field(default_factory=list)
    submit_s: list[float] = field(default_factory=list)
    seconds: float = 0.0
    asked_again: int = 0
    # What the server said when there was nothing left.
    end: str = ""

    @property
    def pairs(self) -> int:
        return len(self.submit_s)


def percentile_ms(seconds: list[float], percent: int) -> float | None:
    if len(seconds) < 2:
        return None
    return round(statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1] * 1000, 2)


class Contractor:
    """One connection and what it waits for."""

    def __init__(self, address: tuple[str, int], caller: Caller) -> None:
        self.caller = caller
        self.socket = socket.create_connection(address, timeout=LONGEST_SILENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.claimed: bytes | None = None
        self.sent_at = 0.0
        self.received = b""

    def take(self) -> None:
        self.claimed = None
        self.send(self.caller.take())

    def send(self, request: bytes) -> None:
        self.received = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def body(self) -> bytes | None:
        """Read what is there; None until the answer is whole. Raises LoadError for any status but 200 and 201."""
        data = self.socket.recv(262144)
        if not data:
            raise LoadError("The server closed the connection.")
        self.received += data
        head, end, body = self.received.partition(b"\r\n\r\n")
        length = LENGTH.search(head) if end else None
        if length is None or len(body) < int(length[1]):
            return None
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            raise LoadError(self.received[:2000].decode(errors="replace"))
        return body


class Driver:
    """Some seconds of warm-up, some seconds that count; a pair that has begun is ended: nothing stays in hand."""

    def __init__(self, address: tuple[str, int], callers: Sequence[Caller]) -> None:
        self.contractors = [Contractor(address, caller) for caller in callers]
        self.load = Load()
        self.counts = False
        self.over = False

    def run(self, *, warm_up_s: float, seconds: float, note: Callable[[], None]) -> Load:
        """`note` is called at the beginning and at the end of what counts; never where the work ends before that."""
        try:
            self.loop(warm_up_s, seconds, note)
        finally:
            for one in self.contractors:
                one.socket.close()
        return self.load

    def loop(self, warm_up_s: float, seconds: float, note: Callable[[], None]) -> None:
        with selectors.DefaultSelector() as selector:
            for one in self.contractors:
                selector.register(one.socket, selectors.EVENT_READ, one)
                one.take()
            busy = len(self.contractors)
            begin = time.perf_counter() + warm_up_s
            while busy:
                ready = selector.select(timeout=LONGEST_SILENCE_S)
                if not ready:
                    raise LoadError("The server is silent.")
                for key, _events in ready:
                    busy -= self.go_on(key.data)
                begin = self.look_at_clock(begin, seconds, note)

    def look_at_clock(self, begin: float, seconds: float, note: Callable[[], None]) -> float:
        """When the counting began, or will begin."""
        now = time.perf_counter()
        if not self.counts and not self.over and now >= begin:
            self.counts = True
            note()
            return time.perf_counter()
        if self.counts and (self.over or now >= begin + seconds):
            self.counts, self.over = False, True
            self.load.seconds = now - begin
            note()
        return begin

    def go_on(self, one: Contractor) -> bool:
        """Read an answer and send what follows; whether this contractor has finished."""
        body = one.body()
        if body is None:
            return False
        took = time.perf_counter() - one.sent_at
        if one.claimed is not None:
            if self.counts:
                self.load.submit_s.append(took)
            if self.over:
                return True
            one.take()
            return False
        return self.taken(one, body, took)

    def taken(self, one: Contractor, body: bytes, took: float) -> bool:
        try:
            one.claimed = one.caller.claimed(body)
        except Exhausted as error:
            self.over, self.load.end = True, str(error)
            return True
        if one.claimed is None:
            self.load.asked_again += self.counts
            if self.over:
                return True
            one.take()
            return False
        if self.counts:
            self.load.next_s.append(took)
        one.send(one.caller.hand_in(one.claimed))
        return False
