"""Label Studio beside us: its community release from PyPI, on PostgreSQL, under uWSGI as its own image runs it."""

import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from bench import serving
from bench.cells import Measuring, Round, Timing, measure
from bench.driving import Caller, LoadError
from bench.figures import SIZES
from bench.processes import Backends
from bench.serving import Server
from config.runtime.broker import GUARD
from config.runtime.site import ROOT
from core import jsonio

RELEASE = "label-studio==1.23.2"
VENV = ROOT / ".cache" / "label-studio"
PYTHON = VENV / "bin" / "python"
PEOPLE_SCRIPT = Path(__file__).with_name("label_studio_people.py")
CONFIG = (
    '<View><Text name="text" value="$text"/><Choices name="category" toName="text">'
    '<Choice value="cat"/><Choice value="dog"/><Choice value="bird"/><Choice value="fish"/></Choices></View>'
)
RESULT = [{"from_name": "category", "to_name": "text", "type": "choices", "value": {"choices": ["cat"]}}]
ANSWER = orjson.dumps({"result": RESULT, "lead_time": 0.9})
TASK_ID = re.compile(rb'"id": ?(\d+)')
# What its deploy/uwsgi.ini says, with our number of processes; connections are kept, to its advantage.
UWSGI = {
    "module": "core.wsgi:application",
    "master": "true",
    "single-interpreter": "true",
    "processes": str(serving.WORKERS),
    "threads": "1",
    "buffer-size": "65535",
    "http-timeout": "300",
    "http-keepalive": "300",
    "add-header": "Connection: Keep-Alive",
    "need-app": "true",
    "die-on-term": "true",
    "post-buffering": "4096",
    "disable-logging": "true",
    "enable-threads": "true",
    "thunder-lock": "true",
    "lazy-apps": "true",
    "harakiri": "120",
}
IMPORT_AT_ONCE = 5_000
IMPORT_S = 600
# Its import takes minutes for 100,000 tasks; a million would not fit into the time of a run.
LARGEST = 100_000


def install() -> None:
    """Into a virtual environment of its own, once."""
    if (VENV / "installed").exists():
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, RELEASE, "pyuwsgi"], check=True)
    (VENV / "installed").write_text(RELEASE, encoding="utf-8")


def environment(database_url: str, folder: Path, port: int) -> dict[str, str]:
    parts = urlsplit(database_url)
    socket = dict(parse_qsl(parts.query)).get("host", "")
    return {
        "DJANGO_DB": "default",
        "DJANGO_SETTINGS_MODULE": "core.settings.label_studio",
        "POSTGRE_NAME": parts.path[1:],
        "POSTGRE_USER": parts.username or "",
        "POSTGRE_PASSWORD": parts.password or "",
        "POSTGRE_HOST": parts.hostname or socket,
        "POSTGRE_PORT": str(parts.port or 5432),
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder / "label-studio"),
        "LABEL_STUDIO_HOST": f"http://localhost:{port}",
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "SENTRY_DSN": "",
        "APP_WEBSERVER": "uwsgi",
        "LOG_LEVEL": "ERROR",
    }


def people(env: Mapping[str, str], count: int) -> list[str]:
    """Its tables and people, made by a process of its own; the first is the owner. A token for each."""
    command = [str(PYTHON), "-I", str(PEOPLE_SCRIPT), str(count)]
    done = subprocess.run(command, env={**os.environ, **env}, check=True, capture_output=True, text=True)
    return [line.removeprefix("token ") for line in done.stdout.splitlines() if line.startswith("token ")]


@contextmanager
def serve(env: Mapping[str, str], folder: Path, port: int) -> Iterator[Server]:
    source = next((VENV / "lib").glob("python*/site-packages/label_studio"))
    lines = [f"{name} = {value}" for name, value in UWSGI.items()]
    lines += [f"chdir = {source}", f"http = 127.0.0.1:{port}", f"home = {VENV}"]
    config = folder / "uwsgi.ini"
    config.write_text("[uwsgi]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    command = [sys.executable, "-I", str(GUARD), str(VENV / "bin" / "uwsgi"), "--ini", str(config)]
    log = folder / "label-studio.log"
    with serving.running(command, env, port=port, path="/health", log=log) as server:
        yield server


@dataclass(frozen=True)
class LabelStudioCaller:
    """The calls of its own page: the next task of the project, then an annotation of it."""

    host: str
    token: str
    project: int

    def request(self, method: str, path: str, body: bytes = b"") -> bytes:
        return (
            f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Token {self.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body

    def take(self) -> bytes:
        return self.request("GET", f"/api/projects/{self.project}/next")

    def hand_in(self, claimed: bytes) -> bytes:
        return self.request("POST", f"/api/tasks/{claimed.decode()}/annotations/", ANSWER)

    def claimed(self, body: bytes) -> bytes | None:
        if found := TASK_ID.search(body):
            return found[1]
        raise LoadError(body[:2000].decode(errors="replace"))


@dataclass
class LabelStudio:
    tokens: list[str]
    server: Server
    backends: Backends
    name: str = "label_studio"
    projects: dict[tuple[str, int], int] = field(default_factory=dict)

    def cell(self, size: str, people: int, places: int) -> Measuring | None:
        if SIZES[size] > LARGEST:
            return None
        if (size, places) not in self.projects:
            self.projects[size, places] = self.make_project(SIZES[size], places)
        self.backends.vacuum()
        project = self.projects[size, places]
        return partial(
            self.measure, [LabelStudioCaller(self.server.host, token, project) for token in self.tokens[:people]]
        )

    def measure(self, callers: Sequence[Caller], timing: Timing) -> Round:
        """Twice as long: with many people and tasks it ends a pair in eight seconds.

        It opens a connection for each request: most of its backends have gone when their CPU is read.
        """
        longer = Timing(2 * timing.warm_up_s, 2 * timing.seconds)
        return replace(measure(self.server, self.backends, callers, longer), postgres_s=None)

    def make_project(self, count: int, places: int) -> int:
        """With so many tasks, by its API; its number."""
        values = {"title": f"{count} tasks", "label_config": CONFIG, "maximum_annotations": places}
        project = int(self.call("POST", "/api/projects/", values)["id"])
        for first in range(0, count, IMPORT_AT_ONCE):
            texts = range(first, min(count, first + IMPORT_AT_ONCE))
            rows = [{"text": f"Text number {number}: " + "some words to read, " * 14} for number in texts]
            self.call("POST", f"/api/projects/{project}/import", rows)
        return project

    def call(self, method: str, path: str, values: Any) -> Any:
        """Raises LoadError for a refusal."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=IMPORT_S)
        headers = {"Authorization": f"Token {self.tokens[0]}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, orjson.dumps(values), headers)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if answer.status >= 300:
            raise LoadError(body[:2000].decode(errors="replace"))
        return jsonio.parse(body)
