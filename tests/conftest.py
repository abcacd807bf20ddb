import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core.cache import cache

from tests import environment, machine, memory, signing_in

user_logged_in.connect(signing_in.note_session)


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Each process has a test database of its own; SQLite's is a file, because threads share no database in memory."""
    database: dict[str, Any] = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        name = str(environment.DATA_DIR / "test.sqlite3")
    else:
        name = f"plumbline_test_{environment.RUN}_{environment.WORKER}"
    database.setdefault("TEST", {})["NAME"] = name


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    memory.forget()
    cache.clear()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    machine.deselect_browser_tests(config, items)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if machine.lacks and machine.IN_CI and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if path := os.environ.get("PLUMBLINE_TEST_TALLY"):  # make test says it once, after its last tier
        with Path(path).open("a", encoding="utf-8") as file:
            file.writelines(f"lack\t0\t{line}\n" for line in machine.lacks)
        return
    for line in machine.lacks:
        terminalreporter.write_line(line, yellow=True)
