"""Processes that work while somebody kills them, and what each has written down before it died.

Nothing of Django is imported here before a process has been told which database is the test's.
"""

import json
import os
import random
from collections.abc import Iterator
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from config.runtime import parent_watch


class Diary:
    """One worker's own words, a line each: what is about to be handed in, and the receipt once it has come."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, **line: Any) -> None:
        """One write of one line: a process that is killed leaves all of it or nothing."""
        with self.path.open("ab", buffering=0) as file:
            file.write((json.dumps(line) + "\n").encode())

    def lines(self) -> Iterator[dict[str, Any]]:
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                yield json.loads(line)

    def unanswered(self) -> list[dict[str, Any]]:
        """What may or may not have been handed in when the process died."""
        answered = {line["key"] for line in self.lines() if "receipt" in line}
        return [line for line in self.lines() if "receipt" not in line and line["key"] not in answered]

    def receipts(self) -> list[dict[str, Any]]:
        return [line for line in self.lines() if "receipt" in line]


def live(database: str, worker_id: int, path: str, stop: Event) -> None:
    """What a process does from its start until it is told to stop, or killed."""
    parent_watch.begin()
    os.environ |= {"LOG_LEVEL": "CRITICAL", "SQLITE_SYNCHRONOUS": "OFF"}
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from django.db import InterfaceError, OperationalError, connection, connections

    random.seed()
    diary = Diary(Path(path))
    while not stop.is_set():
        try:
            step(worker_id, diary)
        except (OperationalError, InterfaceError):  # somebody has dropped the connection
            connection.close()
    connections.close_all()


def step(worker_id: int, diary: Diary) -> None:
    """What is not known to have arrived goes first, with its old key; then a claim and what follows from it."""
    from django.utils import timezone

    from labeling.claiming import claim, reserve
    from labeling.expiring import expire_assignments
    from labeling.models import Assignment
    from labeling.renewing import heartbeat
    from labeling.returning import release
    from workers.models import Worker

    for line in diary.unanswered():
        hand_in(Assignment.objects.get(public_id=line["assignment"]), line["key"], diary)
    dice = random.random()
    verb = reserve if dice < 0.2 else claim
    found = verb(Worker.objects.get(pk=worker_id), at=timezone.now())
    if not isinstance(found, Assignment) or found.status != "active":
        expire_assignments(at=timezone.now())
    elif dice < 0.4:
        heartbeat(found, active=True, at=timezone.now())
    elif dice < 0.5:
        release(found, at=timezone.now())
    else:
        key = f"key-{found.public_id}-{random.randrange(10**9)}"
        diary.write(assignment=found.public_id, key=key)
        hand_in(found, key, diary)


def hand_in(found: Any, key: str, diary: Diary) -> None:
    from django.utils import timezone

    from labeling.submitting import submit
    from tests.factories import CAT

    receipt = submit(found, response=CAT, key=key, at=timezone.now())
    diary.write(assignment=found.public_id, key=key, receipt=receipt)
