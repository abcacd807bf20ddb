"""A customer sends one answer back: its task is done again, and nothing else is."""

from datetime import timedelta

import pytest

from core.errors import StaleState
from events import recording
from events.models import Event
from labeling.models import Resolution, WorkItem
from labeling.reopening import send_back
from projects.creating import create_batch
from projects.models import Batch, BatchStatus, Project, Task, TaskStatus
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import new_key, submitted

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)


def done_in_a_batch_of_its_own(project: Project, name: str) -> Task:
    (task,) = make_tasks(project, batch=create_batch(project, name=name, by=None, at=NOON))
    submitted(make_worker(project))
    return task


def sent_back(task: Task) -> list[Event]:
    resolution = Resolution.objects.select_related("task__batch").get(task=task)
    site = recording.by_site()
    _lanes, events = send_back(resolution, reason_class="wrong_label", comment="No.", key=new_key(), by=site, at=LATER)
    return events


def test_a_task_that_is_sent_back_reopens_its_own_batch_and_nothing_else():
    project = make_project()
    mine, other = (done_in_a_batch_of_its_own(project, name) for name in ("first", "second"))
    Batch.objects.update(status=BatchStatus.COMPLETED, completed_at=NOON)

    events = sent_back(mine)

    assert [event.verb for event in events] == ["task_reopened", "batch_reopened"]
    tasks = dict(Task.objects.values_list("pk", "status"))
    assert tasks == {mine.pk: TaskStatus.PENDING, other.pk: TaskStatus.COMPLETED}
    assert dict(Resolution.objects.values_list("task", "current")) == {mine.pk: False, other.pk: True}
    assert Batch.objects.get(completed_at=None).pk == mine.batch_id
    assert Batch.objects.get(status=BatchStatus.IN_PROGRESS).pk == mine.batch_id


def test_a_batch_that_was_never_completed_is_not_said_to_be_open_again():
    events = sent_back(done_in_a_batch_of_its_own(make_project(), "first"))

    assert [event.verb for event in events] == ["task_reopened"]


@pytest.mark.parametrize("status", [TaskStatus.PENDING, TaskStatus.CANCELED, TaskStatus.ERROR])
def test_only_a_completed_task_is_sent_back(status):
    task = done_in_a_batch_of_its_own(make_project(), "first")
    Task.objects.update(status=status)

    with pytest.raises(StaleState) as refused:
        sent_back(task)

    assert refused.value.code == "not_completed"
    assert Task.objects.get().status == status
    assert (Resolution.objects.get().current, WorkItem.objects.count()) == (True, 1)
