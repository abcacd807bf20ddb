"""Workers are killed and connections dropped in the middle of anything: no receipt lies, nothing is lost or doubled."""

import multiprocessing
import random
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from core import jsonio
from labeling.claiming import Nothing, claim
from labeling.models import Assignment, Submission, WorkItem
from labeling.submitting import submit
from projects.models import Task, TaskStatus
from tests.factories import CAT, make_project, make_tasks, make_worker
from tests.proof.crowd import dawdle
from tests.proof.invariants import check_all
from tests.proof.torture import Diary, live
from workers.models import Worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow(reason="real processes, again and again")]

SHARE = 1_000_000
LONGEST_S = 120.0
never = threading.Event()


class Victims:
    """One process per worker; who was killed is started again and finds its own diary."""

    def __init__(self, worker_ids: list[int], folder: Path) -> None:
        self.context = multiprocessing.get_context("spawn")
        self.stop = self.context.Event()
        self.worker_ids = worker_ids
        self.diaries = [Diary(folder / str(pk)) for pk in worker_ids]
        self.processes: list[Any] = [self.start(index) for index in range(len(worker_ids))]

    def start(self, index: int) -> Any:
        database = str(connection.settings_dict["NAME"])
        args = (database, self.worker_ids[index], str(self.diaries[index].path), self.stop)
        process = self.context.Process(target=live, args=args)
        process.start()
        return process

    def written(self) -> int:
        return sum(diary.path.stat().st_size for diary in self.diaries if diary.path.exists())

    def wait_for_work(self) -> None:
        """Until somebody has written something more, so that what dies is at work."""
        before = self.written()
        for _try in range(int(LONGEST_S / 0.02)):
            if self.written() > before or not WorkItem.objects.filter(open=True).exists():
                return
            never.wait(0.02)
        raise AssertionError("nobody works")

    def kill_one(self) -> str:
        """A process, or what only PostgreSQL has, a connection."""
        if connection.vendor == "postgresql" and random.random() < 0.6:
            return drop_a_connection()
        index = random.randrange(len(self.processes))
        self.processes[index].kill()
        self.processes[index].join()
        self.processes[index] = self.start(index)
        return "process"

    def end(self) -> list[int]:
        self.stop.set()
        for process in self.processes:
            process.join(timeout=LONGEST_S)
        return [process.exitcode for process in self.processes]


def drop_a_connection() -> str:
    """Whatever it is in the middle of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"
        )
        return "connection" if cursor.fetchone() else "nothing"


def finish(worker_ids: list[int]) -> None:
    """Nobody is killed any more: what is left is done by the same people."""
    for worker in Worker.objects.filter(pk__in=worker_ids):
        while (found := claim(worker, at=timezone.now())) is not Nothing.EMPTY:
            if isinstance(found, Assignment):
                submit(found, response=CAT, key=f"last-{found.public_id}", at=timezone.now())
            else:
                dawdle(200)


@pytest.mark.parametrize(
    ("people", "kills", "n_tasks"), [(3, 5, 60), pytest.param(12, 150, 4000, marks=pytest.mark.proof)]
)
def test_who_dies_loses_and_doubles_nothing(people, kills, n_tasks, tmp_path):
    project = make_project(places=2, rate_micros=5, price_micros=2 * SHARE, total_cap_micros=2 * n_tasks * SHARE)
    make_tasks(project, n_tasks)
    worker_ids = [make_worker(project).pk for _n in range(people)]
    connections.close_all()
    victims = Victims(worker_ids, tmp_path)
    killed: Counter[str] = Counter()
    try:
        for _kill in range(kills):
            victims.wait_for_work()
            dawdle(400)
            killed[victims.kill_one()] += 1
        victims.wait_for_work()
    finally:
        codes = victims.end()
    for diary, worker_id in zip(victims.diaries, worker_ids, strict=True):
        for line in diary.unanswered():
            submit(
                Assignment.objects.get(public_id=line["assignment"], worker=worker_id),
                response=CAT,
                key=line["key"],
                at=timezone.now(),
            )
    finish(worker_ids)

    receipts = [line for diary in victims.diaries for line in diary.receipts()]
    sys.stdout.write(f"{dict(killed)} killed on {connection.vendor}; {len(receipts)} receipts\n")
    assert codes == [0] * people
    check_receipts(receipts)
    check_all()
    assert Submission.objects.count() == Assignment.objects.filter(counted=True).count() == 2 * n_tasks
    assert not WorkItem.objects.filter(open=True).exists()
    assert Task.objects.filter(status=TaskStatus.COMPLETED).count() == n_tasks


def check_receipts(lines: list[dict[str, Any]]) -> None:
    """Each has its one submission, with that key, that answer and the same words as the first time."""
    stored = {one.key: one for one in Submission.objects.select_related("assignment")}
    for line in lines:
        one = stored[line["key"]]
        assert (one.assignment.public_id, one.checksum) == (line["assignment"], jsonio.checksum(CAT))
        assert (line["receipt"]["id"], line["receipt"]["checksum"]) == (one.public_id, one.checksum)
    assert len({line["assignment"] for line in lines}) == len(lines)
