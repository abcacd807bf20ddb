"""A whole site as `make run` starts it, on the database of the test."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User
from tests.machine import ROOT

START_S = 120.0
never = threading.Event()
# How the site's own connections are told from the test's.
APPLICATION = "plumbline-under-test"


class LiveSite:
    """The supervisor with its programs. Data lies where the test's own settings look for it."""

    def __init__(self, **settings_of_site: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.data_dir = Path(settings.DATA_DIR)
        for left in ("mail", "logs"):
            shutil.rmtree(self.data_dir / left, ignore_errors=True)
        outer = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        self.env = outer | {
            "DATA_DIR": str(self.data_dir),
            "PORT": str(self.port),
            "DEMO": "0",
            "DATABASE_URL": database_url(),
            "SECRET_KEY": settings.SECRET_KEY,
            "WORKBENCH_TEST_HOOK": "1",
            **settings_of_site,
        }
        self.lines: list[str] = []
        self.spoken = threading.Condition()

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.runtime"],
            cwd=ROOT,
            env=self.env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        threading.Thread(target=self.listen, daemon=True).start()
        self.wait_for("worker is ready")
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.process.kill()
        self.process.wait()

    def listen(self) -> None:
        assert self.process.stdout
        with self.process.stdout as spoken:
            for line in spoken:
                with self.spoken:
                    self.lines.append(line.strip())
                    self.spoken.notify_all()

    def wait_for(self, pattern: str) -> None:
        with self.spoken:
            heard = self.spoken.wait_for(lambda: any(re.search(pattern, line) for line in self.lines), START_S)
        assert heard, self.lines

    def session_of(self, user: User) -> str:
        """The session cookie of somebody who has signed in."""
        client = Client()
        client.force_login(user, backend="accounts.backends.EmailBackend")
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        return str(key)

    def log(self, name: str, *, lines: int = 40) -> str:
        path = self.data_dir / "logs" / f"{name}.log"
        text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        return "\n".join(text.splitlines()[-lines:])


def database_url() -> str:
    """The test's own database, as an address."""
    found: dict[str, Any] = connection.settings_dict
    name = quote(str(found["NAME"]), safe="/")
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    person = quote(found["USER"]) + (f":{quote(found['PASSWORD'])}" if found["PASSWORD"] else "")
    host, port = found["HOST"], found["PORT"]
    if host.startswith("/"):
        return f"postgresql://{person}@/{name}?host={host}&application_name={APPLICATION}"
    where = f"{host}:{port}" if port else host
    return f"postgresql://{person}@{where}/{name}?application_name={APPLICATION}"
