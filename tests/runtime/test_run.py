"""The whole runtime as `make run` starts it once everything is installed."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.machine import ROOT

# Generous: the machine may be busy with other tests.
START_S = 300.0
END_S = 30.0


class Runtime:
    """One supervisor with its processes; `lines` grows as it speaks."""

    def __init__(self, data_dir: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        outer = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        self.data_dir = data_dir
        self.env = outer | {"DATA_DIR": str(data_dir), "PORT": str(self.port), "DEMO": "0"}
        self.process = self.start(stdout=subprocess.PIPE)
        self.lines: list[str] = []
        self.spoken = threading.Condition()
        threading.Thread(target=self.listen, daemon=True).start()

    def start(self, **options) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "config.runtime"]
        return subprocess.Popen(command, cwd=ROOT, env=self.env, text=True, stderr=subprocess.STDOUT, **options)

    def listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            with self.spoken:
                self.lines.append(line.strip())
                self.spoken.notify_all()

    def wait_for(self, pattern: str, *, times: int = 1) -> None:
        with self.spoken:
            heard = self.spoken.wait_for(
                lambda: len([line for line in self.lines if re.search(pattern, line)]) >= times, START_S
            )
        assert heard, self.lines

    def page(self) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10) as answer:
            return bytes(answer.read())

    def processes(self) -> dict[int, str]:
        """Ids and commands of all living processes that name this folder of data in command or environment."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_text().replace("\0", " ")
                if f"DATA_DIR={self.data_dir}\0" in (folder / "environ").read_text() or str(self.data_dir) in command:
                    found[int(folder.name)] = command
            except OSError:
                continue
        return {number: command for number, command in found.items() if command}

    def all_ended(self) -> bool:
        never = threading.Event()
        for _ in range(int(END_S / 0.1)):
            if not self.processes():
                return True
            never.wait(0.1)
        return False


@pytest.fixture
def runtime(tmp_path) -> Iterator[Runtime]:
    running = Runtime(tmp_path / "data")
    yield running
    running.process.kill()
    running.process.wait()
    assert running.all_ended()
    assert running.process.stdout
    running.process.stdout.close()


pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes below /proc"),
    pytest.mark.slow(reason="starts the whole site: five programs, and all migrations"),
]


def test_runtime_serves_and_ends_with_ctrl_c(runtime):
    runtime.wait_for("worker is ready")

    assert runtime.page() == b"ok"
    assert f"Plumbline is at http://localhost:{runtime.port}" in "\n".join(runtime.lines)
    kinds = {
        kind
        for command in runtime.processes().values()
        for kind in ("worker", "beat", "web", "live")
        if kind in command
    }
    assert kinds == {"worker", "beat", "web", "live"}
    runtime.process.send_signal(signal.SIGINT)
    assert runtime.process.wait(timeout=END_S) == 0
    assert runtime.processes() == {}
    assert not (runtime.data_dir / "broker.sock").exists()


def test_runtime_killed_leaves_no_process(runtime):
    runtime.wait_for("worker is ready")
    assert len(runtime.processes()) >= 11

    runtime.process.kill()
    runtime.process.wait()

    assert runtime.all_ended(), runtime.processes()


def test_runtime_goes_on_without_what_crashed_and_starts_it_again(runtime):
    runtime.wait_for("worker is ready")
    broker = next(number for number, command in runtime.processes().items() if "broker.sock" in command)
    worker = next(
        number for number, command in runtime.processes().items() if "celery" in command and "worker" in command
    )

    os.kill(broker, signal.SIGKILL)
    os.kill(worker, signal.SIGKILL)

    runtime.wait_for("broker ended by SIGKILL; it is started again in 0.25 s")
    assert runtime.page() == b"ok"
    runtime.wait_for("worker ended by SIGKILL; it is started again in 0.25 s")
    runtime.wait_for("broker is ready", times=2)
    runtime.wait_for("worker is ready", times=2)


def test_runtime_is_started_once_per_folder_of_data(runtime):
    runtime.wait_for("Preparing the database")

    second = runtime.start(stdout=subprocess.PIPE)
    said, _ = second.communicate(timeout=START_S)

    assert (second.returncode, said) == (
        1,
        f"Plumbline is running already with DATA_DIR={runtime.data_dir}. Stop it first.\n",
    )


def test_runtime_that_cannot_start_says_why_in_a_sentence(tmp_path):
    env = os.environ | {"DATA_DIR": str(tmp_path), "PORT": "8000", "PUBLIC_URL": "http://plumb.example", "DEMO": "0"}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        env["PORT"] = str(probe.getsockname()[1])

    done = subprocess.run(
        [sys.executable, "-m", "config.runtime"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stderr == (
        "PUBLIC_URL is http://plumb.example: passwords would cross the network unprotected. "
        "Use https, or set INSECURE_HTTP=1 if you accept that.\n"
    )
