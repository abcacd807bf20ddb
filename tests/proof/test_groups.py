"""Who is taken out of a group, or whose batch is given to others, gets nothing more of it from that moment."""

import random
from datetime import datetime

import pytest
from django.db import connection
from django.utils import timezone

from core import gate
from labeling.models import Assignment
from projects.giving import Given, give_batch
from projects.grouping import GroupChange, change_group, create_group
from projects.models import Batch, EnrollmentRole, Group, Workforce
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.proof import parts
from tests.proof.crowd import Crowd, dawdle
from tests.proof.invariants import check_all
from workers.models import Worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow(reason="real processes")]

FULL = pytest.mark.proof
Handed = set[tuple[int, datetime]]


def make_work(crowd: Crowd) -> list[int]:
    """A batch that is given to a group in which everybody is, and one for all, so that nobody stands still."""
    given, free = (make_project(places=40, workforce=Workforce.OWN) for _n in "12")
    people = [make_worker(given, free, role=EnrollmentRole.BOTH) for _n in range(crowd.size)]
    for project in (given, free):
        make_tasks(project, 40)
    group = create_group(given, "Night", people, by=None, at=NOON)
    give_batch(given.batches.get(), Given((group,)), by=None, at=NOON)
    return [worker.pk for worker in people]


def handed_out(batch: Batch, people: set[int]) -> Handed:
    found = Assignment.objects.filter(work_item__task__batch=batch, worker__in=people)
    return set(found.values_list("pk", "claimed_at"))


def shut_out(batch: Batch, group: Group, worker_ids: list[int]) -> set[int]:
    """Somebody leaves the group, or the batch is for one person alone; who gets nothing of it from now on."""
    one = Worker.objects.get(pk=random.choice(worker_ids))
    if random.random() < 1 / 2:
        change_group(group, GroupChange(remove=[one]), by=None, at=timezone.now())
        return {one.pk}
    give_batch(batch, Given((), (one,)), by=None, at=timezone.now())
    return set(worker_ids) - {one.pk}


def let_in(batch: Batch, group: Group, worker_ids: list[int]) -> None:
    everybody = list(Worker.objects.filter(pk__in=worker_ids))
    change_group(group, GroupChange(add=everybody), by=None, at=timezone.now())
    give_batch(batch, Given((group,)), by=None, at=timezone.now())


def late_in_rounds(crowd: Crowd, rounds: int, *, mutation: str = "") -> list[int]:
    """What was handed out to those who were shut out, after the verb had returned."""
    worker_ids = make_work(crowd)
    group = Group.objects.select_related("project").get()
    batch = Batch.objects.select_related("project").get(given_to__group=group)
    parts_done = crowd.begin(parts.work_until_stopped, worker_ids, mutation)
    late = []
    try:
        crowd.wait_for_a_step_of_each()
        for _round in range(rounds):
            dawdle(20)
            outside = shut_out(batch, group, worker_ids)
            before = handed_out(batch, outside)
            crowd.wait_for_a_step_of_each()
            late.append(len(handed_out(batch, outside) - before))
            let_in(batch, group, worker_ids)
    finally:
        crowd.shared.stop.set()
        got = parts_done.get(timeout=120)
    assert min(got) > 0, "somebody got nothing: this proves nothing"
    return late


@pytest.mark.parametrize(("wanted", "rounds"), [(6, 10), pytest.param(16, 200, marks=FULL)])
def test_nothing_is_handed_out_to_who_was_shut_out(crowds, wanted, rounds):
    is_postgres = connection.vendor == "postgresql"
    rounds = rounds if is_postgres else max(3, rounds // 10)

    assert late_in_rounds(crowds(wanted if is_postgres else min(wanted, 8)), rounds) == [0] * rounds
    assert Assignment.objects.filter(work_item__task__batch__given_to__isnull=False).exists()
    check_all()


@pytest.mark.parametrize(("wanted", "rounds"), [(6, 12), pytest.param(16, 60, marks=FULL)])
def test_without_the_drain_it_is_found_out(crowds, wanted, rounds, monkeypatch):
    if connection.vendor == "sqlite":  # BEGIN IMMEDIATE is the gate: there is nothing to break
        assert late_in_rounds(crowds(min(wanted, 8)), 2) == [0, 0]
        return
    monkeypatch.setattr(gate, "drain", lambda: None)

    assert sum(late_in_rounds(crowds(wanted), rounds, mutation="no drain")) > 0
