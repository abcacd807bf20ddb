"""Servers of strangers for the tests of fetching: a thread on this machine that says what a test wants."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

import pytest

from files import fetching

HERE = "127.0.0.1"


@dataclass
class Stranger:
    """A server; `asked` holds what came, one text for each request. `stopped` is set when the test is over."""

    port: int
    asked: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/", *, host: str = HERE, scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [text.split(" ", 2)[1] for text in self.asked]


Say = Callable[[socket.socket, str, Stranger], None]
"""Answers one request: (the connection, the path, the server)."""


@contextmanager
def answering(say: Say, *, host: str = HERE, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[Stranger]:
    with socket.create_server((host, port)) as door:
        stranger = Stranger(door.getsockname()[1])
        threading.Thread(target=let_in, args=(door, say, stranger, tls), daemon=True).start()
        try:
            yield stranger
        finally:
            stranger.stopped.set()
            with suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)


def let_in(door: socket.socket, say: Say, stranger: Stranger, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError):
        while True:
            wire, _from = door.accept()
            threading.Thread(target=answer, args=(wire, say, stranger, tls), daemon=True).start()


def answer(wire: socket.socket, say: Say, stranger: Stranger, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError), wire, tls.wrap_socket(wire, server_side=True) if tls else wire as spoken:
        request = read_request(spoken)
        stranger.asked.append(request)
        say(spoken, request.split(" ", 2)[1] if " " in request else "", stranger)


def read_request(wire: socket.socket) -> str:
    """The head, and as much of a body as it announces."""
    data = b""
    while b"\r\n\r\n" not in data and (piece := wire.recv(65536)):
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while lengths and len(body) < int(lengths[0]) and (piece := wire.recv(65536)):
        body += piece
    return (head + b"\r\n\r\n" + body).decode("latin-1")


def file_answer(content: bytes, *, kind: str = "image/png", status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


def redirect_to(location: str, status: str = "302 Found") -> bytes:
    return f"HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


def always(answer: bytes) -> Say:
    """Says this to everybody."""
    return lambda wire, _path, _stranger: wire.sendall(answer)


def by_path(answers: dict[str, bytes]) -> Say:
    missing = file_answer(b"", status="404 Not Found")
    return lambda wire, path, _stranger: wire.sendall(answers.get(path, missing))


class Names:
    """A resolver of the test's own: each name's addresses, and where several lists are given one after another."""

    def __init__(self) -> None:
        self.known: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        if host in self.known:
            lists = self.known[host]
            return lists.pop(0) if len(lists) > 1 else lists[0]
        try:
            socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
        except OSError:
            raise socket.gaierror(socket.EAI_NONAME, "no such name") from None
        return [host]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    found = Names()
    monkeypatch.setattr(fetching, "look_up", found)
    return found


def allow(settings: Any, stranger: Stranger, *networks: str) -> None:
    """Let this site ask that server; of this machine's addresses 127.0.0.1 alone, unless more are named."""
    settings.FETCH_PRIVATE_NETWORKS = [ip_network(one) for one in (f"{HERE}/32", *networks)]
    settings.FETCH_PORTS = [stranger.port]
