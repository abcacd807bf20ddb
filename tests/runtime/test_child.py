import subprocess
import sys
import threading

import pytest

from config.runtime import child as child_module
from config.runtime.child import Child


@pytest.fixture
def make_child(tmp_path):
    made = []

    def make(code: str) -> Child:
        log = tmp_path / "logs" / "program.log"
        child = Child(
            name="program", command=[sys.executable, "-c", code], log=log, env={"COLOUR": "blue"}, is_ready=lambda: True
        )
        made.append(child)
        return child

    yield make
    for child in made:
        child.kill()
        if child.process:
            child.process.wait(timeout=20)


def end_of(child: Child) -> subprocess.Popen[bytes]:
    assert child.process
    child.process.wait(timeout=20)
    return child.process


def test_child_writes_to_its_log_and_knows_its_environment(make_child):
    child = make_child("import os; print(os.environ['COLOUR'], os.environ['PLUMBLINE_PARENT'] == str(os.getppid()))")

    child.tick(0.0)
    end_of(child)

    assert child.log
    assert child.log.read_text() == "blue True\n"


def test_child_that_crashes_is_started_again_after_ever_longer_waits(make_child):
    child = make_child("raise SystemExit(3)")
    clock, said = 0.0, []

    for _ in range(10):
        child.tick(clock)
        end_of(child)
        said.append(child.tick(clock))
        assert child.tick(child.start_at - 0.1) is None
        assert child.process is None
        clock = child.start_at

    waits = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 60, 60]
    assert said == [f"program ended with code 3; it is started again in {wait} s (see {child.log})" for wait in waits]


def test_child_that_lived_long_enough_begins_with_short_waits_again(make_child):
    child = make_child("pass")
    for clock in (0.0, 100.0):
        child.start(clock)
        end_of(child)
        child.tick(clock)
    assert child.wait_s == 1.0

    child.start(200.0)
    end_of(child)

    assert "in 0.25 s" in str(child.tick(200.0 + child_module.RECOVERED_S))


def test_child_says_once_that_it_is_ready(make_child):
    child = make_child("import threading; threading.Event().wait(60)")
    child.tick(0.0)

    assert [child.tick(1.0), child.tick(2.0)] == ["program is ready", None]


def test_child_killed_takes_along_what_it_started(make_child, tmp_path):
    fifo = tmp_path / "alive"
    subprocess.run(["mkfifo", fifo], check=True)
    grandchild = f"exec sleep 60 > {fifo}"
    child = make_child(f"import subprocess; subprocess.run({grandchild!r}, shell=True)")
    child.tick(0.0)

    with fifo.open() as reader:  # opens when the grandchild has opened its end, and ends when that is closed
        child.kill()
        done = threading.Thread(target=reader.read, daemon=True)
        done.start()
        done.join(10)

        assert not done.is_alive()
    end_of(child)
    assert "by SIGKILL" in str(child.tick(1.0))


def test_log_that_has_grown_too_large_is_moved_aside(make_child, monkeypatch):
    monkeypatch.setattr(child_module, "LARGEST_LOG", 10)
    child = make_child("print('new')")
    assert child.log
    child.log.parent.mkdir()
    child.log.write_text("old and longer than ten bytes\n")

    child.tick(0.0)
    end_of(child)

    assert child.log.read_text() == "new\n"
    assert child.log.with_suffix(".log.1").read_text() == "old and longer than ten bytes\n"
