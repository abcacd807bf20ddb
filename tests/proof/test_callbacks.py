"""Callbacks of a real site whose worker, beat, broker and connections are killed, to a server in all its moods."""

import os
import random
import sys
import threading
import time
from collections import Counter, defaultdict

import pytest
from django.utils.timezone import now

from core.actions import action
from delivery.models import Attempt, Delivery, DeliveryState
from delivery.noting import KIND
from events.models import Outbox, OutboxState
from labeling import kill_switch, resolving
from labeling.models import ResolutionSource
from projects.models import Project, Task
from tests.delivery.making import add_task, answer, box, make_picture_project
from tests.delivery.receiver import ERROR, OK, REDIRECT, RESET, SILENCE, Receiver, receiving
from tests.proof.kills import victims
from tests.proof.kills.site import LiveSite

pytestmark = pytest.mark.django_db(transaction=True)
VICTIMS = ["worker", "worker process", "beat", "broker", "worker process", "connection"]
ANSWERS_EACH = 3
SETTLE_S = 240.0
# A callback that was under way when the switch was thrown may still arrive.
STOPPED_WITHIN_S = 5.0
never = threading.Event()


@pytest.mark.slow(reason="a whole site and minutes of kills")
@pytest.mark.parametrize(("tasks", "kills"), [(6, 4), pytest.param(60, 40, marks=pytest.mark.proof)])
def test_kills_lose_no_callback_and_keep_the_order(tasks, kills):
    seed = int(os.environ.get("PLUMBLINE_CALLBACKS_SEED") or random.randrange(2**32))
    sys.stdout.write(f"PLUMBLINE_CALLBACKS_SEED={seed}\n")
    chance = random.Random(seed)
    project = make_picture_project()
    with receiving() as receiver:
        receiver.answers = moods(chance, count=2 * tasks)
        allowed = {"FETCH_PRIVATE_NETWORKS": "127.0.0.0/8", "FETCH_PORTS": str(receiver.port)}
        with LiveSite(**allowed) as site:
            made = [add_task(project, params={"callback_url": receiver.url()}) for _number in range(tasks)]
            work = answers_of(made, chance)
            counts: Counter[str] = Counter()
            for number in range(kills):
                for _answer in range(-(-len(work) // (kills - number))):
                    decide(*work.pop())
                counts[kill_one(site, chance)] += 1
                bring_forward()
                never.wait(chance.uniform(1.0, 3.0))
            arrived_while_cut_off = cut_off_for_a_while(project, receiver, made[0])
            settle(tasks * ANSWERS_EACH + 1)

    sys.stdout.write(f"{dict(counts)}; {len(receiver.got)} requests, {len(receiver.taken())} taken\n")
    assert arrived_while_cut_off == 0
    check(receiver, made)


def moods(chance: random.Random, *, count: int) -> list[str]:
    """Mostly quick refusals; silence costs fifteen seconds each."""
    found = chance.choices([ERROR, RESET, REDIRECT, OK], k=count - 1)
    return [*found[: count // 2], SILENCE, *found[count // 2 :]]


def answers_of(tasks: list[Task], chance: random.Random) -> list[tuple[Task, str]]:
    """Several answers of each task, its own in order, all of them mixed; taken from the end."""
    turns = [task for task in tasks for _answer in range(ANSWERS_EACH)]
    chance.shuffle(turns)
    given: Counter[int] = Counter()
    found = []
    for task in turns:
        found.append((task, f"answer {given[task.pk]}"))
        given[task.pk] += 1
    return found[::-1]


@action
def decide(task: Task, name: str) -> None:
    found = Task.objects.select_related("version", "batch").get(pk=task.pk)
    resolving.decide(found, answer(box(name)), source=ResolutionSource.AUDIT, submission=None, at=now())


def kill_one(site: LiveSite, chance: random.Random) -> str:
    """Kill -9 one process, or one connection to the database; its kind."""
    kind = chance.choice([kind for kind in VICTIMS if kind in victims.kinds()])
    if kind == "connection":
        victims.kill_connection(chance.choice)
    elif found := victims.server_processes(site, kind):
        victims.kill([chance.choice(found)])
    return kind


def bring_forward() -> None:
    """As if hours had passed: what waits for its next try is due."""
    Outbox.objects.filter(kind=KIND, state=OutboxState.WAITING).update(next_at=now())


def cut_off_for_a_while(project: Project, receiver: Receiver, task: Task) -> int:
    """Thrown, another answer is due, and nothing leaves: how many requests came after five seconds. Then lifted."""
    switch = kill_switch.throw(project.organization, reason="A court order.", by=None, at=now())
    decide(task, f"answer {ANSWERS_EACH}")
    never.wait(STOPPED_WITHIN_S)
    before = len(receiver.got)
    for _look in range(3):
        bring_forward()
        never.wait(2.0)
    arrived = len(receiver.got) - before
    kill_switch.lift(switch, reason="", by=None, at=now())
    return arrived


def settle(expected: int) -> None:
    """Until all have arrived; the clock is moved on for those that wait."""
    until = time.monotonic() + SETTLE_S
    while time.monotonic() < until:
        if Delivery.objects.filter(state=DeliveryState.DELIVERED).count() == expected:
            return
        bring_forward()
        never.wait(1.0)
    raise AssertionError(Counter(Outbox.objects.values_list("state", "error")))


def check(receiver: Receiver, tasks: list[Task]) -> None:
    """Each answer arrived, in order, and has one success in the log."""
    said: dict[str, list[str]] = defaultdict(list)
    for got in receiver.taken():
        said[got.json["task_id"]].append(got.json["response"]["annotations"][0]["uuid"])
    for task in tasks:
        names = said[task.public_id]
        assert names == sorted(names), names
        last = ANSWERS_EACH + (task == tasks[0])
        assert sorted(set(names)) == [f"answer {number}" for number in range(last)]
    successes = Counter(Attempt.objects.filter(error="").values_list("delivery", flat=True))
    assert successes == Counter(Delivery.objects.values_list("pk", flat=True))
    assert set(Outbox.objects.filter(kind=KIND).values_list("state", flat=True)) <= {OutboxState.SENT, "sending"}
    assert set(Task.objects.values_list("callback_succeeded", flat=True)) == {True}
