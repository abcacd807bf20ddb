import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import BooleanField, Func, Value
from django.test.utils import CaptureQueriesContext

from labeling import picking
from labeling.claiming import Nothing, claim
from labeling.expiring import expire_assignments
from labeling.models import Assignment, Lane, LaneCursor, WorkItem
from labeling.places import bump
from labeling.returning import release
from projects import ordering
from projects.models import Filling, Project, Task
from tests.events.together import together
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import reserved, submitted, taken

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)


@pytest.fixture(params=["as it comes", "never from the head"])
def cursors(request, monkeypatch):
    """One claim in twenty starts from the head: the order must not depend on it."""
    if request.param == "never from the head":
        monkeypatch.setattr(picking, "FROM_THE_HEAD", 0.0)


def make_broad(places: int = 2) -> Project:
    project = make_project(places=places)
    ordering.change_filling(project, Filling.BREADTH, by=None, at=NOON)
    return project


def taken_by_new(project: Project, times: int) -> list[Task]:
    """The tasks that as many new workers get, one each."""
    return [taken(make_worker(project)).work_item.task for _n in range(times)]


def test_a_task_is_finished_before_the_next_begins_unless_told_otherwise(cursors):
    project = make_project(places=2)
    first, second = make_tasks(project, 2)

    assert project.filling == Filling.FINISH
    assert taken_by_new(project, 4) == [first, first, second, second]


def test_with_breadth_every_task_is_taken_once_before_any_is_taken_again(cursors):
    project = make_broad(places=3)
    tasks = make_tasks(project, 3)

    assert taken_by_new(project, 9) == [*tasks, *tasks, *tasks]
    assert claim(make_worker(project), at=NOON) is Nothing.EMPTY


def test_with_breadth_the_last_place_moves_nothing():
    project = make_broad()
    make_tasks(project)
    before = WorkItem.objects.get().position
    taken(make_worker(project))
    moved = WorkItem.objects.get().position
    taken(make_worker(project))

    item = WorkItem.objects.get()
    assert (before < moved, item.position, item.open) == (True, moved, False)


def test_with_breadth_each_worker_comes_past_every_task_once(cursors):
    project = make_broad()
    tasks = make_tasks(project, 4)
    workers = [make_worker(project) for _n in range(2)]

    got: dict[int, list[Task]] = {worker.pk: [] for worker in workers}
    for _round in tasks:
        for worker in workers:
            got[worker.pk].append(submitted(worker).work_item.task)

    one, two = (got[worker.pk] for worker in workers)
    assert (one[:2], two[:2]) == ([tasks[0], tasks[2]], [tasks[1], tasks[3]])
    assert set(one) == set(two) == set(tasks)
    assert [claim(worker, at=NOON) for worker in workers] == [Nothing.EMPTY] * 2


def test_with_breadth_what_was_moved_is_in_reach_of_cursors_beyond_its_old_place(cursors):
    project = make_broad()
    first, second = make_tasks(project, 2)
    other, worker = make_worker(project), make_worker(project)
    old_place = WorkItem.objects.get(task=first).position
    taken(other)
    assert submitted(worker).work_item.task == second
    assert LaneCursor.objects.get(worker=worker).position > old_place

    assert taken(worker).work_item.task == first


def test_with_breadth_a_cursor_stands_where_the_task_was_found():
    project = make_broad()
    make_tasks(project, 3)
    worker = make_worker(project)
    found_at = WorkItem.objects.order_by("position").values_list("position", flat=True)[0]

    taken(worker)

    assert LaneCursor.objects.get(worker=worker).position == found_at


@pytest.mark.parametrize("lease", [taken, reserved])
def test_with_breadth_a_place_that_comes_back_is_handed_out_again(cursors, lease):
    project = make_broad()
    first, second = make_tasks(project, 2)
    lost, worker = make_worker(project), make_worker(project)
    lease(lost)
    assert submitted(worker).work_item.task == second

    expire_assignments(at=LATER)

    item = WorkItem.objects.get(task=first)
    assert (item.places_left, item.open) == (2, True)
    assert submitted(worker, at=LATER).work_item.task == first
    assert taken(lost, at=LATER).work_item.task == second


