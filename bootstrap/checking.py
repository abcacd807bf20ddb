"""`make check`: every check runs, each says how long it took, and what failed is shown in the end."""

import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from bootstrap.packages import PYTHON
from bootstrap.steps import ROOT, say

BIN = PYTHON.parent
TEMPLATES = sorted(str(path) for path in ROOT.glob("*/templates"))
HOUSE_TESTS = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("tests/test_house*.py"))


class Check(NamedTuple):
    name: str
    command: list[str | Path]
    cwd: Path = ROOT


def checks() -> list[Check]:
    """From the quickest to the slowest."""
    found = [
        Check("ruff format", [BIN / "ruff", "format", "--check", "--quiet", "."]),
        Check("ruff check", [BIN / "ruff", "check", "--quiet", "."]),
        Check("import-linter", [BIN / "lint-imports", "--no-logo"]),
        Check("migrations", [PYTHON, "-W", "error", "manage.py", "makemigrations", "--check", "--dry-run"]),
        Check("django check", [PYTHON, "manage.py", "check", "--fail-level", "WARNING"]),
    ]
    if TEMPLATES:
        found += [
            Check("djlint format", [BIN / "djlint", "--check", "--quiet", *TEMPLATES]),
            Check("djlint lint", [BIN / "djlint", "--lint", "--quiet", *TEMPLATES]),
        ]
    return [
        *found,
        Check("front end", ["npm", "run", "--silent", "check"], ROOT / "frontend"),
        Check("house tests", [PYTHON, "-m", "pytest", "-q", *HOUSE_TESTS]),
        Check("mypy", [BIN / "mypy", "--no-error-summary"]),
    ]


def check(names: list[str], *, env: Mapping[str, str]) -> int:
    """Run all checks, or those named; returns the exit code."""
    chosen = [check for check in checks() if not names or check.name in names]
    failed = [check.name for check in chosen if not passes(check, env)]
    say(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


def passes(check: Check, env: Mapping[str, str]) -> bool:
    begun = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=check.cwd,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    mark = "ok" if done.returncode == 0 else "FAILED"
    say(f"{check.name:16} {mark:7} {time.monotonic() - begun:5.1f} s")
    if done.returncode:
        say(done.stdout.decode(errors="replace"))
    return done.returncode == 0
