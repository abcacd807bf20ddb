"""Tasks, as the `v2` of Scale's client orders and reads them."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from scaleapi import ScaleClient
from scaleapi.api_client.v2 import (
    CreateChatTaskRequest,
    ExpandableEnumTask,
    Option,
    SetTaskMetadataRequest,
)
from scaleapi.api_client.v2.exceptions import BadRequestException, NotFoundException
from scaleapi.api_client.v2.models.task_status import TaskStatus
from scaleapi.tasks import TaskType

from accounts.models import Mode, Organization
from projects import adding, creating, readiness
from projects.models import Project, Task, Workforce
from projects.task_rows import NewTask
from tests.api.asking import BOXES, key_of
from tests.factories import make_project, make_tasks


def make_talks(organization: Organization, mode: str = Mode.LIVE, name: str = "Talks ü/?&") -> Project:
    return creating.write_project(
        organization,
        name=name,
        type="chat",
        terms=creating.Terms(params={}),
        workforce=Workforce.MANAGED,
        mode=mode,
        by=None,
        at=timezone.now(),
    )


@pytest.fixture
def talks(organization: Organization) -> Project:
    return make_talks(organization)


@pytest.fixture
def made_up_talks(organization: Organization) -> Project:
    return make_talks(organization, Mode.TEST)


ORDER: dict[str, Any] = {
    "template_variables": {"topic": "Kühe", "n": [1]},
    "metadata": {"row": {"a": 1}},
    "callback_url": "https://example.org/hook",
}


def test_a_talk_waits_where_people_work(client_live: ScaleClient, talks: Project):
    task = client_live.v2.create_chat_task(CreateChatTaskRequest(project_name=talks.name, **ORDER))

    assert (task.status, task.threads, task.errors) == (TaskStatus.PENDING, [], None)
    assert (task.metadata, task.batch, task.completed_at) == ({"row": {"a": 1}}, None, None)
    assert task.project.actual_instance == talks.public_id
    assert client_live.v2.get_task(task.task_id) == task
    stored = client_live.get_task(task.task_id)
    assert (stored.params, stored.callback_url) == ({"template_variables": ORDER["template_variables"]},
                                                    ORDER["callback_url"])  # fmt: skip


def test_in_the_test_world_a_talk_is_done_at_once(client_test: ScaleClient, made_up_talks: Project):
    batch = creating.create_batch(made_up_talks, name="a/b ?", by=None, at=timezone.now())

    task = client_test.v2.create_chat_task(CreateChatTaskRequest(batch_name=batch.name, **ORDER))

    assert task.status == TaskStatus.COMPLETED
    assert task.completed_at is not None
    assert task.batch.actual_instance == batch.public_id
    (thread,) = task.threads
    assert [[message.role.value for message in turn.messages] for turn in thread.turns] == [["user", "assistant"]]
    assert all(message.content.text for message in thread.turns[0].messages)
    assert client_test.v2.get_task(task.task_id) == task


def test_more_is_told_where_it_is_asked_for(client_test: ScaleClient, made_up_talks: Project):
    batch = creating.create_batch(made_up_talks, name="b", by=None, at=timezone.now())
    task = client_test.v2.create_chat_task(CreateChatTaskRequest(batch_id=batch.public_id))

    full = client_test.v2.get_task(
        task.task_id, expand=[ExpandableEnumTask.PROJECT, ExpandableEnumTask.BATCH], opts=list(Option)
    )

    assert full.project.actual_instance.name == made_up_talks.name
    assert full.batch.actual_instance.name == "b"
    assert full.batch.actual_instance.project.actual_instance.id == made_up_talks.public_id
    assert full.threads[0].submissions == []
    assert task.threads[0].submissions is None


def test_brackets_behind_the_names_of_lists_are_taken_too(organization: Organization, talks: Project):
    task = make_tasks_of(talks, 1)[0]
    headers = {"Authorization": f"Bearer {key_of(organization)}"}

    answer = Client().get(f"/v2/task?task_id={task}&expand[]=project&opts[]=submissions", headers=headers)
    assert answer.json()["project"]["name"] == talks.name
    wrong = Client().get(f"/v2/task?task_id={task}&expand[]=everything", headers=headers)
    assert (wrong.status_code, sorted(wrong.json())) == (400, ["code", "error", "status_code"])


def make_tasks_of(project: Project, count: int, **more: Any) -> list[str]:
    new = [NewTask(**more) for _number in range(count)]
    return [
        task.public_id for task in adding.add_tasks(project.batches.get(name=None), new, by=None, at=timezone.now())
    ]


def test_a_talk_that_cannot_be_ordered(client_live: ScaleClient, organization: Organization, talks: Project):
    other = make_project(organization=organization, name="Cats")
    elsewhere = creating.create_batch(other, name="cats", by=None, at=timezone.now())

    for order in (
        CreateChatTaskRequest(),
        CreateChatTaskRequest(project_name="Cats"),
        CreateChatTaskRequest(batch_name="cats"),
    ):
        with pytest.raises(BadRequestException):
            client_live.v2.create_chat_task(order)
    for order in (
        CreateChatTaskRequest(project_name="nothing"),
        CreateChatTaskRequest(batch_id="0" * 24),
        CreateChatTaskRequest(project_id=talks.public_id, batch_id=elsewhere.public_id),
    ):
        with pytest.raises(NotFoundException):
            client_live.v2.create_chat_task(order)
    assert Task.objects.count() == 0


def test_pages_of_tasks_are_stable_while_more_are_ordered(client_live: ScaleClient, talks: Project):
    made = make_tasks_of(talks, 5)

    first = client_live.v2.get_tasks(project_name=talks.name, limit=2)
    make_tasks_of(talks, 1)
    second = client_live.v2.get_tasks(project_id=talks.public_id, limit=2, next_token=first.next_token)
    last = client_live.v2.get_tasks(project_id=talks.public_id, limit=2, next_token=second.next_token)

    assert [task.task_id for task in [*first.tasks, *second.tasks, *last.tasks]] == made[::-1]
    assert last.next_token is None
    assert len(list(client_live.v2_get_tasks(project_name=talks.name))) == 6


def test_tasks_are_filtered(client_live: ScaleClient, talks: Project):
    batch = creating.create_batch(talks, name="b+&", by=None, at=timezone.now())
    make_tasks_of(talks, 2)
    client_live.v2.create_chat_task(CreateChatTaskRequest(batch_name="b+&"))
    client_live.cancel_task(client_live.v2.create_chat_task(CreateChatTaskRequest(batch_name="b+&")).task_id)

    def count(**wanted: Any) -> int:
        return len(client_live.v2.get_tasks(**wanted).tasks)

    assert count(project_name=talks.name) == 4
    assert count(batch_name="b+&") == count(batch_id=batch.public_id) == 2
    assert count(batch_name="b+&", status=TaskStatus.CANCELED) == 1
    assert count(project_name=talks.name, status=TaskStatus.DELETED) == 0
    # A cancelled task has ended, but is not completed.
    assert count(project_name=talks.name, completed_after=talks.created_at) == 0
    for wrong in ({}, {"status": TaskStatus.PENDING}):
        with pytest.raises(BadRequestException):
            count(**wrong)
    for unknown in ({"project_name": "x"}, {"batch_id": "x"}, {"project_name": talks.name, "next_token": "x"}):
        with pytest.raises(NotFoundException):
            count(**unknown)


def test_other_kinds_of_work_are_shown_without_talks(client_test: ScaleClient):
    made = client_test.create_task(TaskType.ImageAnnotation, **BOXES)

    task = client_test.v2.get_task(made.id)

    assert (task.status, task.threads) == (TaskStatus.COMPLETED, [])


def test_an_error_has_a_sentence(client_live: ScaleClient, organization: Organization):
    (task,) = make_tasks(make_project(organization=organization))
    readiness.fail(task, code="attachment_broken", at=timezone.now())

    found = client_live.v2.get_task(task.public_id)

    assert found.status == TaskStatus.ERROR
    assert [error.message for error in found.errors] == ["A file of this task cannot be fetched or read."]


def test_metadata_of_a_task(client_live: ScaleClient, talks: Project):
    (task,) = make_tasks_of(talks, 1, metadata={"a": {"b": 1}, "c": 2})

    def set_to(metadata: dict[str, Any], **more: Any) -> Any:
        order = SetTaskMetadataRequest(task_id=task, metadata=metadata, **more)
        return client_live.v2.set_task_metadata(order).metadata

    assert set_to({"a": {"d": [None, "ü"]}}, merge=True) == {"a": {"b": 1, "d": [None, "ü"]}, "c": 2}
    assert set_to({"e": 1}) == {"e": 1}
    with pytest.raises(BadRequestException):
        set_to({"x": "y" * 70_000})


def test_nobody_sees_anothers_tasks(connect, client_live: ScaleClient, other_organization, talks: Project):
    (task,) = make_tasks_of(talks, 1)

    for client in (connect(other_organization), connect(talks.organization, mode="test")):
        for ask in (
            lambda v2: v2.get_task(task),
            lambda v2: v2.set_task_metadata(SetTaskMetadataRequest(task_id=task, metadata={})),
            lambda v2: v2.get_tasks(project_id=talks.public_id),
            lambda v2: v2.create_chat_task(CreateChatTaskRequest(project_id=talks.public_id)),
        ):
            with pytest.raises(NotFoundException):
                ask(client.v2)
    assert client_live.v2.get_task(task).metadata == {}