def test_with_breadth_what_one_gave_back_may_be_taken_again(cursors):
    project = make_broad()
    make_tasks(project)
    worker = make_worker(project)
    held = taken(worker)
    release(held, at=NOON)

    assert taken(worker) == held
    assert WorkItem.objects.get().places_left == 1


def test_with_breadth_who_was_told_that_nothing_is_here_is_not_told_wrongly(cursors):
    """An item that moves was no help to them before; whatever opens raises the version."""
    project = make_broad(places=3)
    (task,) = make_tasks(project)
    worker, other = make_worker(project), make_worker(project)
    submitted(worker)
    assert claim(worker, at=NOON) is Nothing.EMPTY
    held = taken(other)
    assert claim(worker, at=NOON) is Nothing.EMPTY
    release(held, at=NOON)
    (later,) = make_tasks(project)

    assert taken(worker).work_item.task == later
    assert Assignment.objects.filter(work_item__task=task, worker=worker).count() == 1


MEETING = 4711


def wait_for_a_claim_that_looks() -> None:
    waiting = "SELECT pg_sleep(0.01), count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
    with connection.cursor() as cursor:
        for _n in range(1000):
            cursor.execute(waiting, [MEETING])
            if cursor.fetchone()[1]:
                return
    pytest.fail("no claim has come to look")


@pytest.mark.django_db(transaction=True)
def test_with_breadth_a_task_that_moves_while_a_claim_looks_at_it_is_passed_over(monkeypatch):
    """PostgreSQL: the statement has begun, and somebody else takes a place before it has locked the task."""
    if connection.vendor == "sqlite":  # one writer at a time: nothing moves
        return
    project = make_broad()
    first, second = make_tasks(project, 2)
    slow, quick = make_worker(project), make_worker(project)
    free_items, is_held = picking.free_items, threading.Event()
    met = Func(
        Value(MEETING),
        function="pg_advisory_xact_lock_shared",
        template="(%(function)s(%(expressions)s)::text IS NOT NULL)",
        output_field=BooleanField(),
    )
    monkeypatch.setattr(picking, "prepared", picking.prepared.__wrapped__)
    monkeypatch.setattr(picking, "free_items", lambda *args, **more: free_items(*args, **more).filter(met))

    def claim_slowly() -> Task:
        assert is_held.wait(timeout=10)
        return taken(slow).work_item.task

    def claim_in_between() -> Task:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [MEETING])
            is_held.set()
            wait_for_a_claim_that_looks()
            task = taken(quick).work_item.task
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MEETING])
            return task

    assert together(claim_slowly, claim_in_between) == [second, first]


def test_changing_the_order_of_tasks_holds_from_the_next_claim(cursors):
    project = make_project(places=2)
    first, second = make_tasks(project, 2)
    assert taken_by_new(project, 1) == [first]

    ordering.change_filling(project, Filling.BREADTH, by=None, at=NOON)
    assert taken_by_new(project, 2) == [first, second]

    ordering.change_filling(project, Filling.FINISH, by=None, at=NOON)
    bump(Lane.objects.values_list("pk", flat=True))
    assert taken_by_new(project, 1) == [second]


def test_breadth_costs_no_statement_more_where_the_database_has_a_sequence():
    def queries(project: Project) -> int:
        make_tasks(project, 3)
        worker = make_worker(project)
        taken(make_worker(project))
        with CaptureQueriesContext(connection) as captured:
            taken(worker)
        return len(captured)

    on_sqlite = 0 if connection.vendor == "postgresql" else 2  # the counter that stands for the sequence
    assert queries(make_broad()) == queries(make_project(places=2)) + on_sqlite
