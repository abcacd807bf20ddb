"""The JSON of Scale's second API: the only place that builds its projects, batches and tasks.

Its client checks types strictly: a key that does not apply is absent, never null.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from delivery.reading import DeliveredTask
from delivery.scale_json import stamp
from delivery.talks import threads_of
from projects.models import Batch, BatchStatus, Project, TaskStatus
from projects.stopping import batch_state

Json = dict[str, Any]
PAUSED = "paused"
# Spelled otherwise than a task's.
SPELLINGS: dict[str, str] = {BatchStatus.CANCELED: "cancelled"}
STATUSES = [SPELLINGS.get(status, status) for status in BatchStatus.values] + [PAUSED]


def present(found: Json) -> Json:
    return {key: value for key, value in found.items() if value is not None}


def maybe_stamp(at: datetime | None) -> str | None:
    return stamp(at) if at is not None else None


def project_json(project: Project) -> Json:
    return {
        "id": project.public_id,
        "name": project.name,
        "created_at": stamp(project.created_at),
        "types": [project.type],
        "models": [],
    }


def project_or_id(project: Project, expand: Collection[str]) -> Json | str:
    return project_json(project) if "project" in expand else project.public_id


def status_of(batch: Batch, *, is_paused: bool) -> str:
    state = batch_state(batch, is_paused=is_paused)
    return SPELLINGS.get(state, state)


def batch_json(batch: Batch, *, is_paused: bool, expand: Collection[str] = ()) -> Json:
    """Reads nothing where the project is read already. `is_paused`: a pause of this very batch is in force."""
    found = {
        "id": batch.public_id,
        "name": batch.name,
        "project": project_or_id(batch.project, expand),
        "status": status_of(batch, is_paused=is_paused),
        "created_at": stamp(batch.created_at),
        "completed_at": maybe_stamp(batch.completed_at),
        "callback": batch.callback or None,
        "metadata": batch.metadata,
    }
    return present(found)


def task_json(
    delivered: DeliveredTask,
    *,
    paused_batches: Collection[int] = (),
    expand: Collection[str] = (),
    opts: Collection[str] = (),
) -> Json:
    """The task with its talks. Reads nothing. A project's standing batch is no batch to Scale: the key is absent."""
    task, batch = delivered.task, delivered.batch
    is_done = task.status == TaskStatus.COMPLETED
    found = {
        "task_id": task.public_id,
        "project": project_or_id(batch.project, expand),
        "batch": batch_or_id(batch, paused_batches, expand) if batch.name is not None else None,
        "status": task.status,
        "created_at": stamp(task.created_at),
        "completed_at": maybe_stamp(task.completed_at) if is_done else None,
        "metadata": delivered.content.metadata,
        "threads": threads_of(delivered, opts) if is_done else [],
        "errors": errors_of(delivered),
    }
    return present(found)


def batch_or_id(batch: Batch, paused_batches: Collection[int], expand: Collection[str]) -> Json | str:
    if "batch" not in expand:
        return batch.public_id
    return batch_json(batch, is_paused=batch.pk in paused_batches, expand=expand)


def errors_of(delivered: DeliveredTask) -> list[Json] | None:
    """Scale's types of errors are all of prompts; ours have a sentence alone."""
    if delivered.task.status != TaskStatus.ERROR:
        return None
    return [{"message": delivered.fault}]
