"""The public API: orders beside a bare insert, a page of tasks from a small and from a huge project, orders in bulk."""

import http.client
import itertools
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import orjson
from django.utils import timezone

from accounts import keys
from bench.calling import Visitor
from bench.driving import Driver, LoadError
from bench.filling import fill
from bench.seeding import World
from bench.serving import Server
from core import jsonio
from projects.models import Project

PEOPLE = 8
ROUNDS = 3
ROUND_S = 4.0
PAGES = 40
SIZES = {"1k": 1_000, "1m": 1_000_000}
TEXT = "Row number {}: " + "some words to read, " * 14


@dataclass(frozen=True)
class KeyedCaller:
    """Orders of one task each with a key; the driver's two calls of a pair are two orders."""

    host: str
    key: str
    project: str

    def take(self) -> bytes:
        body = orjson.dumps({"project": self.project, "attachment": TEXT.format(1), "attachment_type": "text"})
        return (
            f"POST /v1/task/categorization HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Bearer {self.key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body

    def hand_in(self, _claimed: bytes) -> bytes:
        return self.take()

    def claimed(self, body: bytes) -> bytes | None:
        if b'"task_id"' not in body:
            raise LoadError(body[:500].decode(errors="replace"))
        return b"made"


@dataclass(frozen=True)
class BareCaller:
    """A Django view that does one insert, and nothing else."""

    visitor: Visitor

    def take(self) -> bytes:
        return self.visitor.post("/insert", orjson.dumps({"attachment": TEXT.format(1)}))

    def hand_in(self, _claimed: bytes) -> bytes:
        return self.take()

    def claimed(self, _body: bytes) -> bytes | None:
        return b"made"


def key_of(world: World) -> str:
    terms = keys.KeyTerms(mode="live", name="bench", per_minute=100_000_000)
    return keys.make(world.measured, terms, by=None, at=timezone.now())[1]


def orders_per_s(world: World, ours: Server, bare: Server, session: str) -> tuple[float, float]:
    """Orders and bare inserts per second, by turns; the median of the rounds of each."""
    project = world.make_project(world.measured, f"Ordered {timezone.now().timestamp()}")
    key = key_of(world)
    made, inserted = [], []
    for _round in range(ROUNDS):
        made.append(rate(ours, [KeyedCaller(ours.host, key, project.name)] * PEOPLE))
        inserted.append(rate(bare, [BareCaller(Visitor(bare.host, session))] * PEOPLE))
    return statistics.median(made), statistics.median(inserted)


def rate(server: Server, callers: list[KeyedCaller] | list[BareCaller]) -> float:
    load = Driver(server.address, callers).run(warm_up_s=1.0, seconds=ROUND_S, note=lambda: None)
    return round(2 * load.pairs / load.seconds, 1)


def page_ms(world: World, server: Server, sizes: dict[str, int]) -> dict[str, float]:
    """Milliseconds of a page of 100 tasks, the median over the first pages of each project, by turns."""
    key = key_of(world)
    walks = {}
    for size, count in sizes.items():
        project = world.make_project(world.measured, f"Listed {size}")
        fill(project, count)
        walks[size] = walk(server, key, project)
    times: dict[str, list[float]] = {size: [] for size in walks}
    for _page in range(PAGES):
        for size, pages in walks.items():
            times[size].append(next(pages))
    return {size: round(statistics.median(found[2:]) * 1000, 2) for size, found in times.items()}


def walk(server: Server, key: str, project: Project) -> Iterator[float]:
    """Seconds of one page after another; from the beginning again behind the last."""
    connection = http.client.HTTPConnection(*server.address, timeout=60)
    token = ""
    while True:
        address = f"/v1/tasks?project={quote(project.name)}&limit=100{token}"
        begun = time.perf_counter()
        connection.request("GET", address, headers={"Host": server.host, "Authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        body = answer.read()
        yield time.perf_counter() - begun
        if answer.status != 200:
            raise LoadError(body[:500].decode(errors="replace"))
        page = jsonio.parse(body)
        token = f"&next_token={page['next_token']}" if page["has_more"] else ""


def bulk_rows_per_s(world: World, server: Server, count: int) -> tuple[Project, float]:
    """Orders of so many lines in one request, per second."""
    project = world.make_project(world.measured, f"Bulk {count}")
    key = key_of(world)
    lines = (
        orjson.dumps({"attachment": TEXT.format(n), "attachment_type": "text", "metadata": {"row": n}}) + b"\n"
        for n in range(count)
    )
    body = b"".join(itertools.islice(lines, count))
    connection = http.client.HTTPConnection(*server.address, timeout=600)
    headers = {"Host": server.host, "Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
    begun = time.perf_counter()
    connection.request("POST", f"/v1/bulk/tasks?upload_id=bench&project={quote(project.name)}", body, headers)
    answer = connection.getresponse()
    told = answer.read()
    seconds = time.perf_counter() - begun
    if answer.status != 200 or jsonio.parse(told)["created"] != count:
        raise LoadError(told[:500].decode(errors="replace"))
    return project, round(count / seconds, 1)
