"""A pause is a pause: what has been handed out when it returns is all that is handed out until it is lifted."""

import random
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from core import gate
from labeling.models import Assignment
from labeling.pausing import Order, pause
from labeling.recalling import recall_chunk
from labeling.resuming import resume
from labeling.scopes import Scope
from projects.creating import create_batch
from projects.models import Batch, EnrollmentRole, Pause, PausePolicy, Project
from tests.factories import NOON, OrganizationFactory, make_project, make_tasks, make_worker
from tests.proof import parts
from tests.proof.crowd import Crowd, dawdle
from tests.proof.invariants import check_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow(reason="real processes")]

FULL = pytest.mark.proof
Handed = set[tuple[int, datetime]]


def make_work(crowd: Crowd) -> list[int]:
    """Two customers with two projects of two batches each; the ids of the workers, who are on all of them."""
    projects = [make_project(organization=one, places=40) for one in OrganizationFactory.create_batch(2) for _n in "12"]
    for project in projects:
        make_tasks(project, 40)
        make_tasks(project, 40, batch=create_batch(project, name=f"second {project.pk}", by=None, at=NOON))
    return [make_worker(*projects, role=EnrollmentRole.BOTH).pk for _n in range(crowd.size)]


def some_scope() -> Scope:
    project = Project.objects.select_related("organization").order_by("?")[0]
    batch = Batch.objects.order_by("?")[0]
    return Scope.of(random.choice([None, project.organization, project, batch]))


def some_order() -> Order:
    policy = random.choice(PausePolicy.values)
    grace = timedelta(seconds=random.choice([0, 5])) if policy == PausePolicy.GRACE else None
    return Order(policy=policy, grace=grace, reason="data", text_for_workers="New data comes.")


def handed_out(scope: Scope) -> Handed:
    """Reactivated and activated ones too: each hand-out has its moment."""
    return set(Assignment.objects.filter(scope.within("work_item__task__batch")).values_list("pk", "claimed_at"))


def late_after_pause(crowd: Crowd, scope: Scope, order: Order) -> int:
    """What was handed out in the scope after pause() had returned; lifted at the end."""
    dawdle(20)
    (one,) = pause([scope], order, by=None, at=timezone.now())
    before = handed_out(scope)
    if order.policy == PausePolicy.RECALL:
        while recall_chunk(one, at=timezone.now()):
            pass
    crowd.wait_for_a_step_of_each()
    late = handed_out(scope) - before
    resume(one, by=None, at=timezone.now())
    return len(late)


def late_in_rounds(crowd: Crowd, rounds: int, *, mutation: str = "") -> list[int]:
    parts_done = crowd.begin(parts.work_until_stopped, make_work(crowd), mutation)
    try:
        crowd.wait_for_a_step_of_each()
        # A mutation is looked for where it cannot hide: a site's pause concerns every claim.
        scopes = (Scope.of(None) if mutation else some_scope() for _n in range(rounds))
        return [late_after_pause(crowd, scope, some_order()) for scope in scopes]
    finally:
        crowd.shared.stop.set()
        got = parts_done.get(timeout=120)
        assert min(got) > 0, "somebody got nothing: this proves nothing"


@pytest.mark.parametrize(("wanted", "rounds"), [(6, 15), pytest.param(16, 300, marks=FULL)])
def test_nothing_is_handed_out_after_a_pause_has_returned(crowds, wanted, rounds):
    is_postgres = connection.vendor == "postgresql"
    crowd = crowds(wanted if is_postgres else min(wanted, 8))
    rounds = rounds if is_postgres else max(3, rounds // 10)

    assert late_in_rounds(crowd, rounds) == [0] * rounds
    assert Pause.objects.filter(ended_at=None).count() == 0
    assert Assignment.objects.count() > 0
    check_all()


@pytest.mark.parametrize("mutation", ["no drain", "one statement"])
@pytest.mark.parametrize(("wanted", "rounds"), [(6, 6), pytest.param(16, 50, marks=FULL)])
def test_a_broken_gate_is_found_out(crowds, wanted, rounds, mutation, monkeypatch):
    if mutation == "no drain":
        monkeypatch.setattr(gate, "drain", lambda: None)
    if connection.vendor == "sqlite":  # BEGIN IMMEDIATE is the gate: there is nothing to break
        assert late_in_rounds(crowds(min(wanted, 8)), 2, mutation=mutation) == [0, 0]
        return

    late = late_in_rounds(crowds(wanted), rounds, mutation=mutation)

    print(f"{mutation}: {sum(late)} late in {sum(map(bool, late))} of {rounds} rounds")  # noqa: T201 (what make proof reports)
    assert sum(late) > 0
