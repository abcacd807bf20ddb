"""A customer's server of a few lines: it keeps what it is sent, and answers as it is told, request by request."""

import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

OK, ERROR, SILENCE, RESET, REDIRECT = "ok", "500", "silence", "reset", "redirect"


@dataclass(frozen=True)
class Got:
    """One request, and what it was answered with."""

    path: str
    headers: dict[str, str]
    body: bytes
    answer: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """`answers` are used up one by one; then `usual` is the answer."""

    port: int = 0
    usual: str = OK
    answers: list[str] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    ending: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def next_answer(self) -> str:
        with self.lock:
            return self.answers.pop(0) if self.answers else self.usual

    def note(self, got: Got) -> None:
        with self.lock:
            self.got.append(got)

    def taken(self) -> list[Got]:
        """What it has said yes to, in order."""
        return [one for one in self.got if one.answer == OK]


class Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.receiver.next_answer()
        self.receiver.note(Got(self.path, dict(self.headers.items()), body, answer))
        match answer:
            case "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            case "silence":
                self.receiver.ending.wait(30)
            case "redirect":
                self.say(302, Location="http://10.0.0.1/inside")
            case "500":
                self.say(500)
            case _:
                self.say(200)

    def say(self, status: int, **headers: str) -> None:
        text = b"we say %d" % status
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(text))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_said: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke off is part of the test."""


@contextmanager
def receiving(*answers: str, usual: str = OK) -> Iterator[Receiver]:
    receiver = Receiver(answers=list(answers), usual=usual)
    server = Server(("127.0.0.1", 0), type("Own", (Handler,), {"receiver": receiver}))
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.ending.set()
        server.shutdown()
        server.server_close()
        thread.join()
