"""Servers under measurement: started as they run in production, with two web workers each, and ended."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.runtime import parent_watch, programs
from config.runtime.broker import GUARD
from config.runtime.site import ROOT, Site
from config.runtime.web import THREADS

WORKERS = 2
START_S = 60.0
never = threading.Event()


class StartError(Exception):
    """A server that does not come up; the text is the end of its log."""


@dataclass(frozen=True)
class Server:
    """A running server: the process that was started, and where it listens."""

    pid: int
    port: int

    @property
    def address(self) -> tuple[str, int]:
        return ("127.0.0.1", self.port)

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def plumbline(database_url: str, folder: Path) -> Iterator[Server]:
    """The web server of `make run`, alone: what the background does is not part of a pair."""
    port = free_port()
    site = Site(folder, "127.0.0.1", port, f"http://localhost:{port}", live_port=free_port())
    own = {"PUBLIC_URL": site.public_url, "DATABASE_URL": database_url, "DATABASE_POOL": "1"}
    # As programs.web would choose; the address of the database is this environment's only here.
    web = programs.web(site, programs.environment(site) | own)
    with running(web.command, dict(web.env), port=port, path="/healthz", log=folder / "plumbline.log") as server:
        yield server


@contextmanager
def ceiling(database_url: str, folder: Path, secret_key: str) -> Iterator[Server]:
    port = free_port()
    command = [
        *(sys.executable, "-I", str(GUARD), sys.executable, "-m", "granian"),
        *("bench.ceiling.site:application", "--interface", "wsgi", "--no-ws"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS)),
        *("--blocking-threads", str(THREADS)),
    ]
    env = {"DATABASE_URL": database_url, "SECRET_KEY": secret_key}
    with running(command, env, port=port, path="/", log=folder / "ceiling.log") as server:
        yield server


@contextmanager
def running(command: list[str], env: Mapping[str, str], *, port: int, path: str, log: Path) -> Iterator[Server]:
    """Raises StartError."""
    whole = {**os.environ, **env, parent_watch.VARIABLE: str(os.getpid()), "WEB_WORKERS": str(WORKERS)}
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=ROOT, env=whole, stdin=subprocess.DEVNULL, stdout=file, stderr=file, process_group=0
        )
    try:
        wait_until_up(process, port, path, log)
        yield Server(process.pid, port)
    finally:
        end(process)


def wait_until_up(process: subprocess.Popen[bytes], port: int, path: str, log: Path) -> None:
    for _try in range(int(START_S / 0.1)):
        if answers(port, path):
            return
        if process.poll() is not None:
            break
        never.wait(0.1)
    raise StartError(log.read_text(encoding="utf-8", errors="replace")[-4000:])


def answers(port: int, path: str) -> bool:
    """Whether anything is answered that is not an error of the server."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
