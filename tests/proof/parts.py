"""What one process of a crowd does."""

import inspect
import random
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from core import cursors, gate
from core.errors import BusinessError
from labeling import choosing, claiming, places
from labeling.claiming import Nothing, Wish, claim, reserve
from labeling.expiring import expire_assignments
from labeling.models import Assignment, WorkItem
from labeling.renewing import heartbeat
from labeling.returning import release
from labeling.reviewing import Judgement, review
from labeling.submitting import submit
from tests.factories import CAT
from tests.proof import crowd
from workers.models import Worker


def claim_and_submit_all(index: int, worker_ids: list[int]) -> list[int]:
    """Work until there is nothing more; the work items of the claims, in order."""
    worker = Worker.objects.get(pk=worker_ids[index])
    got: list[int] = []
    while (found := claim(worker, at=timezone.now())) is not Nothing.EMPTY:
        if found is Nothing.BUSY:
            crowd.dawdle(20)
            continue
        got.append(found.work_item_id)
        submit(found, response=CAT, key=f"key-{found.public_id}", at=timezone.now())
    return got


def claim_and_submit(index: int, worker_ids: list[int], times: int) -> list[int]:
    """The work items of that many claims, in order."""
    worker = Worker.objects.get(pk=worker_ids[index])
    got: list[int] = []
    while len(got) < times:
        found = claim(worker, at=timezone.now())
        if isinstance(found, Assignment):
            got.append(found.work_item_id)
            submit(found, response=CAT, key=f"key-{found.public_id}", at=timezone.now())
    return got


class OnPurpose(Exception):
    pass


def take_last_places(index: int, worker_ids: list[int], project_ids: list[int]) -> list[tuple[str, int]]:
    """For each project the answers that this process got, with the places left right after each; a third give up."""
    worker = Worker.objects.get(pk=worker_ids[index])
    heard: list[tuple[str, int]] = []
    for project_id in project_ids:
        crowd.meet()
        if index % 3:
            # A start for those who give up: what they hold and let go again is what the others are asked about.
            crowd.dawdle(8)
        answer = ""
        while answer not in {"taken", Nothing.EMPTY.value}:
            answer = try_once(worker, project_id, gives_up=index % 3 == 0)
            left = WorkItem.objects.get(task__project_id=project_id).places_left
            heard.append((answer, left))
    return heard


def try_once(worker: Worker, project_id: int, *, gives_up: bool) -> str:
    """One claim; who gives up rolls back after the hand-out."""
    try:
        # The action itself cannot be rolled back from outside.
        with transaction.atomic(durable=True):
            found = hand_out_slowly(worker, project_id, gives_up=gives_up)
    except OnPurpose:
        return "rolled back"
    if isinstance(found, Nothing):
        return str(found.value)
    submit(found, response=CAT, key=f"key-{found.public_id}", at=timezone.now())
    return "taken"


def hand_out_slowly(worker: Worker, project_id: int, *, gives_up: bool) -> Assignment | Nothing:
    hand_out = inspect.unwrap(claiming.hand_out)
    found: Assignment | Nothing = hand_out(worker, Wish(project_id), at=timezone.now())
    crowd.dawdle(10)
    if gives_up and isinstance(found, Assignment):
        raise OnPurpose
    return found


def work_until_stopped(index: int, worker_ids: list[int], mutation: str) -> int:
    """Claim, reserve, give back, sometimes submit, until told to stop; how often something was handed out."""
    with Slowly(mutation):
        worker = Worker.objects.get(pk=worker_ids[index])
        got = 0
        while not crowd.shared.stop.is_set():
            got += work_a_step(worker)
            crowd.shared.ended[index] += 1
    return got


def work_a_step(worker: Worker) -> bool:
    verb = reserve if random.random() < 0.2 else claim
    found = verb(worker, at=timezone.now())
    if not isinstance(found, Assignment):
        crowd.dawdle(5)
        return False
    if found.status == "active":
        hand_in_or_back(found)
    return True


def hand_in_or_back(found: Assignment) -> None:
    try:
        if random.random() < 0.05:
            submit(found, response=CAT, key=f"key-{found.public_id}", at=timezone.now())
        else:
            release(found, at=timezone.now())
    except BusinessError:  # paused, or recalled meanwhile: the next step begins with a claim again
        return


