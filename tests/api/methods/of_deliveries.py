"""Deliveries, datasets, annotations and schemas of the second API: 11 methods."""

from typing import Any

import orjson
import requests
from scaleapi.api_client.v2 import ExpandableEnumDelivery

from labeling.models import Resolution
from projects.models import Attachment, AttachmentState, Task
from task_types import registry
from tests.api.methods import shown
from tests.api.methods.customer import TALK_BATCH, TALKS, Customer
from tests.api.methods.of_v2 import NUL
from tests.api.methods.shown_v2 import annotations, done_talk, moment, project
from tests.api.methods.table import ANY_ID, NAMES_NOTHING, NO_PARAMETERS, Ask, Method


def task_of(customer: Customer) -> Task:
    return Task.objects.get(public_id=customer.talk)


def answer(customer: Customer) -> dict[str, Any]:
    found: dict[str, Any] = Resolution.objects.get(task=task_of(customer), current=True).response
    return found


def delivery(customer: Customer, **changes: Any) -> dict[str, Any]:
    """The customer's one delivery: a completed batch."""
    row = task_of(customer).batch
    found = {
        "id": row.public_id,
        "name": TALK_BATCH,
        "task_count": 1,
        "delivered_at": moment(row.completed_at),
        "project": row.project.public_id,
    }
    return found | changes


def dataset_delivery(customer: Customer) -> dict[str, Any]:
    found = delivery(customer)
    dataset = found.pop("project")
    return found | {"dataset": dataset, "metadata": {"task_count": found.pop("task_count")}}


def dataset_task(customer: Customer) -> dict[str, Any]:
    row = task_of(customer)
    return {
        "task_id": row.public_id,
        "dataset": row.project.public_id,
        "delivery": row.batch.public_id,
        "response": answer(customer),
    }


def doc(customer: Customer) -> dict[str, Any]:
    """Talks have no schema as yet: the workbench does not show them."""
    row = task_of(customer)
    assert row.batch.completed_at
    return {
        "task_id": row.public_id,
        "created_at": moment(row.created_at),
        "delivery_id": row.batch.public_id,
        "delivered_at": shown.stamp(row.batch.completed_at),
        "response": answer(customer),
    }


def schema(customer: Customer) -> dict[str, Any]:
    written = registry.get("imageannotation").response_model.model_json_schema()
    return {"schema": {"id": "imageannotation", "json": orjson.dumps(written).decode()}}


def attach(customer: Customer) -> None:
    """To the talk a file that is on the test's own server."""
    address = f"{customer.url}/healthz"
    Attachment.objects.create(task=task_of(customer), source=address, state=AttachmentState.READY)


DELIVERIES = [
    Method(
        name="v2.get_deliveries",
        endpoint="GET /v2/deliveries",
        mode="test",
        call=lambda client, named: client.v2.get_deliveries(project_name=named.talks),
        given=lambda customer: customer.delivery,
        gives=lambda customer: {"deliveries": [delivery(customer)]},
        wrong=Ask("NUL", lambda client, named: client.v2.get_deliveries(project_name=NUL)),
    ),
    Method(
        name="v2.get_delivery",
        endpoint="GET /v2/delivery",
        mode="test",
        call=lambda client, named: client.v2.get_delivery(
            delivery_id=named.delivery, expand=[ExpandableEnumDelivery.DELIVERY, ExpandableEnumDelivery.PROJECT]
        ),
        gives=lambda customer: {
            "delivery": delivery(customer, project=project(customer, TALKS, "chat")),
            "tasks": [done_talk(customer, project=project(customer, TALKS, "chat"))],
        },
        wrong=Ask('"delivery_id" is required', lambda client, named: client.v2.get_delivery()),
    ),
    Method(
        name="v2.get_delivery_tasks",
        endpoint="GET /v2/delivery/tasks",
        mode="test",
        call=lambda client, named: client.v2.get_delivery_tasks(delivery_id=named.delivery),
        gives=lambda customer: {"docs": [doc(customer)], "total": 1},
        wrong=Ask('"project_id" is required', lambda client, named: client.v2.get_delivery_tasks()),
    ),
]

DATASETS = [
    Method(
        name="v2.get_datasets",
        endpoint="GET /v2/datasets",
        mode="test",
        call=lambda client, named: client.v2.get_datasets(),
        given=lambda customer: customer.delivery,
        gives=lambda customer: {"datasets": [{"id": customer.dataset, "name": TALKS}]},
        wrong=NO_PARAMETERS,
        unknown=NAMES_NOTHING,
    ),
    Method(
        name="v2.get_dataset_deliveries",
        endpoint="GET /v2/datasets/deliveries",
        mode="test",
        call=lambda client, named: client.v2.get_dataset_deliveries(dataset_id=named.dataset),
        gives=lambda customer: {"deliveries": [dataset_delivery(customer)]},
        wrong=Ask("NUL", lambda client, named: client.v2.get_dataset_deliveries(dataset_id=NUL)),
    ),
    Method(
        name="v2.get_dataset_delivery",
        endpoint="GET /v2/datasets/delivery",
        mode="test",
        call=lambda client, named: client.v2.get_dataset_delivery(named.delivery),
        gives=lambda customer: {"delivery": customer.delivery, "tasks": [dataset_task(customer)]},
        wrong=Ask('"delivery_id" is required', lambda client, named: client.v2.get_dataset_delivery()),
    ),
    Method(
        name="v2.get_dataset_tasks",
        endpoint="GET /v2/datasets/tasks",
        mode="test",
        call=lambda client, named: client.v2.get_dataset_tasks(dataset_id=named.dataset),
        gives=lambda customer: {"tasks": [dataset_task(customer)]},
        wrong=Ask('"dataset_id" is required', lambda client, named: client.v2.get_dataset_tasks()),
    ),
    Method(
        name="v2.get_dataset_task",
        endpoint="GET /v2/datasets/task",
        mode="test",
        call=lambda client, named: client.v2.get_dataset_task(named.talk),
        given=lambda customer: customer.delivery,
        gives=dataset_task,
        wrong=Ask("NUL", lambda client, named: client.v2.get_dataset_task(NUL)),
    ),
    Method(
        name="v2.get_dataset_task_response_url",
        endpoint="GET /v2/datasets/task/{taskId}/response_url/{attachmentId}",
        mode="test",
        # The method gives nothing; its longer name what it was led to.
        call=lambda client, named: client.v2.get_dataset_task_response_url_with_http_info(named.talk, "0").raw_data,
        given=attach,
        gives=lambda customer: requests.get(f"{customer.url}/healthz", timeout=10).content,
        wrong=ANY_ID,
    ),
]

ANSWERS = [
    Method(
        name="v2.get_annotation",
        endpoint="GET /v2/annotation",
        mode="test",
        call=lambda client, named: client.v2.get_annotation(named.annotation),
        gives=lambda customer: annotations(answer(customer), task_of(customer), details=True)[0],
        wrong=Ask("NUL", lambda client, named: client.v2.get_annotation(NUL)),
    ),
    Method(
        name="v2.get_schema",
        endpoint="GET /v2/schema",
        call=lambda client, named: client.v2.get_schema(named.schema),
        gives=schema,
        wrong=Ask("NUL", lambda client, named: client.v2.get_schema(NUL)),
        is_everybodys=True,
    ),
]
