"""Deliveries, datasets, annotations and schemas, as the `v2` of Scale's client reads them."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.test import Client
from scaleapi import ScaleClient
from scaleapi.api_client.v2 import (
    ExpandableEnumDatasetsDeliveries,
    ExpandableEnumDatasetTask,
    ExpandableEnumDeliveries,
    ExpandableEnumDelivery,
    Option,
)
from scaleapi.api_client.v2.exceptions import (
    NotFoundException,
    UnauthorizedException,
)

from accounts.models import Mode, Organization
from labeling import batches
from labeling.models import Resolution, ResolutionSource
from projects import adding, creating
from projects.models import Attachment, AttachmentState, Batch, Task
from projects.task_rows import NewTask
from tests.api.asking import key_of
from tests.api.test_v2_tasks import make_talks
from tests.factories import NOON

LATER = timedelta(hours=1)


@pytest.fixture
def batch(organization: Organization) -> Batch:
    """Three talks of the test world, all done, and the batch with them; one in no batch."""
    talks = make_talks(organization, Mode.TEST)
    made = creating.create_batch(talks, name="a/b & c?", by=None, at=NOON)
    adding.add_tasks(made, [NewTask() for _number in range(3)], by=None, at=NOON)
    adding.add_tasks(talks.batches.get(name=None), [NewTask()], by=None, at=NOON)
    assert batches.complete_batches(at=NOON + LATER) == 1
    made.refresh_from_db()
    return made


def test_a_completed_batch_is_a_delivery(client_test: ScaleClient, batch: Batch):
    v2 = client_test.v2
    (found,) = v2.get_deliveries().deliveries

    assert (found.id, found.name, found.task_count, found.delivered_at) == (
        batch.public_id,
        batch.name,
        3,
        NOON + LATER,
    )
    assert found.project.actual_instance == batch.project.public_id
    expanded = v2.get_deliveries(project_name=batch.project.name, expand=[ExpandableEnumDeliveries.PROJECT])
    assert expanded.deliveries[0].project.actual_instance.name == batch.project.name
    assert v2.get_deliveries(delivered_after=NOON + 2 * LATER).deliveries == []
    assert v2.get_deliveries(delivered_before=NOON + 2 * LATER).deliveries == [found]

    first = v2.get_delivery(delivery_name=batch.name, limit=2, expand=[ExpandableEnumDelivery.DELIVERY])
    second = v2.get_delivery(delivery_id=found.id, limit=2, next_token=first.next_token)
    assert first.delivery.actual_instance == found
    assert second.delivery.actual_instance == found.id
    assert len({task.task_id for task in [*first.tasks, *second.tasks]}) == 3
    assert second.next_token is None
    assert all(task.threads for task in first.tasks)


def test_the_tasks_of_a_delivery_and_of_a_project(client_test: ScaleClient, batch: Batch):
    page = client_test.v2.get_delivery_tasks(delivery_id=batch.public_id)

    assert (page.total, page.next_token, {doc.delivery_id for doc in page.docs}) == (3, None, {batch.public_id})
    assert page.docs[0].response == Resolution.objects.get(task__public_id=page.docs[0].task_id).response
    whole = client_test.v2.get_delivery_tasks(project_name=batch.project.name)
    assert [doc.delivery_id for doc in whole.docs] == [None, *[batch.public_id] * 3]
    assert whole.docs[0].response is None


def test_a_batch_that_is_opened_again_is_no_delivery(client_test: ScaleClient, batch: Batch):
    adding.add_tasks(batch, [NewTask()], by=None, at=NOON + 2 * LATER)

    assert client_test.v2.get_deliveries().deliveries == []
    batches.complete_batches(at=NOON + 3 * LATER)
    assert [one.task_count for one in client_test.v2.get_deliveries().deliveries] == [4]


def test_a_project_with_deliveries_is_a_dataset(client_test: ScaleClient, batch: Batch):
    v2, project = client_test.v2, batch.project

    assert [(one.id, one.name) for one in v2.get_datasets().datasets] == [(project.public_id, project.name)]
    (delivery,) = v2.get_dataset_deliveries(dataset_id=project.public_id).deliveries
    assert (delivery.id, delivery.metadata.task_count) == (batch.public_id, 3)
    expand = [ExpandableEnumDatasetsDeliveries.DATASET]
    (expanded,) = v2.get_dataset_deliveries(expand=expand).deliveries
    assert expanded.dataset.actual_instance.name == project.name
    page = v2.get_dataset_delivery(batch.public_id, limit=2)
    rest = v2.get_dataset_tasks(delivery_id=batch.public_id, next_token=page.next_token)
    assert (len(page.tasks), len(rest.tasks), rest.next_token) == (2, 1, None)
    assert len(v2.get_dataset_tasks(dataset_id=project.public_id).tasks) == 3
    one = v2.get_dataset_task(page.tasks[0].task_id, expand=list(ExpandableEnumDatasetTask))
    assert one.dataset.actual_instance.name == project.name
    assert one.delivery.actual_instance.id == batch.public_id
    assert one.response == page.tasks[0].response


def test_an_attachment_is_led_to(live_server: Any, client_test: ScaleClient, batch: Batch):
    task = batch.tasks.first()
    assert task is not None
    address = f"{live_server.url}/healthz"
    Attachment.objects.create(task=task, source=address, state=AttachmentState.READY)
    Attachment.objects.create(task=task, source="scaledata://a/b", position=1, state=AttachmentState.READY)

    client_test.v2.get_dataset_task_response_url(task.public_id, "0")
    headers = {"Authorization": f"Bearer {key_of(batch.organization, mode='test')}"}
    answer = Client().get(f"/v2/datasets/task/{task.public_id}/response_url/0", headers=headers)
    assert (answer.status_code, answer["Location"]) == (302, address)
    for number in ("1", "2", "x"):
        with pytest.raises(NotFoundException):
            client_test.v2.get_dataset_task_response_url(task.public_id, number)


def test_an_annotation_is_found_by_its_id_for_ever(client_test: ScaleClient, batch: Batch):
    task = batch.tasks.first()
    assert task is not None
    shown = client_test.v2.get_task(task.public_id, opts=[Option.ANNOTATION_DETAILS]).threads[0]
    (short,) = client_test.v2.get_task(task.public_id).threads[0].turns[0].messages[1].annotations
    (wanted,) = shown.turns[0].messages[1].annotations

    found = client_test.v2.get_annotation(wanted.actual_instance.id)

    assert found == wanted
    assert found.actual_instance.possible_values == [1, 2, 3, 4, 5]
    assert (short.actual_instance.title, short.actual_instance.value) == (None, found.actual_instance.value)
    Resolution.objects.filter(task=task).update(current=False)
    Resolution.objects.create(
        task=task, number=1, source=ResolutionSource.AUDIT, response={"threads": []}, resolved_at=NOON
    )
    assert client_test.v2.get_annotation(wanted.actual_instance.id) == wanted
    assert client_test.v2.get_task(task.public_id).threads == []


def test_no_annotation(client_test: ScaleClient, connect, other_organization, batch: Batch):
    task = batch.tasks.first()
    assert task is not None
    client_test.v2.get_annotation(f"{task.public_id}-0-0")

    for unknown in (f"{task.public_id}-0-9", f"{task.public_id}-7-0", f"{'0' * 24}-0-0", "x", "a-b-c", "0" * 24):
        with pytest.raises(NotFoundException):
            client_test.v2.get_annotation(unknown)
    for client in (connect(other_organization, mode="test"), connect(batch.organization)):
        with pytest.raises(NotFoundException):
            client.v2.get_annotation(f"{task.public_id}-0-0")


def test_schemas_of_answers(client_live: ScaleClient):
    found = client_live.v2.get_schema("imageannotation").var_schema

    assert found.id == "imageannotation"
    assert "annotations" in orjson.loads(found.var_json)["properties"]
    with pytest.raises(NotFoundException):
        client_live.v2.get_schema("chat")


def asked(v2: Any, batch: Batch, task: Task) -> dict[str, Any]:
    """Every read of deliveries and datasets by something of the customer's."""
    return {
        "deliveries": lambda: v2.get_deliveries(project_id=batch.project.public_id),
        "delivery": lambda: v2.get_delivery(delivery_id=batch.public_id),
        "delivery_tasks": lambda: v2.get_delivery_tasks(delivery_id=batch.public_id),
        "dataset_deliveries": lambda: v2.get_dataset_deliveries(dataset_id=batch.project.public_id),
        "dataset_delivery": lambda: v2.get_dataset_delivery(batch.public_id),
        "dataset_tasks": lambda: v2.get_dataset_tasks(dataset_id=batch.project.public_id),
        "dataset_task": lambda: v2.get_dataset_task(task.public_id),
        "response_url": lambda: v2.get_dataset_task_response_url(task.public_id, "0"),
    }


