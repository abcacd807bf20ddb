"""How many tests ended how, and how long each took: a pytest plugin that writes a line per test as it ends.

The file (PLUMBLINE_TEST_TALLY) is complete at every moment, so that a run that is cut off can still say what was slow.
A test that computes for more than LONGEST_S seconds has to carry its reason: `@pytest.mark.slow(reason="…")`. What
counts there is the work of its processes, not the clock, so that a busy machine makes no test fail; and because one
machine computes half as fast as another, only twice as much fails the run, what lies between is told.
"""

import os
from collections import defaultdict
from pathlib import Path

import pytest

LONGEST_S = 20.0
SLOW_REASON = "slow_reason"
WORK = "work_s"

begun = pytest.StashKey[float]()
seconds_of: defaultdict[str, float] = defaultdict(float)
outcome_of: dict[str, str] = {}
too_slow: dict[str, float] = {}


def work_s() -> float:
    """Seconds that this process and its ended children have computed."""
    return sum(os.times()[:4])


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    item.stash[begun] = work_s()
    if marker := item.get_closest_marker("slow"):
        item.user_properties.append((SLOW_REASON, marker.kwargs["reason"]))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    item.user_properties.append((WORK, work_s() - item.stash[begun]))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Called for each phase of each test, with xdist in the controlling process only."""
    seconds_of[report.nodeid] += report.duration
    if report.failed or report.when == "call" or report.skipped:
        outcome_of.setdefault(report.nodeid, report.outcome)
        if report.failed:
            outcome_of[report.nodeid] = "failed"
    if report.when == "teardown" and "PYTEST_XDIST_WORKER" not in os.environ:
        note(report)


def note(report: pytest.TestReport) -> None:
    seconds = seconds_of[report.nodeid]
    properties = dict(report.user_properties)
    worked_s = float(str(properties.get(WORK, 0)))
    if worked_s > LONGEST_S and SLOW_REASON not in properties:
        too_slow[f"{report.nodeid} computed for {worked_s:.0f} s, {seconds:.0f} s by the clock"] = worked_s
    if path := os.environ.get("PLUMBLINE_TEST_TALLY"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{outcome_of[report.nodeid]}\t{seconds:.2f}\t{report.nodeid}\n")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if max(too_slow.values(), default=0) > 2 * LONGEST_S and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in too_slow:
        terminalreporter.write_line(f"{line}: make it faster or mark it slow with its reason.", red=True)