class Slowly:
    """In this process claims take their time between their statements; a mutation breaks the gate on purpose."""

    def __init__(self, mutation: str) -> None:
        self.mutation = mutation
        self.kept: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> None:
        enter, choices, take_place = gate.enter_and_ask, choosing.choices, places.take_place

        def slow_enter(table: str, pk: int, later: Any) -> Any:
            crowd.dawdle(4)
            if self.mutation == "one statement":
                known = Worker.objects.select_for_update(no_key=True).filter(pk=pk).first() is not None
                return cursors.execute(*later) if known else None
            return enter(table, pk, later)

        def slow_choices(*args: Any, **values: Any) -> Any:
            crowd.dawdle(2)
            return choices(*args, **values)

        def slow_take_place(item_id: int, **values: bool) -> int | None:
            crowd.dawdle(60 if self.mutation else 6)
            return take_place(item_id, **values)

        self.replace(gate, "enter_and_ask", slow_enter)
        self.replace(choosing, "choices", slow_choices)
        if self.mutation == "one statement" and connection.vendor == "postgresql":
            self.replace(choosing, "prepared", sharing_late)
        self.replace(places, "take_place", slow_take_place)

    def replace(self, module: Any, name: str, function: Any) -> None:
        self.kept.append((module, name, getattr(module, name)))
        setattr(module, name, function)

    def __exit__(self, *_error: object) -> None:
        for module, name, function in self.kept:
            setattr(module, name, function)


# The gate in the statement that reads the stops: its snapshot is older than its lock, by 30 to 60 milliseconds here.
SLOW_SHARE = "(SELECT pg_sleep(0.03 + random() * 0.03)::text || pg_advisory_xact_lock_shared(7301, 1)::text)"
LANE = 'SELECT "labeling_lane"."id"'
right = choosing.prepared


def sharing_late(of_project: bool, of_kind: bool) -> Any:
    prepared = right(of_project, of_kind)
    statement = prepared.statement or prepared.prepare()
    if SLOW_SHARE not in statement.sql:
        assert statement.sql.startswith(LANE), statement.sql
        statement.sql = statement.sql.replace(LANE, f"{LANE} + 0 * length({SLOW_SHARE})", 1)
    return prepared


def submit_all(_index: int, assignment_ids: list[int]) -> list[dict[str, Any]]:
    """Hand each of them in at the same moment as everybody else; the receipts."""
    receipts = []
    for pk in assignment_ids:
        crowd.meet()
        assignment = Assignment.objects.get(pk=pk)
        receipts.append(submit(assignment, response=CAT, key="one-and-the-same", at=assignment.claimed_at))
    return receipts


def expire_or_renew(index: int, assignment_ids: list[int]) -> None:
    """At the end of each lease half of the processes send its heartbeat, half collect what is over."""
    for pk in assignment_ids:
        crowd.meet()
        if index == 0:
            Assignment.objects.filter(pk=pk).update(lease_expires_at=timezone.now())
        crowd.meet()
        crowd.dawdle(5)
        if index % 2:
            expire_assignments(at=timezone.now())
        else:
            heartbeat(Assignment.objects.get(pk=pk), active=True, at=timezone.now())


def accept_all(index: int, reviewer_ids: list[int], rounds: int) -> None:
    """One review of each task, all of a task at the same moment."""
    reviewer = Worker.objects.get(pk=reviewer_ids[index])
    for _round in range(rounds):
        found = claim(reviewer, at=timezone.now())
        while not isinstance(found, Assignment):
            crowd.dawdle(20)
            found = claim(reviewer, at=timezone.now())
        crowd.meet()
        review(found, Judgement("accepted"), key=f"key-{found.public_id}", at=timezone.now())


def claim_to_the_cap(index: int, worker_ids: list[int]) -> int:
    """Claim until the budget is used up, giving some back; how many were handed in."""
    worker, done = Worker.objects.get(pk=worker_ids[index]), 0
    while (found := claim(worker, at=timezone.now())) is not Nothing.EMPTY:
        if found is Nothing.BUSY:
            crowd.dawdle(20)
        elif random.random() < 0.15:
            release(found, at=timezone.now())
        else:
            submit(found, response=CAT, key=f"key-{found.public_id}", at=timezone.now())
            done += 1
    return done


def claim_one_each(index: int, worker_ids: list[int]) -> int:
    """One claim for each of this process's workers, who keep asking while it is busy; how many got something."""
    waiting = list(Worker.objects.filter(pk__in=worker_ids[index :: len(crowd.shared.ended)]))
    got = 0
    while waiting:
        worker = waiting.pop(0)
        found = claim(worker, at=timezone.now())
        if found is Nothing.BUSY:
            waiting.append(worker)
            crowd.dawdle(20)
        got += isinstance(found, Assignment)
    return got