def test_nobody_sees_anothers_deliveries(connect, other_organization, batch: Batch):
    task = batch.tasks.first()
    assert task is not None
    for client in (connect(other_organization, mode="test"), connect(batch.organization)):
        for ask in asked(client.v2, batch, task).values():
            with pytest.raises(NotFoundException):
                ask()
        assert client.v2.get_datasets().datasets == []


def test_without_a_key_every_method_is_refused(connect, organization: Organization, batch: Batch):
    task = batch.tasks.first()
    assert task is not None
    v2 = connect(organization, mode="test").v2
    v2.api_client.configuration.access_token = "test_0123456789_" + "0" * 48
    for ask in asked(v2, batch, task).values():
        with pytest.raises(UnauthorizedException):
            ask()


PATHS = ["projects?created_after=x", "project", "batch", "batches?limit=0", "batches?status=x", "tasks", "task",
         "tasks?project_id=x&limit=x", "annotation", "schema", "deliveries?delivered_after=x", "delivery",
         "delivery/tasks", "datasets/deliveries?expand=x", "datasets/delivery", "datasets/tasks",
         "datasets/task"]  # fmt: skip


def test_what_is_asked_wrongly_gets_a_sentence(organization: Organization):
    headers = {"Authorization": f"Bearer {key_of(organization)}"}
    for path in PATHS:
        answer = Client().get(f"/v2/{path}", headers=headers)
        assert (answer.status_code, answer.json()["status_code"]) == (400, 400), (path, answer.content)
        assert answer.json()["error"]
    for path in ("batch", "batch/finalize", "batch/pause", "batch/resume", "batch/cancel", "batch/metadata",
                 "task/chat", "task/metadata"):  # fmt: skip
        for body in ("", "{}", "[]", '{"batch_id": 5}', "{"):
            answer = Client().post(f"/v2/{path}", body, content_type="application/json", headers=headers)
            assert (answer.status_code, answer.json()["status_code"]) == (400, 400), (path, body, answer.content)


def test_of_an_answer_that_is_not_well_formed_what_can_be_read_is_shown(client_test: ScaleClient, batch: Batch):
    task = batch.tasks.first()
    assert task is not None
    message = {"role": "poet", "content": "Hello", "source_id": 5, "annotations": None}
    odd = {"threads": ["x", {"id": None, "turns": [{"messages": [message, 7]}, None], "annotations": "no"}]}
    Resolution.objects.filter(task=task).update(response=odd)

    (thread,) = client_test.v2.get_task(task.public_id).threads
    (turn,) = thread.turns
    assert [(one.role.value, one.content.text, one.source_id) for one in turn.messages] == [("user", "Hello", "")]
