"""Run the tests against one mutant: in a forked child where that is enough, else in a copy of the tree."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import databases
from tests.machine import ROOT
from tests.proof.mutants.declared import Declared
from tests.proof.mutants.deriving import Mutant

LONGEST_S = 900.0
LEFT_OUT = {".venv", ".venv-node", ".git", ".cache", "node_modules", "dist", "var", "docs", "__pycache__"}
PYTEST = [
    "-m", "pytest", "-q", "--tb=no", "-rfE", "-p", "no:randomly", "-p", "no:cacheprovider",
    "-p", "no:unraisableexception", "-m", "not proof",
]  # fmt: skip
LIFE = "tests/proof/test_life.py"
TESTS = [
    "tests/labeling", "tests/quality", "tests/payments", "tests/workers", "tests/projects/test_holding.py",
    "tests/projects/test_views_versions.py", LIFE,
]  # fmt: skip
CONSTRAINTS, LOCKS = "tests/labeling/test_constraints.py", "tests/labeling/test_locks.py"
TOGETHER = ["tests/proof/test_together.py", "tests/proof/test_handing_out.py", "tests/proof/test_stopping.py"]
Record = dict[str, list[tuple[float, str]]]


@dataclass(frozen=True)
class Verdict:
    """`killed_by` names the test; empty: it survived."""

    killed_by: str
    seconds: float


class Nursery:
    """A process that has the tests in memory and the database made, and forks a child per mutant (nursery.py)."""

    def __init__(self, run_name: str, url: str, tests: Sequence[str]) -> None:
        child_reads, self.to_child = os.pipe()
        self.from_child, child_writes = os.pipe()
        env = environment(run_name, url) | {"PLUMBLINE_NURSERY": f"{child_reads} {child_writes}"}
        there = [path for path in tests if (ROOT / path).exists()]
        self.process = subprocess.Popen(
            [sys.executable, *PYTEST, "-p", "tests.proof.mutants.nursery", *there],
            cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=(child_reads, child_writes),
        )  # fmt: skip
        os.close(child_reads)
        os.close(child_writes)
        self.answers = os.fdopen(self.from_child)

    def ask(self, **request: Any) -> Any:
        os.write(self.to_child, (json.dumps(request) + "\n").encode())
        line = self.answers.readline()
        assert line, "the process with the tests has ended"
        return json.loads(line)

    def close(self) -> None:
        os.close(self.to_child)
        self.process.wait(timeout=60)


def environment(run_name: str, url: str) -> dict[str, str]:
    env = {**os.environ, "PLUMBLINE_TEST_RUN": run_name, "DATABASE_URL": url, "LOG_LEVEL": "ERROR"}
    for name in ("PLUMBLINE_TEST_TALLY", "DATA_DIR", "DJANGO_SETTINGS_MODULE"):
        env.pop(name, None)
    return env


class Judge:
    """One of those at work: its processes, and its copy of the tree, each made when it is needed."""

    def __init__(self, folder: Path, number: int, postgres: str) -> None:
        self.folder, self.number, self.postgres = folder, number, postgres
        self.run_name = f"mutants{os.getpid()}n{number}"
        self.nurseries: dict[str, Nursery] = {}
        self.record: Record = {}
        self.of_database: list[str] = []

    def nursery(self, database: str) -> Nursery:
        if database not in self.nurseries:
            url, tests = (self.postgres, [CONSTRAINTS, LOCKS]) if database == "postgresql" else ("", TESTS)
            self.nurseries[database] = Nursery(f"{self.run_name}{database[0]}", url, tests)
        return self.nurseries[database]

    def close(self) -> None:
        for nursery in self.nurseries.values():
            nursery.close()
        databases.drop_leftovers(self.postgres, self.run_name)

    def judge(self, one: Mutant | Declared) -> Verdict:
        begun = time.monotonic()
        killed_by = self.killer(one)
        return Verdict(killed_by, round(time.monotonic() - begun, 1))

    def killer(self, one: Mutant | Declared) -> str:
        if isinstance(one, Declared):
            tests = [name for name in self.of_database if f"[{one.name}]" in name]
            return str(self.nursery("postgresql").ask(without=[one.model, one.name], tests=tests))
        if one.function == "module":  # no function whose code could be replaced
            return self.killer_in_copy(one, "", ["tests/labeling"])
        request = {"path": one.path, "function": one.function, "source": one.source}
        if one.kind == "lock":
            tests = [name for name in self.of_database if name.startswith(LOCKS)]
            found = str(self.nursery("postgresql").ask(**request, tests=tests))
            return found or self.killer_in_copy(one, self.postgres, TOGETHER)
        return str(self.nursery("sqlite").ask(**request, tests=self.of_function(one)))

    def of_function(self, one: Mutant) -> list[str]:
        """The tests that call the function, the quickest first; of one that has come since, those of its module."""
        here = self.record.get(f"{one.path}:{one.function}") or [
            test for key, tests in self.record.items() if key.startswith(f"{one.path}:") for test in tests
        ]
        return [*dict.fromkeys(name for _seconds, name in sorted(here)), f"{LIFE}::test_work_lives_in_order"]

    def killer_in_copy(self, one: Mutant, url: str, paths: Sequence[str]) -> str:
        path = self.copy() / one.path
        right = path.read_text(encoding="utf-8")
        path.write_text(one.source, encoding="utf-8")
        try:
            return self.run_in_copy(url, paths)
        finally:
            path.write_text(right, encoding="utf-8")

    def copy(self) -> Path:
        root = self.folder / f"tree{self.number}"
        if not root.exists():
            shutil.copytree(ROOT, root, symlinks=True, ignore=lambda _path, names: LEFT_OUT & set(names))
        return root

    def run_in_copy(self, url: str, paths: Sequence[str]) -> str:
        """The first test that fails; empty when all pass."""
        command = [sys.executable, *PYTEST, "-x", *paths]
        name = f"{self.run_name}copy"
        with subprocess.Popen(
            command, cwd=self.copy(), env=environment(name, url), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True,
        ) as process:  # fmt: skip
            try:
                said, _none = process.communicate(timeout=LONGEST_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.communicate()
                return "does not end"
            finally:
                if url:
                    databases.drop_leftovers(url, name)
        return first_failure(said, process.returncode)


def first_failure(said: str, code: int) -> str:
    if code == 0:
        return ""
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", said, re.MULTILINE)
    return found.group(1) if found else "does not start"
