"""Tasks with a known answer: ordered like others, so that nobody who works on one can tell."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from core.actions import action
from events import recording
from events.verbs import Verb
from labeling.answers import check_sent
from projects import adding, task_events
from projects.models import Batch, Project, ProjectVersion, Task, TaskContent
from projects.task_rows import NewTask
from quality.models import QualityTask

Json = dict[str, Any]


@dataclass(frozen=True)
class Key:
    """What is known of a task: the right answer and, for reviewers, the one that they begin with."""

    kind: str
    expected: Any
    initial: Any = None


def order(project: Project, new: NewTask, key: Key, *, by: User | None, at: datetime) -> QualityTask:
    """A task of the project's standing batch with its key; among others it looks and pays like them.

    Raises BusinessError `bad_response` (400) for an answer that nobody could hand in, and as adding.add_tasks does.
    """
    assert project.current_version is not None  # written with the project
    content = TaskContent(params=new.params)
    check_answer(project.type, key.expected, project.current_version, content)
    if key.initial is not None:
        check_answer(project.type, key.initial, project.current_version, content)
    return write(project, new, key, by=by, at=at)


@action
def write(project: Project, new: NewTask, key: Key, *, by: User | None, at: datetime) -> QualityTask:
    batch = adding.locked(Batch.objects.get(project=project, name=None))
    (pk,) = adding.insert_tasks(batch, [new], by=by, at=at)
    return QualityTask.objects.create(
        project=batch.project,
        kind=key.kind,
        task=Task.objects.get(pk=pk),
        expected_response=key.expected,
        initial_response=key.initial,
        created_by=by,
        created_at=at,
        changed_at=at,
    )


def check_answer(type_name: str, response: Any, version: ProjectVersion, content: TaskContent) -> None:
    """Its files may not have come yet. Raises BusinessError `bad_response`."""
    check_sent(response, type_name=type_name, content=content, version=version, task=None)


def change_expected(quality_task: QualityTask, expected: Any, *, by: User, at: datetime) -> None:
    """Raises BusinessError `bad_response`."""
    task = Task.objects.select_related("version", "content").get(pk=quality_task.task_id)
    check_answer(task.type, expected, task.version, task.content)
    write_expected(quality_task, expected, by=by, at=at)


@action
def write_expected(quality_task: QualityTask, expected: Json, *, by: User, at: datetime) -> None:
    QualityTask.objects.filter(pk=quality_task.pk).update(expected_response=expected, changed_at=at)
    note(quality_task, "expected_response", by=by, at=at)


@action
def retire(quality_task: QualityTask, *, by: User, at: datetime) -> None:
    """Nobody is measured by it any more; its task stays as it is. Again changes nothing."""
    if QualityTask.objects.filter(pk=quality_task.pk, retired_at=None).update(retired_at=at, changed_at=at):
        note(quality_task, "retired", by=by, at=at)


@action
def enable(quality_task: QualityTask, *, by: User, at: datetime) -> None:
    retired = QualityTask.objects.filter(pk=quality_task.pk, retired_at__isnull=False)
    if retired.update(retired_at=None, changed_at=at):
        note(quality_task, "enabled", by=by, at=at)


def note(quality_task: QualityTask, what: str, *, by: User, at: datetime) -> None:
    task = Task.objects.get(pk=quality_task.task_id)
    recording.write(task_events.event_of(Verb.TASK_CHANGED, task, by=by, at=at, what=f"quality_{what}"))
