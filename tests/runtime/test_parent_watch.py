"""Each story starts a parent that starts a process, kills the parent with -9, and waits for the process's end.

A pipe tells the end: its reading end sees end-of-file when the last process that holds the writing end has gone.
"""

import os
import select
import subprocess
import sys

import pytest

from config.runtime.broker import GUARD
from tests.machine import ROOT

WAIT_S = 15.0
STAY = "import threading; threading.Event().wait(60)"
WATCHING = f"from config.runtime import parent_watch; parent_watch.watch_if_asked(); print('up', flush=True); {STAY}"
FORKING = WATCHING.replace("print(", "import os; os.fork(); print(")


def parent_of(command: list[str]) -> str:
    """A program that says who it is to its child and starts the command, then stays."""
    return f"import os, subprocess; os.environ['PLUMBLINE_PARENT'] = str(os.getpid()); subprocess.run({command!r})"


@pytest.mark.parametrize(
    ("command", "ups"),
    [
        pytest.param([sys.executable, "-W", "ignore", "-c", WATCHING], 1, id="child"),
        pytest.param([sys.executable, "-W", "ignore", "-c", FORKING], 2, id="forked grandchild"),
        pytest.param([sys.executable, str(GUARD), "sh", "-c", "echo up; exec sleep 60"], 1, id="guarded program"),
    ],
)
def test_process_ends_when_its_parent_is_killed(command, ups):
    parent = subprocess.Popen([sys.executable, "-c", parent_of(command)], cwd=ROOT, stdout=subprocess.PIPE)
    assert parent.stdout
    for _ in range(ups):
        assert parent.stdout.readline() == b"up\n"

    parent.kill()
    parent.wait()

    assert select.select([parent.stdout], [], [], WAIT_S)[0]
    assert parent.stdout.read() == b""
    parent.stdout.close()


def test_guard_that_stays_beside_its_program_kills_it(tmp_path):
    """What macOS does, forced here: no signal from the kernel."""
    staying = f"import sys; sys.platform = 'darwin'; sys.path.insert(0, {str(GUARD.parent)!r}); import guard; "
    staying += "guard.main(['sh', '-c', 'echo up; exec sleep 60'])"
    code = parent_of([sys.executable, "-c", staying])
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert parent.stdout
    assert parent.stdout.readline() == b"up\n"

    parent.kill()
    parent.wait()

    assert select.select([parent.stdout], [], [], WAIT_S)[0]
    assert parent.stdout.read() == b""
    parent.stdout.close()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give root up")
def test_guard_gives_up_root_for_its_program():
    command = [sys.executable, "-I", str(GUARD), "--as", "65534:65534", "id", "-u"]

    assert subprocess.run(command, capture_output=True, cwd="/", check=True).stdout == b"65534\n"
