"""The web server as the runtime starts it, on the tests' database, and raw bytes to it over a socket."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from tests.databases import wait_until
from tests.machine import ROOT


@dataclass(frozen=True)
class Server:
    port: int
    pid: int

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    def send(self, raw: bytes, *, seconds: float) -> bytes:
        """The beginning of the answer; empty when the connection was closed. Raises TimeoutError after the seconds."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as wire:
            try:
                wire.sendall(raw)
                return first_bytes(wire)
            except (ConnectionResetError, BrokenPipeError):
                return b""

    def memory_mb(self) -> float:
        """Of the server's processes together, as the kernel counts it."""
        return sum(resident_mb(pid) for pid in [self.pid, *children(self.pid)])


def first_bytes(wire: socket.socket) -> bytes:
    """A server that waits for the rest of a body learns after a while that nothing will come."""
    try:
        return wire.recv(4096)
    except TimeoutError:
        wire.shutdown(socket.SHUT_WR)
        return wire.recv(4096)


def resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for path in tasks for child in path.read_text(encoding="ascii").split()]


@contextmanager
def serving() -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = dict(os.environ) | {
        "DATABASE_URL": url_of(connection.settings_dict),
        "DATA_DIR": str(settings.DATA_DIR),
        "PORT": str(port),
        "PUBLIC_URL": f"http://localhost:{port}",
        "WEB_WORKERS": "1",
        "WEB_THREADS": "2",
    }
    with tempfile.NamedTemporaryFile() as log:
        command = [sys.executable, "-m", "config.runtime.web"]
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)
        try:
            server = Server(port, process.pid)
            wait_until(lambda: is_up(server), process, Path(log.name))
            yield server
            said = Path(log.name).read_text(encoding="utf-8", errors="replace")
            assert "Traceback" not in said, said
        finally:
            process.terminate()
            process.wait(timeout=30)


def url_of(database: dict[str, Any]) -> str:
    if "sqlite3" in database["ENGINE"]:
        return f"sqlite:///{database['NAME']}"
    where = f"?host={database['HOST']}" if str(database["HOST"]).startswith("/") else ""
    host = "" if where else f"{database['HOST']}:{database['PORT'] or 5432}"
    return f"postgresql://{database['USER']}:{database['PASSWORD']}@{host}/{database['NAME']}{where}"


def is_up(server: Server) -> bool:
    try:
        return server.send(get(server, "/healthz"), seconds=5).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def get(server: Server, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {server.host}\r\nConnection: close\r\n\r\n".encode()
