"""A step of the set-up: what it says, whether it is still done from last time, how it fails."""

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
VENV = ROOT / ".venv"
STAMPS = VENV / "stamps"


class SetUpError(Exception):
    """The set-up cannot go on; the text says what the person at the terminal can do."""


def say(text: str) -> None:
    print(text, flush=True)


def once(name: str, mark: str, title: str, work: Callable[[], None], *, result: Path | None = None) -> None:
    """Do the work unless the stamp says that it was done for the same mark, and its result is still there."""
    stamp = STAMPS / name
    if (result is None or result.exists()) and stamp.exists() and stamp.read_text(encoding="utf-8") == mark:
        return
    stamp.unlink(missing_ok=True)
    say(title)
    work()
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(mark, encoding="utf-8")


def run(command: Sequence[str | Path], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> None:
    """Run a program quietly; when it fails, show what it printed. Raises SetUpError."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        sys.stdout.write(done.stdout.decode(errors="replace"))
        raise SetUpError(f"This command failed with code {done.returncode}: {' '.join(map(str, command))}")


def fingerprint(files: Iterable[Path]) -> str:
    """A hash over the names and the contents of files."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
