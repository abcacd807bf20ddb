"""A broker and a Celery worker in processes of their own, on the database of the tests: as `make run` has them."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit, urlunsplit

from django.db import connection
from kombu import pools

from config.celery import app
from config.runtime.parent_watch import VARIABLE
from config.runtime.programs import CELERY
from tests import databases, environment
from tests.machine import ROOT

# One process of the worker: the tests beside this one have theirs.
WORKER = [*CELERY, "worker", "--pool=solo", "--without-gossip", "--without-mingle", "--without-heartbeat"]


@contextmanager
def background(folder: Path, more: Mapping[str, str] = MappingProxyType({})) -> Iterator[None]:
    """What this process wakes is run by a worker until the block ends; then it ends before the tables are emptied.

    `more`: settings of the worker's environment.
    """
    with databases.own_broker() as broker, messages_to(broker), (folder / "worker.log").open("wb") as log:
        ready = folder / "ready"
        env = os.environ | {
            "DATABASE_URL": database_url(),
            "DATA_DIR": str(environment.DATA_DIR),
            "REDIS_URL": broker,
            "PLUMBLINE_READY_FILE": str(ready),
            VARIABLE: str(os.getpid()),
            **more,
        }
        process = subprocess.Popen(WORKER, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            databases.wait_until(ready.exists, process, folder / "worker.log")
            yield
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """The job in hand is done first."""
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def messages_to(broker: str) -> Iterator[None]:
    """The server under test runs in this process."""
    before = app.conf.broker_url
    app.conf.update(broker_url=broker)
    pools.reset()
    try:
        yield
    finally:
        app.conf.update(broker_url=before)
        pools.reset()


def database_url() -> str:
    """Of the database that the tests made."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
