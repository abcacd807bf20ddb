"""Statements that are put together once say what their querysets say, on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection
from django.db.models import ExpressionWrapper, F, OuterRef, Q, Subquery, Value
from django.db.models.fields import DateTimeField

from core.prepared import Prepared, PreparedInsert, PreparedObjects, PreparedUpdate
from labeling.models import LaneCursor, WorkDay, WorkItem
from projects.models import Hold, TaskContent
from tests.factories import NOON, make_project, make_tasks, make_worker
from workers.models import Worker

pytestmark = pytest.mark.django_db


def hold(worker, *, until):
    start = NOON - timedelta(days=9)
    return Hold.objects.create(worker=worker, reason="quality", text="x", starts_at=start, until=until)


def in_force(worker, at):
    soon = ExpressionWrapper(Value(at) + timedelta(hours=1), output_field=DateTimeField())
    found = Hold.objects.in_force(at=at).filter(Q(project=None) | Q(until__lt=soon), worker=worker)
    return found.order_by("pk").values_list("pk", "until")


def test_rows_are_those_of_the_queryset_whatever_the_values():
    prepared = Prepared(in_force, worker=int, at=datetime)
    workers = [make_worker() for _n in range(3)]
    for number, worker in enumerate(workers):
        for hours in range(number):
            hold(worker, until=NOON + timedelta(hours=hours))

    for worker in workers:
        for at in (NOON - timedelta(hours=1), NOON, NOON + timedelta(minutes=90)):
            assert prepared.rows(worker=worker.pk, at=at) == list(in_force(worker.pk, at))


def test_values_come_as_the_orm_gives_them():
    (task,) = make_tasks(make_project(), metadata={"a": [1, None]})
    at = Prepared(
        lambda task: TaskContent.objects.filter(task=task).values_list("metadata", "task__created_at"), task=int
    )

    assert at.first(task=task.pk) == ({"a": [1, None]}, NOON)
    assert at.first(task=0) is None


def test_days_and_texts_may_be_parameters_and_the_same_one_twice():
    worker = make_worker()
    WorkDay.objects.create(worker=worker, day=date(2026, 11, 23), worked_ms=5)
    prepared = Prepared(
        lambda day, email: WorkDay.objects.filter(
            day__lte=day,
            worker__in=Subquery(WorkDay.objects.filter(day=day, worker__user__email=email).values("worker")),
        ).values_list("worked_ms"),
        day=date,
        email=str,
    )

    assert prepared.rows(day=date(2026, 11, 23), email=worker.user.email) == [(5,)]
    assert prepared.rows(day=date(2026, 11, 24), email=worker.user.email) == []


def test_a_parameter_that_is_not_used_is_a_mistake():
    prepared = Prepared(
        lambda worker, at: Hold.objects.filter(worker=worker).values_list("pk"), worker=int, at=datetime
    )

    with pytest.raises(AssertionError):
        prepared.rows(worker=1, at=NOON)


def test_update_changes_what_the_queryset_names_and_returns_it():
    make_tasks(make_project(places=3), 2)
    first, second = WorkItem.objects.order_by("pk")
    prepared = PreparedUpdate(
        lambda item, seen: (
            WorkItem.objects.filter(pk=item, places_left__gt=0),
            {"places_left": F("places_left") - 1, "position": seen},
        ),
        returning=["places_left", "task"],
        item=int,
        seen=int,
    )

    assert prepared.row(item=first.pk, seen=77) == (2, first.task_id)
    assert prepared.count(item=first.pk, seen=78) == 1
    assert prepared.row(item=0, seen=1) is None
    assert list(WorkItem.objects.order_by("pk").values_list("places_left", "position")) == [
        (1, 78),
        (3, second.position),
    ]


def test_insert_fills_in_defaults_and_returns_the_key():
    worker = make_worker()
    insert = PreparedInsert(WorkDay, "worker", "day")

    key = insert.key(worker.pk, date(2026, 11, 23))

    found = WorkDay.objects.get()
    assert (found.pk, found.worker_id, found.day, found.worked_ms) == (key, worker.pk, date(2026, 11, 23), 0)


def test_insert_may_do_nothing_on_a_conflict():
    worker = make_worker()
    day = date(2026, 11, 23)
    WorkDay.objects.create(worker=worker, day=day)

    assert PreparedInsert(WorkDay, "worker", "day", on_conflict="ON CONFLICT DO NOTHING").key(worker.pk, day) is None
    with pytest.raises(IntegrityError):
        PreparedInsert(WorkDay, "worker", "day").key(worker.pk, day)


def test_a_prepared_statement_is_one_statement(django_assert_num_queries):
    prepared = Prepared(in_force, worker=int, at=datetime)
    for _time in range(2):
        with django_assert_num_queries(1):
            prepared.rows(worker=1, at=NOON)


def test_locks_are_part_of_the_statement():
    prepared = Prepared(
        lambda item: (
            WorkItem.objects.filter(pk=item).select_for_update(skip_locked=True, no_key=True).values_list("pk")
        ),
        item=int,
    )
    prepared.rows(item=1)

    locks = prepared.statement.sql.endswith("FOR NO KEY UPDATE SKIP LOCKED")
    assert locks == (connection.vendor == "postgresql")  # SQLite has one writer at a time


def test_sub_queries_may_ask_for_the_outer_row():
    worker = make_worker()
    make_tasks(make_project())
    lane = WorkItem.objects.get().lane
    LaneCursor.objects.create(worker=worker, lane=lane, position=4)
    mine = lambda worker: LaneCursor.objects.filter(lane=OuterRef("lane"), worker=worker).values("position")[:1]  # noqa: E731
    prepared = Prepared(
        lambda worker: WorkItem.objects.annotate(mine=Subquery(mine(worker))).values_list("pk", "mine"), worker=int
    )

    assert prepared.rows(worker=worker.pk) == [(WorkItem.objects.get().pk, 4)]


def test_threads_that_come_first_together_wait_for_one_another(monkeypatch):
    make_worker()
    prepared = PreparedObjects(lambda worker: Worker.objects.filter(pk=worker).select_related("user"), worker=int)
    together = threading.Barrier(4)
    put_together = prepared.put_together

    def slowly() -> object:
        threading.Event().wait(0.02)
        return put_together()

    monkeypatch.setattr(prepared, "put_together", slowly)

    def statement(_number: int) -> object:
        together.wait(5)
        return prepared.prepare(), prepared.populators

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(statement, range(4)))

    assert all(one[0] is found[0][0] for one in found)
