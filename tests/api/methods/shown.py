"""What the first API shows of a customer's things, written down from what was ordered; ids and times from the rows."""

from datetime import UTC, datetime
from typing import Any

from labeling.models import Resolution
from projects.models import Batch, Project, Task
from tests.api.methods.customer import ATTACHED, BATCH, BATCH_TERMS, ORDER, PARAMS, PROJECT, Customer

Json = dict[str, Any]


def stamp(at: datetime) -> str:
    at = at.astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def present(found: Json) -> Json:
    """Without what is None: Scale's client turns every key into an attribute."""
    return {name: value for name, value in found.items() if value is not None}


def tasks(customer: Customer) -> list[Task]:
    """The customer's, the newest first."""
    return list(Task.objects.filter(organization=customer.organization).order_by("-pk"))


def task(customer: Customer, public_id: str = "", **changes: Any) -> Json:
    """A task that was ordered with ORDER: the first one, or the one with the id."""
    row = Task.objects.get(public_id=public_id or customer.task)
    shown = {
        "task_id": row.public_id,
        "type": "imageannotation",
        "status": "pending",
        "created_at": stamp(row.created_at),
        "updated_at": stamp(row.updated_at),
        "callback_url": ORDER["callback_url"],
        "instruction": f"{ORDER['instruction']}\n\n{PARAMS['instruction']}",
        "params": {**ATTACHED, "geometries": PARAMS["geometries"]},
        "metadata": ORDER["metadata"],
        "tags": ORDER["tags"],
        "unique_id": "cow-1",
        "project": PROJECT,
        "batch": BATCH,
        "priority": 30,
        "is_test": False,
    }
    return present(shown | changes)


def done_task(customer: Customer, **changes: Any) -> Json:
    """The first task of the test world, where it is done at once."""
    row = Task.objects.get(public_id=customer.task)
    assert row.completed_at
    done = {
        "status": "completed",
        "is_test": True,
        "completed_at": stamp(row.completed_at),
        "response": Resolution.objects.get(task=row, current=True).response,
        "customer_review_status": "pending",
    }
    return task(customer, **(done | changes))


def batch(customer: Customer, name: str = BATCH, **changes: Any) -> Json:
    """A batch that was ordered with BATCH_TERMS."""
    shown = {
        "name": name,
        "project": PROJECT,
        "type": "production",
        "status": "in_progress",
        "callback": BATCH_TERMS["callback"],
        "calibration_batch": False,
        "self_label_batch": False,
        "archived": False,
        "metadata": BATCH_TERMS["metadata"],
        "created_at": stamp(Batch.objects.get(organization=customer.organization, name=name).created_at),
    }
    return present(shown | changes)


def staged_batch(customer: Customer, **changes: Any) -> Json:
    return batch(customer, customer.staged, **({"status": "staging", "callback": "", "metadata": {}} | changes))


def project(customer: Customer, name: str = PROJECT, *params: Json, **changes: Any) -> Json:
    """An ordinary project whose versions have these params, the oldest first."""
    row = Project.objects.get(organization=customer.organization, name=name)
    times = row.versions.order_by("number").values_list("created_at", flat=True)
    history = zip(params or (PARAMS,), times, strict=True)
    shown = {
        "name": name,
        "type": "imageannotation",
        "created_at": stamp(row.created_at),
        "archived": False,
        "rapid": False,
        "studio": False,
        "pipeline": "standard_task",
        "param_history": [
            {**said, "version": number, "created_at": stamp(at)} for number, (said, at) in enumerate(history)
        ],
    }
    return present(shown | changes)
