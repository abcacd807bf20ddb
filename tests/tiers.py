"""`make test`: each tier with its time, one closing summary.

`python -m tests.tiers [name…]` runs the tiers whose names contain one of the words; `make proof` is those of the long
torture tests and state machines, which run only when they are asked for.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from tests import databases, machine

ROOT = machine.ROOT
FRONT = ROOT / "frontend"
BROWSER = ROOT / "tests" / "browser"
TALLIES = ROOT / ".cache" / "tallies"
SLOWEST = 20
PYTEST = [sys.executable, "-m", "pytest", "-qq"]
Database = AbstractContextManager[str]
PARALLEL = ["--numprocesses=auto", "--maxprocesses=8", "--dist=worksteal"]


@dataclass
class Tier:
    """What ran in one tier: `counts` by outcome, `times` as (seconds, test)."""

    name: str
    run: Callable[["Tier"], int]
    code: int = 0
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    times: list[tuple[float, str]] = field(default_factory=list)
    lacks: set[str] = field(default_factory=set)

    @property
    def tally(self) -> Path:
        return TALLIES / self.name.replace(" ", "-")

    def read_tally(self) -> None:
        """The tests' plugin (tests/tally.py) writes a line per test: outcome, seconds, name."""
        for line in self.tally.read_text(encoding="utf-8").splitlines() if self.tally.exists() else ():
            outcome, seconds, name = line.split("\t", 2)
            if outcome == "lack":
                self.lacks.add(name)
            else:
                self.counts[outcome] += 1
                self.times.append((float(seconds), name))


def main(words: list[str]) -> int:
    if words == ["--slowest"]:
        return show_slowest()
    TALLIES.mkdir(parents=True, exist_ok=True)
    for old in TALLIES.iterdir():
        old.unlink()
    tiers = chosen(words)
    for tier in tiers:
        print(f"-- {tier.name}", flush=True)
        begun = time.monotonic()
        tier.code = tier.run(tier)
        tier.seconds = time.monotonic() - begun
    return summarise(tiers)


def chosen(words: list[str]) -> list[Tier]:
    tiers = [
        Tier("TypeScript", typescript),
        Tier("Python on SQLite", lambda tier: python(tier, nullcontext(""))),
        Tier("Python on PostgreSQL", lambda tier: python(tier, databases.postgresql())),
    ]
    if any("proof" in word for word in words):
        tiers += [
            Tier("proof on SQLite", lambda tier: proof(tier, nullcontext(""))),
            Tier("proof on PostgreSQL", lambda tier: proof(tier, databases.postgresql())),
        ]
    if machine.chromium() and any(BROWSER.glob("**/test_*.py")):
        tiers += [
            Tier("browser on PostgreSQL", lambda tier: browser(tier, databases.postgresql())),
            Tier("browser on SQLite", lambda tier: browser(tier, nullcontext(""), "-m", "both_databases")),
        ]
    return [tier for tier in tiers if not words or any(word in tier.name for word in words)]


def typescript(tier: Tier) -> int:
    """Vitest's tests; its counts come from its JSON report."""
    report = TALLIES / "vitest.json"
    command = [
        "npm",
        "run",
        "--silent",
        "test",
        "--",
        "--reporter=default",
        "--reporter=json",
        f"--outputFile={report}",
    ]
    code = subprocess.run(command, cwd=FRONT, stdin=subprocess.DEVNULL, check=False).returncode
    if report.exists():
        found = json.loads(report.read_bytes())
        tier.counts = Counter(
            passed=found["numPassedTests"], failed=found["numFailedTests"], skipped=found["numPendingTests"]
        )
    return code


def python(tier: Tier, database: Database) -> int:
    return pytest(tier, database, "tests", f"--ignore={BROWSER}", "-m", "not proof", *PARALLEL)


def proof(tier: Tier, database: Database) -> int:
    """One test after the other: each brings processes enough of its own."""
    return pytest(tier, database, "tests/proof", "-m", "proof", "-rP")


def browser(tier: Tier, database: Database, *options: str) -> int:
    return pytest(tier, database, str(BROWSER), *PARALLEL, *options)


def pytest(tier: Tier, database: Database, *arguments: str) -> int:
    """Run pytest on a database; afterwards nothing is left of its databases, even if it was cut off."""
    run, seed = secrets.token_hex(4), secrets.randbelow(2**32)
    print(f"order of tests: --randomly-seed={seed}", flush=True)
    with database as url:
        env = {**os.environ, "PLUMBLINE_TEST_RUN": run, "PLUMBLINE_TEST_TALLY": str(tier.tally), "DATABASE_URL": url}
        command = [*PYTEST, f"--randomly-seed={seed}", *arguments]
        try:
            code = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False).returncode
        finally:
            shutil.rmtree(Path(tempfile.gettempdir()) / f"{databases.NAMES}{run}", ignore_errors=True)
            if url:
                databases.drop_leftovers(url, run)
    tier.read_tally()
    return code


def summarise(tiers: list[Tier]) -> int:
    """Print each tier's time and, as the last line, the whole sum; returns the exit code."""
    lacks = set().union(*(tier.lacks for tier in tiers))
    if not machine.chromium():
        lacks.add(machine.NO_CHROMIUM)
    total: Counter[str] = Counter()
    print()
    for tier in tiers:
        if tier.code and not tier.counts["failed"]:
            tier.counts["failed"] = 1  # it ended badly without a failed test: the sum must not look well
        total += tier.counts
        how = "ok" if tier.code == 0 else f"ended with code {tier.code}"
        print(f"{tier.name:24}{tier.counts['passed']:6} passed {tier.seconds:7.1f} s  {how}")
    if machine.IN_CI:
        show_slowest()
        total["failed"] += len(lacks)
    for line in sorted(lacks):
        print(line)
    print(f"Total: {total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped", flush=True)
    return 1 if total["failed"] else 0


def show_slowest() -> int:
    """The slowest tests of the last run, also of one that was cut off."""
    found = []
    for path in TALLIES.glob("*-on-*"):
        tier = Tier(path.name.replace("-", " "), lambda _tier: 0)
        tier.read_tally()
        found += [(seconds, f"{name} ({tier.name})") for seconds, name in tier.times]
    print("The slowest tests:")
    for seconds, name in sorted(found, reverse=True)[:SLOWEST]:
        print(f"{seconds:7.1f} s  {name}")
    return 0


def end(_number: int, _frame: FrameType | None) -> None:
    """A termination is treated like Ctrl-C: what was started is ended, and databases are dropped."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, end)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Stopped.")
