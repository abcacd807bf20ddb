"""Deliveries: what was handed over when a batch was completed. Datasets are the projects that have any.

A delivery is the completed batch itself, so that pages and API cannot say different things: its id is the batch's. A
batch that is opened again is none until it is completed again.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import ApiKey
from api import finding
from api.times import moment
from api.v2 import naming
from delivery.reading import DeliveredTask
from delivery.scale_json import stamp
from delivery.v2_json import present, project_or_id
from projects import counting
from projects.models import Batch, BatchStatus, Project, Task, TaskStatus
from task_types import registry

Json = dict[str, Any]


def handed_over(key: ApiKey) -> QuerySet[Batch]:
    return naming.batches(key).delivered()


def in_span(batches: QuerySet[Batch], after: str | None, before: str | None) -> QuerySet[Batch]:
    """Delivered at `after` or later, and before `before`. Raises BusinessError for what is no time."""
    if after:
        batches = batches.filter(completed_at__gte=moment(after, "delivered_after"))
    return batches.filter(completed_at__lt=moment(before, "delivered_before")) if before else batches


def tasks_in(batches: QuerySet[Batch]) -> QuerySet[Task]:
    return Task.objects.filter(batch__in=batches, status=TaskStatus.COMPLETED)


def deliveries_json(batches: Sequence[Batch], expand: Collection[str] = ()) -> list[Json]:
    """One query, however many."""
    counts = counting.of_batches([batch.pk for batch in batches])
    return [
        {
            "id": batch.public_id,
            "name": batch.name,
            "task_count": counts[batch.pk].completed,
            "delivered_at": delivered_at(batch),
            "project": project_or_id(batch.project, expand),
        }
        for batch in batches
    ]


def delivered_at(batch: Batch) -> str:
    assert batch.completed_at is not None  # written with the status
    return stamp(batch.completed_at)


def doc_json(row: DeliveredTask) -> Json:
    """A task with its answer in the kind's own shape, and with its delivery, if it has one."""
    is_done = row.task.status == TaskStatus.COMPLETED and row.resolution is not None
    is_delivered = is_done and row.batch.name is not None and row.batch.status == BatchStatus.COMPLETED
    found = {
        "task_id": row.task.public_id,
        "created_at": stamp(row.task.created_at),
        "delivery_id": row.batch.public_id if is_delivered else None,
        "delivered_at": delivered_at(row.batch) if is_delivered else None,
        "response_schema_id": row.task.type if is_delivered and registry.is_shown(row.task.type) else None,
        "response": row.resolution.response if is_delivered and row.resolution else None,
    }
    return present(found)


def datasets(key: ApiKey) -> QuerySet[Project]:
    return finding.projects_of(key).filter(Exists(handed_over(key).filter(project=OuterRef("pk"))))


def dataset_json(project: Project) -> Json:
    return {"id": project.public_id, "name": project.name}


def dataset_or_id(project: Project, expand: Collection[str]) -> Json | str:
    return dataset_json(project) if "dataset" in expand else project.public_id


def dataset_deliveries_json(batches: Sequence[Batch], expand: Collection[str] = ()) -> list[Json]:
    counts = counting.of_batches([batch.pk for batch in batches])
    return [
        {
            "id": batch.public_id,
            "name": batch.name,
            "delivered_at": delivered_at(batch),
            "dataset": dataset_or_id(batch.project, expand),
            "metadata": {"task_count": counts[batch.pk].completed},
        }
        for batch in batches
    ]


def dataset_tasks_json(rows: Sequence[DeliveredTask], expand: Collection[str]) -> list[Json]:
    deliveries: dict[int, Json] = {}
    if "delivery" in expand:
        batches = {row.batch.pk: row.batch for row in rows}
        deliveries = dict(zip(batches, dataset_deliveries_json(list(batches.values()), expand), strict=True))
    return [
        {
            "task_id": row.task.public_id,
            "dataset": dataset_or_id(row.batch.project, expand),
            "delivery": deliveries.get(row.batch.pk, row.batch.public_id),
            "response": row.resolution.response if row.resolution else {},
        }
        for row in rows
    ]


def address_of(task: Task, attachment_id: str) -> str:
    """Where the attachment with that number, counted from 0, or with that file is. Raises Http404."""
    rows = list(task.attachments.select_related("file").order_by("role", "position"))
    for number, row in enumerate(rows):
        if attachment_id in {str(number), row.file.public_id if row.file else None}:
            if row.source.startswith(("https://", "http://")):
                return row.source
            raise Http404(_("This file has no web address: it is on the task's page."))
    raise Http404(_("The task has no such attachment."))
