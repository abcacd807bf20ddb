"""One process under the supervisor: started with a log file, tried again after a crash, stopped with patience."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from config.runtime import parent_watch

FIRST_WAIT_S = 0.25
LONGEST_WAIT_S = 60.0
# Who has lived this long has recovered: the next crash is a first one again.
RECOVERED_S = 60.0
LARGEST_LOG = 20 * 1024 * 1024


@dataclass(kw_only=True)
class Child:
    """A program that has to run for as long as the supervisor does. Without a log it writes to the terminal."""

    name: str
    command: list[str]
    log: Path | None
    env: Mapping[str, str]
    is_ready: Callable[[], bool]
    cwd: Path | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    said_ready: bool = field(default=False, init=False)
    started_at: float = field(default=0.0, init=False)
    start_at: float = field(default=0.0, init=False)
    wait_s: float = field(default=FIRST_WAIT_S, init=False)

    def tick(self, clock: float) -> str | None:
        """Start it when it is due, notice its end, say once that it is ready; returns what there is to say."""
        if self.process is None:
            if clock >= self.start_at:
                self.start(clock)
            return None
        if (code := self.process.poll()) is not None:
            return self.note_end(code, clock)
        if not self.said_ready and self.is_ready():
            self.said_ready = True
            return f"{self.name} is ready"
        return None

    def start(self, clock: float) -> None:
        with open_log(self.log) as file:
            # A process group of its own: Ctrl-C reaches the supervisor alone, which stops all in order.
            self.process = subprocess.Popen(
                self.command,
                cwd=self.cwd,
                env={**os.environ, **self.env, parent_watch.VARIABLE: str(os.getpid())},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT if file else None,
                process_group=0,
            )
        self.started_at = clock
        self.said_ready = False

    def note_end(self, code: int, clock: float) -> str:
        self.process = None
        if clock - self.started_at >= RECOVERED_S:
            self.wait_s = FIRST_WAIT_S
        wait_s, self.wait_s = self.wait_s, min(self.wait_s * 2, LONGEST_WAIT_S)
        self.start_at = clock + wait_s
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
        return f"{self.name} ended {how}; it is started again in {wait_s:g} s" + (
            f" (see {self.log})" if self.log else ""
        )

    def ask_to_stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def kill(self) -> None:
        """End it and whatever it started."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def shorten_log(self) -> None:
        with open_log(self.log):
            return


@contextmanager
def open_log(path: Path | None) -> Iterator[IO[bytes] | None]:
    """The log for appending; one that has grown too large is moved aside, and its writer goes on at an empty file."""
    if path is None:
        yield None
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        if file.tell() > LARGEST_LOG:
            shutil.copyfile(path, path.with_suffix(".log.1"))
            file.truncate(0)
        yield file
