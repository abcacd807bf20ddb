"""The process for live events as `make run` starts it, on the database of the test."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Self

from django.conf import settings

from tests.databases import wait_until
from tests.machine import ROOT
from tests.proof.kills.site import database_url


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LiveProcess:
    """`redis_url` in Celery's words. Pages of `http://localhost:<web_port>` may read."""

    def __init__(self, folder: Path, *, redis_url: str, web_port: int = 0) -> None:
        self.port, self.web_port = free_port(), web_port or free_port()
        self.log = folder / "live.log"
        self.env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ} | {
            "DATA_DIR": str(settings.DATA_DIR),
            "DATABASE_URL": database_url(),
            "SECRET_KEY": settings.SECRET_KEY,
            "REDIS_URL": redis_url,
            "PORT": str(self.web_port),
            "LIVE_PORT": str(self.port),
        }

    def __enter__(self) -> Self:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.runtime.live"], cwd=ROOT, env=self.env, stdout=log, stderr=log
            )
        wait_until(self.answers, self.process, self.log)
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        for pid in self.serving():
            os.kill(pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()

    def answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=2) as asking:
            asking.sendall(b"GET /live/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return asking.recv(100).startswith(b"HTTP/1.1 200")
        return False

    def serving(self) -> list[int]:
        """The forked process, if it lives."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()] if path.exists() else []

    def kill_serving(self) -> None:
        for pid in self.serving():
            os.kill(pid, signal.SIGKILL)
