"""The virtual environment with exactly what a lock file names, each file by its hash."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from bootstrap.steps import ROOT, STAMPS, VENV, SetUpError, fingerprint, once, run, say

RUN_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
NO_VENV = (
    "This Python cannot make virtual environments: its venv module is not complete. "
    "On Debian and Ubuntu: apt-get install python3-venv. Or name another Python: make run PYTHON=/path/to/python3"
)


def install_to_run() -> None:
    """Bring .venv to the lock for running; the one for development contains it, and serves if it is up to date."""
    make_environment(VENV)
    stamp = STAMPS / "packages"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == mark_of(DEV_LOCK):
        return
    install(RUN_LOCK)


def install_to_develop() -> None:
    make_environment(VENV)
    install(DEV_LOCK)


def install(lock: Path) -> None:
    once("packages", mark_of(lock), f"Installing Python packages ({lock.name})", lambda: sync(lock, PYTHON))


def mark_of(lock: Path) -> str:
    return f"{lock.name} {fingerprint([lock])}"


def make_environment(folder: Path, *options: str) -> None:
    """Make the virtual environment, anew when its Python has gone or is another one now."""
    python = folder / "bin" / "python"
    if python.exists() and version_of(python) == list(sys.version_info[:2]):
        return
    if subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False).returncode:
        raise SetUpError(NO_VENV)
    run([sys.executable, "-m", "venv", "--clear", *options, folder])


def version_of(python: Path) -> list[int]:
    """Major and minor version; empty when it does not start."""
    done = subprocess.run(
        [python, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True, check=False
    )
    return [int(part) for part in done.stdout.split()]


def sync(lock: Path, python: Path) -> None:
    """Install what the lock names, with uv or else with pip; both check every file's hash."""
    if uv_is_there():
        options = ["--require-hashes", "--no-managed-python", "--no-progress", "--quiet", "--python", str(python)]
        run([UV, "pip", "sync", *options, lock], env=os.environ | system_certificates())
    else:
        say("uv could not be installed; pip does its work, more slowly.")
        run([PYTHON, "-m", "pip", "--python", python, "install", "--require-hashes", "--no-deps", "-q", "-r", lock])


def uv_is_there() -> bool:
    """Whether uv can be used; it is installed by pip at the version and hashes of the lock for development."""
    if UV.exists():
        return True
    with tempfile.TemporaryDirectory() as folder:
        entry = Path(folder) / "uv.lock"
        entry.write_text(entry_of("uv", DEV_LOCK.read_text(encoding="utf-8")), encoding="utf-8")
        options = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--disable-pip-version-check", "-q"]
        done = subprocess.run([PYTHON, "-m", "pip", "install", *options, "-r", entry], check=False)
    return done.returncode == 0


def entry_of(name: str, lock: str) -> str:
    """The lines of one package in a lock file, its hashes included."""
    found = re.search(rf"^{re.escape(name)}==(?:.*\\\n)*.*", lock, re.MULTILINE)
    if found is None:
        raise SetUpError(f"The lock file does not name {name}.")
    return found[0] + "\n"


def system_certificates() -> dict[str, str]:
    """Programs that bring their own certificates learn those of this machine, such as a company proxy's."""
    return {name: os.environ.get(name, "1") for name in ("UV_SYSTEM_CERTS", "NODE_USE_SYSTEM_CA")}
