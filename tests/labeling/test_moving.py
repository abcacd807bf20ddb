"""After a new version: what nobody has begun moves to it, and nothing else does."""

import threading
from dataclasses import replace

import pytest

from core.actions import action
from events import running
from events.models import Job
from labeling import claiming, moving, pipeline, places
from labeling.models import WorkItem
from labeling.moving import movable, move
from labeling.offering import offer
from projects import adding
from projects.models import Project, ProjectVersion, Task, TaskStatus
from projects.publishing import publish_version, terms_of
from tests.events.together import together
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import taken

pytestmark = pytest.mark.django_db


def published(project: Project, *, wanted: int) -> ProjectVersion:
    """The project's next version, which wants that many answers to a task."""
    project.refresh_from_db()
    now = project.current_version
    assert now is not None
    terms = replace(terms_of(now), pipeline=[{"kind": "attempt", "places": wanted}])
    return publish_version(project, terms, based_on=now.number, by=None, at=NOON)


def state(*tasks: Task) -> list[tuple[int, int, int]]:
    """Of each task: the number of its version, the places of its item and those left."""
    items = WorkItem.objects.filter(task__in=tasks).order_by("task")
    return list(items.values_list("task__version__number", "places", "places_left"))


def test_only_open_tasks_of_the_project_that_nobody_has_begun_may_move():
    project, other = make_project(), make_project()
    begun, broken, done, first, second = make_tasks(project, 5)
    make_tasks(other, 2)
    assert taken(make_worker(project)).work_item.task == begun
    Task.objects.filter(pk=broken.pk).update(status=TaskStatus.ERROR)
    Task.objects.filter(pk=done.pk).update(status=TaskStatus.CANCELED)
    version = published(project, wanted=3)
    make_tasks(project)

    assert set(movable(project.pk, version)) == {first, second}
    assert set(movable(project.pk, published(project, wanted=4))) == {first, second, Task.objects.latest("pk")}
    assert not movable(project.pk, project.versions.get(number=0)).exists()


def test_move_changes_and_locks_its_own_tasks_alone(monkeypatch):
    project, other = make_project(), make_project()
    first, second = make_tasks(project, 2)
    (stranger,) = make_tasks(other)
    version = published(project, wanted=3)
    locked: list[WorkItem] = []
    lock = places.locked
    monkeypatch.setattr(places, "locked", lambda items: locked.extend(found := lock(items)) or found)

    assert move([first.pk], version, at=NOON) == 1

    assert state(first, second, stranger) == [(1, 3, 3), (0, 1, 1), (0, 1, 1)]
    assert [item.task for item in locked] == [first]


def test_move_leaves_what_was_taken_since_it_was_chosen():
    project = make_project()
    first, second = make_tasks(project, 2)
    version = published(project, wanted=3)
    chosen = [task.pk for task in movable(project.pk, version)]
    assert taken(make_worker(project)).work_item.task == first

    assert move(chosen, version, at=NOON) == 1
    assert state(first, second) == [(0, 1, 0), (1, 3, 3)]


def test_the_job_moves_everything_chunk_by_chunk(monkeypatch):
    monkeypatch.setattr(moving, "CHUNK", 2)
    project = make_project()
    tasks = make_tasks(project, 5)
    published(project, wanted=2)

    running.run(Job.objects.get(kind=moving.KIND).pk)

    assert state(*tasks) == [(1, 2, 2)] * 5
    job = Job.objects.get(kind=moving.KIND)
    assert (job.state, job.message_params["count"]) == ("done", 5)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["move", "offer"])
def test_a_task_whose_files_become_ready_while_it_moves_is_offered_as_the_new_version_wants(first, monkeypatch):
    project = make_project()
    (task,) = make_tasks(project)
    task.work_items.all().delete()
    Task.objects.update(offered_at=None)
    version = published(project, wanted=3)
    has_written, is_over = threading.Event(), threading.Event()

    @action
    def offered() -> None:
        offer([task], at=NOON)

    def moved() -> None:
        move([task.pk], version, at=NOON)

    def begins_the_other(function):
        """What the first one calls when it has written: the second comes now, and has to wait for it."""

        def called(*args):
            if not has_written.is_set():
                has_written.set()
                is_over.wait(timeout=0.3)
            return function(*args)

        return called

    def second(deed):
        assert has_written.wait(timeout=10)
        deed()
        is_over.set()

    if first == "move":
        monkeypatch.setattr(pipeline, "places_of", begins_the_other(pipeline.places_of))
        one, other = moved, offered
    else:
        monkeypatch.setattr(places, "bump", begins_the_other(places.bump))
        one, other = offered, moved
    together(one, lambda: second(other))

    assert state(task) == [(1, 3, 3)]


def test_a_claim_freezes_the_version_that_the_task_has_when_its_place_is_taken(monkeypatch):
    """What the claim had read may be older than its lock of the item."""
    project = make_project()
    (task,) = make_tasks(project)
    version = published(project, wanted=3)
    pick = claiming.pick

    def picked(*args, **more):
        found = pick(*args, **more)
        Task.objects.filter(pk=task.pk).update(version=version)
        return found

    monkeypatch.setattr(claiming, "pick", picked)

    assert taken(make_worker(project)).version == version


@pytest.mark.django_db(transaction=True)
def test_tasks_that_are_added_while_a_version_is_published_move_to_it(monkeypatch):
    project = make_project()
    write_rows = adding.write_rows
    has_read, is_over = threading.Event(), threading.Event()

    def written(*args, **more):
        """The version has been read: the other publishes the next one now, and what is to move moves."""
        has_read.set()
        is_over.wait(timeout=0.3)
        write_rows(*args, **more)

    def publish() -> None:
        assert has_read.wait(timeout=10)
        published(project, wanted=3)
        running.run(Job.objects.get(kind=moving.KIND).pk)
        is_over.set()

    monkeypatch.setattr(adding, "write_rows", written)
    together(lambda: make_tasks(project), publish)

    assert state(Task.objects.get()) == [(1, 3, 3)]
