"""Kinds of work that the workbench cannot show: ordered, kept, waiting, and put on offer once it can."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import Mode
from core.errors import BusinessError
from files.models import FileState
from labeling import moving
from labeling.models import Lane, WorkItem
from projects import adding, contents, readiness, waiting
from projects.creating import Terms, create_project
from projects.models import Project, Task, TaskStatus
from projects.publishing import publish_version, terms_of
from projects.task_rows import NewTask
from task_types import registry
from tests.factories import NOON, OrganizationFactory
from tests.projects.test_adding import file_of
from tests.task_types.orders import GOOD, ONE

pytestmark = pytest.mark.django_db

HIDDEN = tuple(name for name in registry.ALL_NAMES if not registry.is_shown(name))
CATEGORIES = {"attachment_type": "text", "categories": ["cat", "dog"]}
QUESTIONS = {"attachment_type": "text", "taxonomies": {"Weather": {"type": "category", "choices": ["wet", "dry"]}}}


def project_of(name: str, *, mode: str = Mode.LIVE, **params: Any) -> Project:
    organization = OrganizationFactory.create()
    terms = Terms(params=params, pipeline=[{"kind": "attempt", "places": 1}])
    return create_project(organization, name="Data", type=name, terms=terms, mode=mode, by=None, at=NOON)


def add(project: Project, *params: dict[str, Any], files: Any = ()) -> list[Task]:
    new = [NewTask(params=one, files=files) for one in params]
    return adding.add_tasks(project.batches.get(name=None), new, by=None, at=NOON)


def on_offer(*tasks: Task) -> list[bool]:
    """Of each task, in agreement: its own row, and whether there is work."""
    found = []
    for task in tasks:
        task.refresh_from_db()
        assert (task.offered_at is not None) == WorkItem.objects.filter(task=task).exists()
        found.append(task.offered_at is not None)
    return found


def test_most_kinds_cannot_be_shown_yet():
    assert {"segmentannotation", "videoannotation", "lidarannotation", "chat"} < set(HIDDEN)
    assert "imageannotation" not in HIDDEN


@pytest.mark.parametrize("name", registry.ALL_NAMES)
def test_a_project_of_every_kind_can_be_made_with_and_without_params(name):
    project = project_of(name, **GOOD[name])
    bare = project_of(name)

    assert project.current_version.params == GOOD[name]
    assert (project.current_version.taxonomy == {}) != registry.is_shown(name)
    assert bare.current_version.taxonomy == {}


@pytest.mark.parametrize("name", HIDDEN)
def test_tasks_of_a_hidden_kind_wait_without_work(name):
    project = project_of(name)

    tasks = add(project, GOOD[name], GOOD[name])

    assert on_offer(*tasks) == [False, False]
    assert {(task.type, task.status, task.is_shown) for task in tasks} == {(name, TaskStatus.PENDING, False)}
    assert not Lane.objects.exists()
    assert waiting.waiting_in(project) == 2
    readiness.settle([task.pk for task in tasks], at=NOON)
    assert on_offer(*tasks) == [False, False]


@pytest.mark.parametrize("name", registry.NAMES)
def test_tasks_of_a_shown_kind_do_not_wait(name):
    project = project_of(name)

    (task,) = add(project, GOOD[name])

    assert on_offer(task) == [True]
    assert waiting.waiting_in(project) == 0


def test_a_task_waits_when_it_alone_asks_for_too_much():
    project = project_of("categorization", **CATEGORIES)

    tasks = add(
        project,
        {"attachment": "A text"},
        {"attachment": "A text", "taxonomies": None, "instruction": "Look."},
        {"attachment": "https://customer.example/", "attachment_type": "website"},
        {"attachment": "A text", "categories": []},
        {"attachment": "A text", "categories": ["bird"]},
    )

    assert on_offer(*tasks) == [True, True, False, False, True]


def test_a_task_brings_what_its_project_leaves_open():
    project = project_of("categorization")

    assert on_offer(*add(project, {"attachment": "A text"}, {"attachment": "A text", **CATEGORIES})) == [False, True]


def test_a_picture_that_was_read_puts_no_hidden_task_on_offer():
    project = project_of("segmentannotation", labels=["Road"])
    shown = project_of("imageannotation", geometries=GOOD["imageannotation"]["geometries"])
    hidden_file, shown_file = (file_of(one) for one in (project, shown))
    (hidden,) = add(project, {}, files=[hidden_file])
    (picture,) = add(shown, {}, files=[shown_file])

    for file in (hidden_file, shown_file):
        file.state = FileState.READY
        file.save()
        readiness.file_was_read(file, at=NOON)

    assert on_offer(hidden, picture) == [False, True]


def test_tasks_of_the_test_world_are_never_on_offer():
    project = project_of("segmentannotation", mode=Mode.TEST)

    (task,) = add(project, GOOD["segmentannotation"])

    assert on_offer(task) == [False]
    assert not task.is_shown


def test_what_waited_is_offered_once_the_workbench_has_learnt_it(capsys, monkeypatch):
    project = project_of("categorization", **CATEGORIES)
    monkeypatch.setattr(registry, "NAMES", ("imageannotation",))
    tasks = add(project, {"attachment": "A text"}, {"attachment": "A text", **QUESTIONS, "categories": []})
    strangers = add(project_of("segmentannotation"), GOOD["segmentannotation"])
    call_command("offer_waiting")
    assert on_offer(*tasks, *strangers) == [False, False, False]

    monkeypatch.undo()
    call_command("offer_waiting")
    call_command("offer_waiting")

    assert on_offer(*tasks, *strangers) == [True, False, False]
    assert Task.objects.get(pk=tasks[0].pk).is_shown
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["0", "1", "0"]


def test_what_has_ended_is_not_offered(monkeypatch):
    project = project_of("categorization", **CATEGORIES)
    monkeypatch.setattr(registry, "NAMES", ())
    (task,) = add(project, {"attachment": "A text"})
    Task.objects.filter(pk=task.pk).update(status=TaskStatus.CANCELED)
    monkeypatch.undo()

    assert waiting.offer_waiting(at=NOON) == 1

    assert on_offer(task) == [False]


def publish(project: Project, **params: Any) -> int:
    """A new version with these params, and everything moved to it that can be; how many tasks were."""
    project.refresh_from_db()
    now = project.current_version
    assert now is not None
    version = publish_version(project, replace(terms_of(now), params=params), based_on=now.number, by=None, at=NOON)
    return moving.move(list(Task.objects.filter(project=project).values_list("pk", flat=True)), version, at=NOON)


def test_a_version_that_can_be_shown_puts_what_waited_on_offer():
    project = project_of("categorization", attachment_type="text")
    tasks = add(project, {"attachment": "A text"}, {"attachment": "A text", **QUESTIONS})
    assert on_offer(*tasks) == [False, False]

    assert publish(project, **CATEGORIES) == 2

    assert on_offer(*tasks) == [True, True]
    assert {task.version.number for task in tasks} == {1}


def test_a_version_that_cannot_be_shown_takes_nothing_off_offer():
    project = project_of("categorization", **CATEGORIES)
    (task, own) = add(project, {"attachment": "A text"}, {"attachment": "A text", **CATEGORIES})
    old = task.version_id

    assert publish(project, **QUESTIONS) == 1

    assert on_offer(task, own) == [True, True]
    assert task.version_id == old
    assert own.version.number == 1
    (late,) = add(project, {"attachment": "A text"})
    assert on_offer(late) == [False]
    assert publish(project, **CATEGORIES) == 3
    assert on_offer(task, own, late) == [True, True, True]


def test_what_a_version_says_has_to_have_its_form():
    project = project_of("imageannotation")

    with pytest.raises(BusinessError, match=r'"geometries\.box\.objects_to_annotate" is required') as refused:
        publish(project, geometries={"box": {}})

    assert refused.value.code == "bad_params"


def test_files_alone_make_no_task_of_a_hidden_kind():
    project = project_of("transcription", **GOOD["transcription"])

    assert not contents.takes_pictures(project)
    assert not contents.takes_texts(project)
    with pytest.raises(contents.NotTakenError, match="come through the API"):
        contents.refuse_where_none_is_taken(project)
    with pytest.raises(contents.NotTakenError):
        contents.TextTasks(project).task("A text")


def test_a_text_alone_makes_a_task_of_entities_and_a_picture_none():
    project = project_of("namedentityrecognition", labels=["Person"])

    assert not contents.takes_pictures(project)
    (task,) = adding.add_tasks(
        project.batches.get(name=None), [contents.TextTasks(project).task("Ada lived in London.")], by=None, at=NOON
    )

    assert task.content.params == {"text": "Ada lived in London."}
    assert on_offer(task) == [True]


@pytest.mark.parametrize(
    "own", [{}, {"attachment": "x"}, {"attachments": [{"type": "text", "content": "x"}]}, {**ONE}, {"metadata": 3}]
)
def test_what_tasks_have_in_common_is_looked_at_once(own, monkeypatch):
    project = project_of("textcollection", fields=GOOD["textcollection"]["fields"])
    looked: list[Any] = []
    kind = registry.get("textcollection")
    monkeypatch.setattr(
        registry, "get", lambda _name: replace(kind, check_params=lambda params: looked.append(params) or [])
    )

    tasks = add(project, *[own] * 5)

    assert on_offer(*tasks) == [True] * 5
    assert len(looked) == (1 if "metadata" not in own else 6)
