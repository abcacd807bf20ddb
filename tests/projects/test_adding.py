import threading
from dataclasses import replace

import pytest
from django.db import connection

from accounts.models import Mode
from core.actions import action
from core.errors import BusinessError
from events.models import Event
from files.models import File, FileState
from labeling.models import Lane, WorkItem
from projects import adding
from projects.adding import add_tasks
from projects.creating import create_batch
from projects.models import Attachment, Batch, BatchStatus, Project, Task, TaskContent, TaskStatus, TaskTag
from projects.publishing import publish_version, terms_of
from projects.readiness import file_was_read
from projects.task_rows import NewTask
from tests.events.together import together
from tests.factories import NOON, make_project

pytestmark = pytest.mark.django_db


def file_of(project: Project, state: str = FileState.UPLOADED) -> File:
    return File.objects.create(
        organization=project.organization,
        sha256=f"{File.objects.count():064d}",
        bytes=10,
        key=f"key-{File.objects.count()}",
        state=state,
        created_at=NOON,
    )


def add(project: Project, *new: NewTask) -> list[Task]:
    return add_tasks(project.batches.get(name=None), new, by=None, at=NOON)


def test_add_tasks_stores_them_in_order_with_all_that_is_theirs():
    project = make_project()
    one = NewTask(params={"attachment": "a"}, metadata={"shelf": 4}, tags=["new", "new", "far"], unique_id="u-1")

    first, second = add(project, one, NewTask(priority=30))

    assert (first.unique_id, first.version, first.type, first.status) == (
        "u-1",
        project.current_version,
        "categorization",
        TaskStatus.PENDING,
    )
    assert TaskContent.objects.filter(task=first).values_list("params", "metadata").get() == (
        {"attachment": "a"},
        {"shelf": 4},
    )
    assert sorted(TaskTag.objects.filter(task=first).values_list("tag", flat=True)) == ["far", "new"]
    assert (second.priority, first.pk < second.pk) == (30, True)
    assert Event.objects.filter(verb="task_created").count() == 2


def test_add_tasks_puts_them_on_offer_at_once():
    project = make_project(places=3)

    tasks = add(project, NewTask(), NewTask(priority=30), NewTask())

    items = WorkItem.objects.order_by("pk").values_list("task", "places_left", "open", "lane__priority")
    assert list(items) == [
        (tasks[0].pk, 3, True, 20),
        (tasks[1].pk, 3, True, 30),
        (tasks[2].pk, 3, True, 20),
    ]
    assert Lane.objects.count() == 2
    assert set(Task.objects.values_list("offered_at", flat=True)) == {NOON}


def test_add_tasks_takes_many_in_several_transactions(monkeypatch):
    monkeypatch.setattr(adding, "MOST_PER_ACTION", 2)

    assert len(add(make_project(), *[NewTask() for _n in range(5)])) == WorkItem.objects.count() == 5


def test_add_tasks_to_an_archived_project_is_refused():
    project = make_project()
    Project.objects.update(archived_at=NOON)

    with pytest.raises(BusinessError) as refused:
        add(project, NewTask())

    assert (refused.value.code, Task.objects.count()) == ("archived", 0)


def test_add_tasks_opens_a_completed_batch_again():
    batch = create_batch(make_project(), name="first", by=None, at=NOON)
    Batch.objects.filter(pk=batch.pk).update(status=BatchStatus.COMPLETED, completed_at=NOON)

    add_tasks(batch, [NewTask()], by=None, at=NOON)

    batch.refresh_from_db()
    assert (batch.status, batch.completed_at) == (BatchStatus.IN_PROGRESS, None)


def test_a_task_waits_for_all_of_its_files():
    project = make_project()
    first, second = file_of(project), file_of(project)
    (task,) = add(project, NewTask(files=[first, second]))
    assert not WorkItem.objects.exists()

    for one in (first, second):
        assert Task.objects.get().offered_at is None
        one.state = FileState.READY
        one.save()
        file_was_read(one, at=NOON)

    assert WorkItem.objects.get().task == task
    assert list(Attachment.objects.values_list("position", "state")) == [(0, "ready"), (1, "ready")]


def test_a_file_that_was_read_before_its_task_was_written_counts_as_read():
    project = make_project()
    good, bad = file_of(project), file_of(project)
    File.objects.filter(pk=good.pk).update(state=FileState.READY)
    File.objects.filter(pk=bad.pk).update(state=FileState.BROKEN, error_code="not_an_image")

    first, second = add(project, NewTask(files=[good]), NewTask(files=[bad]))

    assert WorkItem.objects.get().task == first
    assert list(Attachment.objects.order_by("pk").values_list("state", "error_code")) == [
        ("ready", ""),
        ("broken", "not_an_image"),
    ]
    assert Task.objects.get(pk=second.pk).error_code == "attachment_broken"


@pytest.mark.parametrize("count", [1, 3])
def test_adding_takes_the_same_statements_for_many(count, django_assert_max_num_queries):
    project = make_project()
    batch = project.batches.get(name=None)
    add(project, NewTask())

    with django_assert_max_num_queries(20):
        add_tasks(batch, [NewTask(tags=["a"]) for _n in range(count)], by=None, at=NOON)


