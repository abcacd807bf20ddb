"""Scale's JSON of tasks, batches and projects: the only place that builds it, for the API, callbacks and exports alike.

Which keys are there is part of the contract: Scale's client turns every key into an attribute, so that an absent key
and a null are different things.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import Mode
from delivery.reading import PAGE_TASKS, AttachmentRow, DeliveredTask, pages
from labeling.answers import effective_params
from projects.models import Batch, BatchKind, Product, Project, ProjectVersion, Task, TaskStatus

# Of the request's body, but at the top of the task or columns of their own: they do not stand in `params`.
NOT_PARAMS = frozenset({
    "batch", "callback_url", "instruction", "metadata", "priority", "project", "tags", "unique_id",
})  # fmt: skip
LIMITED = ("task_id", "status", "metadata", "project", "otherVersion")


def delivered_json(delivered: DeliveredTask) -> dict[str, Any]:
    """The task in Scale's shape. Reads nothing."""
    task, content, resolution = delivered.task, delivered.content, delivered.resolution
    is_done = task.status == TaskStatus.COMPLETED
    found: dict[str, Any] = {
        "task_id": task.public_id,
        "type": task.type,
        "status": task.status,
        "created_at": stamp(task.created_at),
        "updated_at": stamp(task.updated_at),
        "completed_at": stamp(task.completed_at) if is_done and task.completed_at else None,
        "callback_url": content.params.get("callback_url") or delivered.version.params.get("callback_url"),
        "callback_succeeded": task.callback_succeeded,
        "instruction": instruction_of(delivered),
        "params": params_of(delivered),
        "metadata": content.metadata,
        "tags": list(delivered.tags) or None,
        "unique_id": task.unique_id,
        "project": None if delivered.batch.project.implicit else delivered.batch.project.name,
        "batch": delivered.batch.name,
        "priority": task.priority,
        "is_test": task.mode == Mode.TEST,
        "response": resolution.response if is_done and resolution else None,
        "error": delivered.fault or None,
        "customer_review_status": resolution.review_status if is_done and resolution else None,
    }
    return {key: value for key, value in found.items() if value is not None}


def stamp(at: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and Z."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instruction_of(delivered: DeliveredTask) -> str | None:
    """The task's own, then the project's; None when there is neither."""
    parts = (str(delivered.content.params.get("instruction") or ""), delivered.version.instruction)
    return "\n\n".join(part for part in parts if part) or None


def params_of(delivered: DeliveredTask) -> dict[str, Any]:
    """The params as they were sent over the project's; files that were uploaded on a page are named in them too."""
    effective = effective_params(delivered.version, delivered.content)
    params = {key: value for key, value in effective.items() if key not in NOT_PARAMS}
    if "attachment" not in params and "attachments" not in params:
        params |= attached(delivered)
    return params


def attached(delivered: DeliveredTask) -> dict[str, Any]:
    addresses = [address for row in delivered.attachments if (address := address_of(delivered, row))]
    if not addresses:
        return {}
    if delivered.task.type == "textcollection":
        return {"attachments": [{"type": "image", "content": address} for address in addresses]}
    return {"attachment": addresses[0]} if len(addresses) == 1 else {"attachments": addresses}


def address_of(delivered: DeliveredTask, attachment: AttachmentRow) -> str:
    """Where it came from, else an address that the API takes wherever an attachment is expected."""
    if attachment.source or attachment.file is None:
        return attachment.source
    return f"scaledata://{delivered.batch.organization.public_id}/{attachment.file.public_id}"


def limited(task: dict[str, Any]) -> dict[str, Any]:
    """What `limited_response=true` asks for."""
    return {key: task[key] for key in LIMITED if key in task}


def tasks_json(tasks: QuerySet[Task], *, page_size: int = PAGE_TASKS) -> Iterator[dict[str, Any]]:
    """All of them, oldest first, read in short pages as they are asked for."""
    for page in pages(tasks, size=page_size):
        for delivered in page:
            yield delivered_json(delivered)


def batch_json(batch: Batch) -> dict[str, Any]:
    """The batch in Scale's shape. Reads nothing where its project is read already."""
    found = {
        "name": batch.name,
        "project": batch.project.name,
        "type": batch.kind,
        "status": batch.status,
        "callback": batch.callback,
        "calibration_batch": batch.kind == BatchKind.CALIBRATION,
        "self_label_batch": batch.kind == BatchKind.SELF_LABEL,
        "archived": batch.project.archived_at is not None,
        "metadata": batch.metadata,
        "created_at": stamp(batch.created_at),
        "completed_at": stamp(batch.completed_at) if batch.completed_at else None,
    }
    return {key: value for key, value in found.items() if value is not None}


def project_json(project: Project, versions: Sequence[ProjectVersion]) -> dict[str, Any]:
    """The project in Scale's shape; `versions` are all of its own, the oldest first. Reads nothing."""
    attempts = attempts_of(versions[-1])
    found = {
        "name": project.name,
        "type": project.type,
        "created_at": stamp(project.created_at),
        "archived": project.archived_at is not None,
        "rapid": project.product == Product.RAPID,
        "studio": project.product == Product.STUDIO,
        "pipeline": "standard_task" if attempts == 1 else "consensus_task",
        "consensus_config": None if attempts == 1 else {"attempts": attempts},
        "datasetId": project.dataset or None,
        "param_history": [version_json(version) for version in versions],
    }
    return {key: value for key, value in found.items() if value is not None}


def attempts_of(version: ProjectVersion) -> int:
    """How many people answer each task."""
    return int(version.pipeline[0].get("places", 1)) if version.pipeline else 1


def version_json(version: ProjectVersion) -> dict[str, Any]:
    """An entry of `param_history`: the params as they were sent, with what tells them from others."""
    said = {"instruction": version.instruction} if version.instruction else {}
    return {**version.params, **said, "version": version.number, "created_at": stamp(version.created_at)}
