"""No place is handed out twice, nobody is twice on one task, none is left over: many processes on one queue."""

from collections import Counter

import pytest
from django.db import connection

from labeling.models import Assignment, Submission, WorkItem
from projects import ordering
from projects.models import Filling, Task, TaskStatus
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.proof import parts
from tests.proof.invariants import check_all

pytestmark = pytest.mark.django_db(transaction=True)

FULL = pytest.mark.proof
RATE = 340_000


def processes(wanted: int) -> int:
    """SQLite has one writer at a time: eight processes crowd it enough."""
    return wanted if connection.vendor == "postgresql" else min(wanted, 8)


@pytest.mark.slow(reason="real processes")
@pytest.mark.parametrize(("wanted", "n_tasks"), [(6, 50), pytest.param(32, 3000, marks=FULL)])
def test_every_place_is_filled_once(crowds, wanted, n_tasks):
    crowd = crowds(processes(wanted))
    project = make_project(places=3, rate_micros=RATE)
    make_tasks(project, n_tasks)
    worker_ids = [make_worker(project).pk for _n in range(crowd.size)]

    got = crowd.all(parts.claim_and_submit_all, worker_ids)

    assert sum(map(len, got)) == 3 * n_tasks
    assert [items for items in got if len(set(items)) != len(items)] == []
    assert set(Counter(item for items in got for item in items).values()) == {3}
    assert Submission.objects.count() == Assignment.objects.filter(counted=True).count() == 3 * n_tasks
    assert not WorkItem.objects.filter(open=True).exists()
    assert Task.objects.filter(status=TaskStatus.COMPLETED).count() == n_tasks
    check_all()


@pytest.mark.slow(reason="real processes")
@pytest.mark.parametrize(("wanted", "each"), [(6, 25), pytest.param(24, 100, marks=FULL)])
def test_with_breadth_every_task_is_taken_once_before_any_is_taken_again(crowds, wanted, each):
    crowd = crowds(processes(wanted))
    project = make_project(places=3)
    ordering.change_filling(project, Filling.BREADTH, by=None, at=NOON)
    make_tasks(project, crowd.size * each)
    worker_ids = [make_worker(project).pk for _n in range(crowd.size)]

    got = crowd.all(parts.claim_and_submit, worker_ids, each)

    times = Counter(item for items in got for item in items)
    assert set(times.values()) == {1}
    check_all()


@pytest.mark.slow(reason="real processes")
@pytest.mark.parametrize(("wanted", "rounds"), [(6, 3), pytest.param(32, 40, marks=FULL)])
def test_nobody_hears_empty_while_a_place_is_open(crowds, wanted, rounds):
    crowd = crowds(processes(wanted))
    projects = [make_project(places=3) for _n in range(rounds)]
    for project in projects:
        make_tasks(project)
    worker_ids = [make_worker(*projects).pk for _n in range(crowd.size)]

    heard = crowd.all(parts.take_last_places, worker_ids, [project.pk for project in projects])

    answers = Counter(answer for one in heard for answer, _left in one)
    assert answers["taken"] == 3 * rounds
    assert answers["rolled back"] > 0
    # Places do not come back in a round: what is open right after the answer was open before it.
    assert [pair for one in heard for pair in one if pair[0] == "empty" and pair[1]] == []
    check_all()
