"""A pytest plugin: collect the tests and make the database once, then fork a child for each mutant.

Requests come and answers go as lines of JSON by two pipes (PLUMBLINE_NURSERY: their numbers). A mutant is put into the
child's memory only: the code of one function is replaced by what its changed source says.
"""

import functools
import gc
import importlib
import inspect
import json
import os
import select
import shutil
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from pytest_django.plugin import blocking_manager_key

from tests.machine import ROOT

# A test that hangs, such as one that waits for what a mutant never does, is as good as one that fails.
LONGEST_S = 240.0
LONGEST_RECORD_S = 7200.0
POLL_S = 0.05


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    incoming, outgoing = (int(number) for number in os.environ["PLUMBLINE_NURSERY"].split())
    first = next(item for item in session.items if "django_db_setup" in getattr(item, "fixturenames", ()))
    fails(first, session)  # the session's fixtures stay: the database is made
    with os.fdopen(incoming) as requests, os.fdopen(outgoing, "w") as answers:
        for line in requests:
            request: dict[str, Any] = json.loads(line)
            answers.write(json.dumps(served(request, session)) + "\n")
            answers.flush()
    return True


def served(request: dict[str, Any], session: pytest.Session) -> Any:
    with apart(request, session):
        reading, writing = os.pipe()
        if not (pid := os.fork()):
            os.close(reading)
            live(request, session, writing)
        os.close(writing)
        return heard(pid, reading, LONGEST_RECORD_S if request.get("record") else LONGEST_S)


@contextmanager
def apart(request: dict[str, Any], session: pytest.Session) -> Iterator[None]:
    """No connection is inherited, and the child's traces in the database are gone with it."""
    from django.db import connection, connections

    connections.close_all()
    name = Path(str(connection.settings_dict["NAME"]))
    kept = name.with_suffix(".kept")
    if connection.vendor == "sqlite":
        shutil.copyfile(name, kept) if not kept.exists() else shutil.copyfile(kept, name)
        for more in ("-wal", "-shm", "-journal"):
            Path(f"{name}{more}").unlink(missing_ok=True)
    yield
    if dropped := request.get("without"):
        from tests.proof.mutants import declared

        with between_tests(session):
            declared.put_back(*dropped)
        connections.close_all()


def between_tests(session: pytest.Session) -> AbstractContextManager[None]:
    """Where pytest-django lets nobody to the database."""
    return session.config.stash[blocking_manager_key].unblock()


def heard(pid: int, reading: int, longest_s: float) -> Any:
    """What the child wrote before it ended."""
    until = time.monotonic() + longest_s
    with os.fdopen(reading) as lines:
        while not os.waitpid(pid, os.WNOHANG)[0]:
            if time.monotonic() > until:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                return "does not end"
            if line := waited_for(lines):
                os.waitpid(pid, 0)
                return json.loads(line)
        line = lines.readline()
    return json.loads(line) if line else "ends at once"


def waited_for(lines: Any) -> str:
    ready, _w, _x = select.select([lines], [], [], POLL_S)
    return str(lines.readline()) if ready else ""


def live(request: dict[str, Any], session: pytest.Session, writing: int) -> None:
    """In the child: change what is asked for, run the tests until one fails, say which, end."""
    answer: Any = ""  # a mutant that could not be made was not killed
    try:
        answer = recorded(session, set(request["known"])) if request.get("record") else killer(request, session)
    finally:
        with os.fdopen(writing, "w") as pipe:
            pipe.write(json.dumps(answer) + "\n")
        os._exit(0)


def killer(request: dict[str, Any], session: pytest.Session) -> str:
    """The first test that fails; empty when none does."""
    forget()
    if dropped := request.get("without"):
        from tests.proof.mutants import declared

        with between_tests(session):
            declared.drop(*dropped)
    else:
        replace_code(request["path"], request["function"], request["source"])
    by_name = {item.nodeid: item for item in session.items}
    items = [by_name[name] for name in request["tests"] if name in by_name]
    return next((item.nodeid for item in items if fails(item, session)), "")


def fails(item: pytest.Item, session: pytest.Session) -> bool:
    """With one of elsewhere to follow, so that the session's fixtures stay, and those of its file and folder do not."""
    others = (other for other in session.items if other is not item)
    following = max(others, key=lambda one: (one.path.parent != item.path.parent, one.path != item.path))
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))


def forget() -> None:
    """Statements that were put together, and what functions of our own remember."""
    from core.prepared import Prepared, PreparedDelete, PreparedInsert, PreparedUpdate

    for one in gc.get_objects():
        # By its type alone: a lazy object is asked for its class, and may have none any more.
        kind = type(one)
        if issubclass(kind, Prepared | PreparedUpdate | PreparedDelete):
            one.statement = None
        elif kind is PreparedInsert:
            one.statements.clear()
        elif kind is functools._lru_cache_wrapper and one.__module__.startswith(("labeling", "projects")):
            one.cache_clear()


def replace_code(path: str, function: str, source: str) -> None:
    """Whoever has imported the function has its new code too; one inside another comes with that one's."""
    live: Any = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    found = []
    for name in function.split("."):
        if not hasattr(live, name):
            break
        live = getattr(live, name)
        found.append(name)
    live = inspect.unwrap(getattr(live, "fget", live))
    live.__code__ = code_of(compile(source, str(ROOT / path), "exec"), ".".join(found))


def code_of(code: CodeType, function: str) -> CodeType:
    found = [inner for inner in code.co_consts if isinstance(inner, CodeType)]
    for inner in found:
        if inner.co_qualname == function:
            return inner
    parent = next(inner for inner in found if function.startswith(f"{inner.co_qualname}."))
    return code_of(parent, function)


def recorded(session: pytest.Session, known: set[str]) -> dict[str, list[tuple[float, str]]]:
    """`path:function` → (seconds, test) of each test that calls it, without the slow ones and those that are known."""
    found: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for item in session.items:
        if item.nodeid in known or item.get_closest_marker("slow"):
            continue
        forget()
        called: set[CodeType] = set()
        begun = time.monotonic()
        sys.setprofile(listener(called))
        try:
            broken = fails(item, session)
        finally:
            sys.setprofile(None)
        if broken:
            return {"broken": [(0.0, item.nodeid)]}
        for key in {key for code in called if (key := key_of(code))}:
            found[key].append((time.monotonic() - begun, item.nodeid))
    return found


def listener(called: set[CodeType]) -> Callable[[FrameType, str, Any], None]:
    def hear(frame: FrameType, event: str, _arg: Any) -> None:
        if event == "call":
            called.add(frame.f_code)

    return hear


def key_of(code: CodeType) -> str:
    """Lambdas and comprehensions belong to their function."""
    if not code.co_filename.startswith(str(ROOT)) or "site-packages" in code.co_filename:
        return ""
    return f"{Path(code.co_filename).relative_to(ROOT)}:{code.co_qualname.split('.<locals>')[0]}"
