from datetime import timedelta

import pytest

from events.models import Event
from labeling.batches import QUIET, complete, complete_batches
from projects.creating import create_batch
from projects.models import Batch, BatchStatus, Project, Task
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import submitted

pytestmark = pytest.mark.django_db

QUIET_AGAIN = NOON + QUIET


def batch_of(project: Project, tasks: int, *, done: int) -> Batch:
    batch = create_batch(project, name="first", by=None, at=NOON)
    make_tasks(project, tasks, batch=batch)
    worker = make_worker(project)
    for _n in range(done):
        submitted(worker)
    return batch


def test_a_batch_completes_a_minute_after_its_last_task():
    batch = batch_of(make_project(), 2, done=2)

    assert complete_batches(at=QUIET_AGAIN - timedelta(seconds=1)) == 0
    assert [complete_batches(at=QUIET_AGAIN), complete_batches(at=QUIET_AGAIN)] == [1, 0]

    batch.refresh_from_db()
    assert (batch.status, batch.completed_at) == (BatchStatus.COMPLETED, QUIET_AGAIN)
    assert list(Event.objects.filter(verb="batch_completed").values_list("subject_id", flat=True)) == [batch.public_id]


@pytest.mark.parametrize(("tasks", "done"), [(0, 0), (2, 1)])
def test_a_batch_that_is_empty_or_not_done_stays_open(tasks, done):
    batch_of(make_project(), tasks, done=done)

    assert complete_batches(at=QUIET_AGAIN) == 0


def test_a_batch_is_judged_by_its_own_tasks():
    done, pending, empty, recent = [
        batch_of(make_project(), tasks, done=done) for tasks, done in [(1, 1), (2, 1), (0, 0), (1, 1)]
    ]
    Task.objects.filter(batch=recent).update(updated_at=NOON + timedelta(seconds=1))

    assert complete_batches(at=QUIET_AGAIN) == 1

    open_still = Batch.objects.filter(status=BatchStatus.IN_PROGRESS).exclude(name=None)
    assert list(open_still.order_by("pk")) == [pending, empty, recent]
    assert Event.objects.get(verb="batch_completed").subject_id == done.public_id


@pytest.mark.parametrize("done", [1, 2])
def test_batches_that_are_not_done_or_are_complete_already_cost_one_look(done, django_assert_num_queries):
    for _n in range(3):
        batch_of(make_project(), 2, done=done)
    complete_batches(at=QUIET_AGAIN)

    with django_assert_num_queries(1):
        complete_batches(at=QUIET_AGAIN + QUIET)


def test_a_project_s_standing_batch_never_completes():
    project = make_project()
    make_tasks(project)
    submitted(make_worker(project))

    assert complete_batches(at=QUIET_AGAIN) == 0


def test_a_task_that_was_added_meanwhile_holds_the_batch_open():
    project = make_project()
    batch = batch_of(project, 1, done=1)
    make_tasks(project, batch=batch)

    assert complete(batch, at=QUIET_AGAIN) == 0


def test_a_batch_that_was_completed_meanwhile_is_not_completed_again():
    batch = batch_of(make_project(), 1, done=1)

    assert [complete(batch, at=QUIET_AGAIN), complete(batch, at=QUIET_AGAIN + QUIET)] == [1, 0]

    batch.refresh_from_db()
    assert batch.completed_at == QUIET_AGAIN
    assert Event.objects.filter(verb="batch_completed").count() == 1


def test_a_task_added_later_opens_the_batch_again():
    project = make_project()
    batch = batch_of(project, 1, done=1)
    complete_batches(at=QUIET_AGAIN)

    make_tasks(project, batch=batch)

    batch.refresh_from_db()
    assert (batch.status, batch.completed_at) == (BatchStatus.IN_PROGRESS, None)
