"""A server that speaks as much of Scale's first API as an import asks for, in the shapes of its documentation."""

import base64
import json
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.answering import Stranger

KEY = "live_0123456789"
Json = dict[str, Any]


def answer_of(value: Any, status: str = "200 OK", **headers: str) -> bytes:
    body = json.dumps(value).encode()
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Length: {len(body)}",
        *(f"{name}: {text}" for name, text in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class Vendor:
    """Rows as the API has them; tasks are given newest first. `before` may answer instead, once for each entry."""

    projects: list[Json] = field(default_factory=list)
    batches: list[Json] = field(default_factory=list)
    tasks: list[Json] = field(default_factory=list)
    before: list[bytes | Callable[[], bytes | None]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def say(self, wire: socket.socket, path: str, stranger: Stranger) -> None:
        self.asked.append(path)
        wire.sendall(self.answer(path, stranger.asked[-1]))

    def answer(self, path: str, request: str) -> bytes:
        expected = base64.b64encode(f"{KEY}:".encode()).decode()
        if f"Authorization: Basic {expected}" not in request:
            return answer_of({"status_code": 401, "error": "Unauthorized"}, "401 Unauthorized")
        if self.before:
            first = self.before.pop(0)
            if (said := first() if callable(first) else first) is not None:
                return said
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        match parts.path:
            case "/v1/projects":
                return answer_of(self.projects)
            case "/v1/batches":
                return answer_of(self.batch_page(query))
            case "/v1/tasks":
                return answer_of(self.task_page(query))
        return answer_of({"status_code": 404, "error": "Not found"}, "404 Not Found")

    def batch_page(self, query: dict[str, str]) -> Json:
        rows = [one for one in self.batches if one["project"] == query["project"]]
        offset, limit = int(query["offset"]), int(query["limit"])
        page = rows[offset : offset + limit]
        return {
            "docs": page, "totalDocs": len(rows), "limit": limit, "offset": offset,
            "has_more": offset + limit < len(rows),
        }  # fmt: skip

    def task_page(self, query: dict[str, str]) -> Json:
        rows = [one for one in self.tasks if one["project"] == query["project"]]
        ids = [one["task_id"] for one in rows]
        start = ids.index(query["next_token"]) + 1 if "next_token" in query else 0
        limit = int(query["limit"])
        page = rows[start : start + limit]
        found = {"docs": page, "total": len(rows), "limit": limit, "offset": 0, "has_more": start + limit < len(rows)}
        return {**found, **({"next_token": page[-1]["task_id"]} if found["has_more"] else {})}
