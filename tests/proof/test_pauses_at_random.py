"""Pauses, resumes and schedules at random over a crowd at work: each holds, and does what it announced."""

import random
from collections import Counter

import pytest
from django.db import connection
from django.utils import timezone

from labeling.models import Assignment
from projects.creating import create_batch
from projects.models import EnrollmentRole, Pause, RequiredSkill
from tests.factories import NOON, OrganizationFactory, make_project, make_tasks, make_worker
from tests.proof import parts, stops
from tests.proof.crowd import Crowd
from tests.proof.invariants import check_all
from workers.models import Skill, Worker, WorkerSkill

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow(reason="real processes")]

FULL = pytest.mark.proof
MOST_AT_ONCE = 3


def make_work(crowd: Crowd) -> list[int]:
    """Four customers with four projects of two batches each; every other one asks for a skill. The workers' ids.

    They are on all of the projects, half of them in either of two countries. In fewer lanes they would do little but
    wait for one another.
    """
    skill = Skill.objects.create(name="Reading", created_at=NOON)
    customers = OrganizationFactory.create_batch(4)
    projects = [make_project(organization=one, places=crowd.size) for one in customers for _n in range(4)]
    for number, project in enumerate(projects):
        make_tasks(project, 40)
        make_tasks(project, 40, batch=create_batch(project, name=f"second {project.pk}", by=None, at=NOON))
        if number % 2:
            RequiredSkill.objects.create(project=project, skill=skill)
    workers = [make_worker(*projects, role=EnrollmentRole.BOTH) for _n in range(crowd.size)]
    for number, worker in enumerate(workers):
        WorkerSkill.objects.create(worker=worker, skill=skill, granted_at=NOON)
        Worker.objects.filter(pk=worker.pk).update(country=["de", "fr"][number % 2])
    return [worker.pk for worker in workers]


def pause_and_resume(crowd: Crowd, rounds: int) -> Counter[str]:
    """Up to three stand at a time, over one another or not; what was done, how often."""
    standing: list[stops.Standing] = []
    done: Counter[str] = Counter()
    for number in range(rounds):
        if len(standing) == MOST_AT_ONCE or (standing and random.random() < 1 / 3):
            by_steps = stops.lift(standing.pop(random.randrange(len(standing))), crowd)
            done[f"resumed{', step by step' * by_steps}"] += 1
        else:
            standing.append(stops.stop(crowd, stops.some_scope()))
            order = standing[-1].order
            done[f"{order.policy}{', by the clock' if order.starts_at else ''}{', drained' * order.drains}"] += 1
        crowd.wait_for_a_step_of_each()
        faults = [fault for each in standing for fault in stops.faults(each)]
        assert faults == [], f"in round {number}"
        if (number + 1) % 50 == 0:
            print(f"{number + 1} of {rounds} rounds: {dict(done)}", flush=True)  # noqa: T201 (an hour is long)
    for each in standing:
        stops.lift(each)
    return done


@pytest.mark.parametrize(("wanted", "rounds"), [(6, 12), pytest.param(64, 1000, marks=FULL)])
def test_each_of_many_pauses_does_what_it_announced(crowds, wanted, rounds):
    is_postgres = connection.vendor == "postgresql"
    crowd = crowds(wanted if is_postgres else min(wanted, 8))
    rounds = rounds if is_postgres else max(6, rounds // 10)

    parts_done = crowd.begin(parts.work_until_stopped, make_work(crowd), "")
    try:
        crowd.wait_for_a_step_of_each()
        began = timezone.now()
        done = pause_and_resume(crowd, rounds)
    finally:
        crowd.shared.stop.set()
        got = parts_done.get(timeout=300)

    print(f"{dict(done)} in {timezone.now() - began}, {sum(got)} hand-outs")  # noqa: T201 (what make proof reports)
    assert min(got) > 0, "somebody got nothing: this proves nothing"
    assert Pause.objects.filter(ended_at=None).count() == 0
    assert Assignment.objects.count() > 0
    check_all()
