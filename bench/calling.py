"""What contractors say to each system, as the bytes of their requests."""

import itertools
import re
import secrets
from dataclasses import dataclass

from bench.driving import Exhausted, LoadError

ANSWER = b'{"category": "cat"}'
PLUMBLINE_ID = re.compile(rb'"assignment": ?\{"id": ?"([0-9a-f]{24})"')
CEILING_ID = re.compile(rb'^\{"id": ?(\d+)')


@dataclass(frozen=True)
class Visitor:
    """A browser that is signed in: session and CSRF cookie, and the header that says the same."""

    host: str
    session: str
    csrf: str = "0123456789abcdefghijklmnopqrstuv"

    def post(self, path: str, body: bytes) -> bytes:
        return (
            f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\nOrigin: http://{self.host}\r\nAccept: application/json\r\n"
            f"Cookie: csrftoken={self.csrf}; sessionid={self.session}\r\nX-CSRFToken: {self.csrf}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body


class PlumblineCaller:
    """The workbench's own calls: the next task of whatever project, and its answer under a key of its own."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.request = visitor.post("/my/work/next", b'{"project": "", "kind": ""}')
        self.run = secrets.token_hex(6)
        self.numbers = itertools.count()

    def take(self) -> bytes:
        return self.request

    def hand_in(self, claimed: bytes) -> bytes:
        key = f"{self.run}-{next(self.numbers):08d}".encode()
        body = b'{"key": "' + key + b'", "active_ms": 900, "response": ' + ANSWER + b"}"
        return self.visitor.post(f"/my/assignments/{claimed.decode()}/submit", body)

    def claimed(self, body: bytes) -> bytes | None:
        if found := PLUMBLINE_ID.search(body):
            return found[1]
        if b'"busy"' in body:
            return None
        if b'"empty"' in body:
            raise Exhausted(body.decode())
        raise LoadError(body[:2000].decode(errors="replace"))


class CeilingCaller:
    def __init__(self, visitor: Visitor, project: int) -> None:
        self.visitor = visitor
        self.request = visitor.post(f"/next/{project}", b"")

    def take(self) -> bytes:
        return self.request

    def hand_in(self, claimed: bytes) -> bytes:
        return self.visitor.post(f"/submit/{claimed.decode()}", ANSWER)

    def claimed(self, body: bytes) -> bytes | None:
        if found := CEILING_ID.search(body):
            return found[1]
        raise Exhausted(body.decode())