def test_a_task_with_a_broken_file_ends_with_its_reason():
    project = make_project()
    good, bad = file_of(project, FileState.READY), file_of(project)
    add(project, NewTask(files=[good, bad]))

    bad.state, bad.error_code = FileState.BROKEN, "not_an_image"
    bad.save()
    file_was_read(bad, at=NOON)

    task = Task.objects.get()
    assert (task.status, task.error_code, WorkItem.objects.count()) == (TaskStatus.ERROR, "attachment_broken", 0)
    assert Attachment.objects.get(file=bad).error_code == "not_an_image"
    assert Event.objects.filter(verb="task_errored", subject_id=task.public_id).count() == 1


def test_reading_a_file_twice_offers_its_task_once():
    project = make_project()
    one = file_of(project)
    add(project, NewTask(files=[one]), NewTask(files=[one]))
    one.state = FileState.READY
    one.save()

    file_was_read(one, at=NOON)
    file_was_read(one, at=NOON)

    assert WorkItem.objects.count() == 2


def test_test_tasks_have_no_work():
    project = make_project()
    Project.objects.update(mode=Mode.TEST)
    Batch.objects.update(mode=Mode.TEST)

    add(project, NewTask())

    assert (Task.objects.get().mode, WorkItem.objects.count()) == (Mode.TEST, 0)


def wait_for_one_that_waits() -> None:
    """Until somebody stands at a lock that is held."""
    waiting = (
        "SELECT pg_sleep(0.01), count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with connection.cursor() as cursor:
        for _n in range(1000):
            cursor.execute(waiting)
            if cursor.fetchone()[1]:
                return
    pytest.fail("nobody has come to wait")


@pytest.mark.django_db(transaction=True)
def test_who_has_waited_for_the_batch_adds_at_the_version_that_is_in_force_by_then():
    """PostgreSQL: the statement that waits for the lock sees the database as it was before."""
    if connection.vendor == "sqlite":  # whoever waits has read nothing
        return
    project = make_project()
    batch = project.batches.get(name=None)
    is_held, is_published = threading.Event(), threading.Event()

    @action
    def hold() -> None:
        adding.locked(batch)
        is_held.set()
        assert is_published.wait(timeout=10)

    def add_after_waiting() -> None:
        assert is_held.wait(timeout=10)
        add_tasks(batch, [NewTask()], by=None, at=NOON)

    def publish() -> None:
        assert is_held.wait(timeout=10)
        wait_for_one_that_waits()
        terms = replace(terms_of(project.current_version), instruction="new")
        publish_version(project, terms, based_on=0, by=None, at=NOON)
        is_published.set()

    together(hold, add_after_waiting, publish)

    assert Task.objects.get().version.number == 1


@pytest.mark.django_db(transaction=True)
def test_only_who_adds_to_the_project_is_waited_for():
    if connection.vendor == "sqlite":  # one writer at a time, whatever it writes
        return
    project, other = make_project(), make_project()
    is_held, is_over = threading.Event(), threading.Event()

    @action
    def hold():
        adding.locked(other.batches.get(name=None))
        is_held.set()
        return is_over.wait(timeout=2)

    def wait():
        assert is_held.wait(timeout=10)
        adding.wait_for_adders(project.pk)
        is_over.set()
        return True

    assert together(hold, wait) == [True, True]


@pytest.mark.django_db(transaction=True)
def test_programs_that_order_do_not_wait_for_one_another_but_who_changes_the_batch_does():
    if connection.vendor == "sqlite":  # one writer at a time
        return
    batch = make_project().batches.get(name=None)
    is_shared, is_added, is_seen, has_waited = [threading.Event() for _n in range(4)]

    @action
    def share():
        adding.shared(batch, 1)
        is_shared.set()
        assert is_seen.wait(timeout=10)
        return has_waited.is_set()

    def add():
        assert is_shared.wait(timeout=10)
        add_tasks(batch, [NewTask()], by=None, at=NOON)
        is_added.set()
        return True

    def publish():
        assert is_added.wait(timeout=10)
        adding.wait_for_adders(batch.project_id)
        has_waited.set()
        return True

    def watch():
        assert is_added.wait(timeout=10)
        wait_for_one_that_waits()
        is_seen.set()
        return True

    assert together(share, add, publish, watch) == [False, True, True, True]


@pytest.mark.django_db(transaction=True)
def test_programs_that_order_at_once_open_a_completed_batch_again_without_a_deadlock(caplog):
    batch = make_project().batches.get(name=None)
    Batch.objects.filter(pk=batch.pk).update(status=BatchStatus.COMPLETED, completed_at=NOON)
    batch.refresh_from_db()

    def add():
        return len(add_tasks(batch, [NewTask()], by=None, at=NOON))

    assert together(*[add] * 4) == [1] * 4
    assert Batch.objects.get(pk=batch.pk).status == BatchStatus.IN_PROGRESS
    assert [record for record in caplog.records if "deadlock" in record.getMessage()] == []


@pytest.mark.parametrize("count", [1, 2])
def test_what_add_tasks_returns_is_what_is_stored(count):
    added = add(make_project(), *[NewTask(params={"n": number}, unique_id=f"u{number}") for number in range(count)])

    stored = list(Task.objects.order_by("pk"))
    names = [field.attname for field in Task._meta.concrete_fields]
    assert [[getattr(task, name) for name in names] for task in added] == [
        [getattr(task, name) for name in names] for task in stored
    ]
