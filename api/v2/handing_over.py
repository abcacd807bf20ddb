"""Deliveries and datasets, as the second API lists them."""

from django.http import HttpResponse, HttpResponseRedirect
from ninja import Query, Router
from pydantic import BaseModel, Field

from api import finding
from api.auth import KeyRequest
from api.times import bounds
from api.tree import ok
from api.v1.listing import behind
from api.v2 import deliveries, naming
from api.v2.shapes import ERRORS, MOST, Error, Json
from api.v2.tasks import narrowed, page, shown
from projects.models import Task

router = Router(tags=["Deliveries and datasets"])


class Delivered(BaseModel):
    delivered_after: str | None = Field(default=None, description="At this time or later.")
    delivered_before: str | None = None
    expand: list[str] = Field(default=[], description="As objects in the place of their ids.")


class DeliveryFilter(Delivered):
    project_id: str | None = None
    project_name: str | None = None


class Page(BaseModel):
    limit: int = Field(default=MOST, ge=1, le=MOST)
    next_token: str | None = None


class OneDelivery(Page):
    delivery_id: str | None = None
    delivery_name: str | None = None
    project_id: str | None = None
    project_name: str | None = None
    expand: list[str] = Field(default=[], description="project, batch, delivery.")
    opts: list[str] = []


class DeliveryTasks(Page):
    delivery_id: str | None = None
    project_id: str | None = None
    project_name: str | None = None
    status: str | None = None
    completed_after: str | None = Field(default=None, description="At this time or later.")
    completed_before: str | None = None


class DatasetFilter(Delivered):
    dataset_id: str | None = None


class DatasetTasks(DatasetFilter, Page):
    delivery_id: str | None = None


class OneDatasetDelivery(Page):
    delivery_id: str | None = None
    expand: list[str] = Field(default=[], description="dataset, delivery.")


class Deliveries(BaseModel):
    deliveries: list[Json]


class TasksPage(BaseModel):
    tasks: list[Json]
    next_token: str | None = Field(default=None, description="Ask with it for the next page; absent on the last one.")


class DeliveryPage(TasksPage):
    delivery: str | Json | None = None


class DocsPage(BaseModel):
    docs: list[Json]
    total: int = Field(description="How many are on this page.")
    next_token: str | None = None


class Datasets(BaseModel):
    datasets: list[Json]


@router.get("/deliveries", response={200: Deliveries, **ERRORS}, operation_id="v2_get_deliveries")
def get_deliveries(request: KeyRequest, wanted: Query[DeliveryFilter]) -> HttpResponse:
    """Completed batches, the newest first."""
    found = deliveries.in_span(
        deliveries.handed_over(request.auth), wanted.delivered_after, wanted.delivered_before
    ).order_by("-completed_at", "-pk")
    if wanted.project_id is not None or wanted.project_name is not None:
        found = found.filter(project=naming.project(request.auth, wanted.project_id, wanted.project_name))
    expand = naming.chosen(request, "expand", {"project"})
    return ok({"deliveries": deliveries.deliveries_json(list(found), expand)})


@router.get("/delivery", response={200: DeliveryPage, **ERRORS}, operation_id="v2_get_delivery")
def get_delivery(request: KeyRequest, wanted: Query[OneDelivery]) -> HttpResponse:
    """One delivery with its tasks, the newest first, a page at a time."""
    rows = deliveries.handed_over(request.auth)
    if wanted.project_id is not None or wanted.project_name is not None:
        rows = rows.filter(project=naming.project(request.auth, wanted.project_id, wanted.project_name))
    batch = naming.one(rows, "delivery", public_id=wanted.delivery_id, name=wanted.delivery_name)
    tasks = deliveries.tasks_in(rows.filter(pk=batch.pk))
    found, more = page(behind(tasks, request.auth, wanted.next_token), wanted.limit)
    expand = naming.chosen(request, "expand", {"project", "batch", "delivery"})
    one = deliveries.deliveries_json([batch], expand)[0] if "delivery" in expand else batch.public_id
    answer: Json = {"delivery": one, "tasks": shown(request, found)}
    return ok(answer | {"next_token": found[-1].task.public_id} if more else answer)


@router.get("/delivery/tasks", response={200: DocsPage, **ERRORS}, operation_id="v2_get_delivery_tasks")
def get_delivery_tasks(request: KeyRequest, wanted: Query[DeliveryTasks]) -> HttpResponse:
    """Tasks of a delivery or a project, with their answers in the kind's own shape once they are delivered."""
    key = request.auth
    if wanted.delivery_id is not None:
        batch = naming.one(deliveries.handed_over(key), "delivery", public_id=wanted.delivery_id)
        tasks = deliveries.tasks_in(deliveries.handed_over(key).filter(pk=batch.pk))
    else:
        tasks = Task.objects.filter(project=naming.project(key, wanted.project_id, wanted.project_name))
    tasks = narrowed(tasks, wanted.status, bounds(wanted, "completed"))
    found, more = page(behind(tasks, key, wanted.next_token), wanted.limit)
    answer: Json = {"docs": [deliveries.doc_json(row) for row in found], "total": len(found)}
    return ok(answer | {"next_token": found[-1].task.public_id} if more else answer)


@router.get("/datasets", response={200: Datasets, **ERRORS}, operation_id="v2_get_datasets")
def get_datasets(request: KeyRequest) -> HttpResponse:
    """The projects of which something has been delivered."""
    found = deliveries.datasets(request.auth).order_by("-created_at", "-pk")
    return ok({"datasets": [deliveries.dataset_json(project) for project in found]})


@router.get("/datasets/deliveries", response={200: Deliveries, **ERRORS}, operation_id="v2_get_dataset_deliveries")
def get_dataset_deliveries(request: KeyRequest, wanted: Query[DatasetFilter]) -> HttpResponse:
    """What has been delivered of a dataset, or of all."""
    found = deliveries.handed_over(request.auth)
    if wanted.dataset_id is not None:
        found = found.filter(
            project=naming.one(deliveries.datasets(request.auth), "dataset", public_id=wanted.dataset_id)
        )
    found = deliveries.in_span(found, wanted.delivered_after, wanted.delivered_before).order_by("-completed_at", "-pk")
    expand = naming.chosen(request, "expand", {"dataset"})
    return ok({"deliveries": deliveries.dataset_deliveries_json(list(found), expand)})


@router.get("/datasets/delivery", response={200: DeliveryPage, **ERRORS}, operation_id="v2_get_dataset_delivery")
def get_dataset_delivery(request: KeyRequest, wanted: Query[OneDatasetDelivery]) -> HttpResponse:
    """One delivery with its tasks, a page at a time."""
    rows = deliveries.handed_over(request.auth)
    batch = naming.one(rows, "delivery", public_id=wanted.delivery_id)
    expand = naming.chosen(request, "expand", {"dataset", "delivery"})
    one = deliveries.dataset_deliveries_json([batch], expand)[0] if "delivery" in expand else batch.public_id
    tasks = deliveries.tasks_in(rows.filter(pk=batch.pk))
    found, more = page(behind(tasks, request.auth, wanted.next_token), wanted.limit)
    answer: Json = {"delivery": one, "tasks": deliveries.dataset_tasks_json(found, expand)}
    return ok(answer | {"next_token": found[-1].task.public_id} if more else answer)


@router.get("/datasets/tasks", response={200: TasksPage, **ERRORS}, operation_id="v2_get_dataset_tasks")
def get_dataset_tasks(request: KeyRequest, wanted: Query[DatasetTasks]) -> HttpResponse:
    """The delivered tasks of a dataset, or of one delivery, a page at a time."""
    key, found = request.auth, deliveries.handed_over(request.auth)
    if wanted.delivery_id is not None:
        found = found.filter(pk=naming.one(found, "delivery", public_id=wanted.delivery_id).pk)
    if wanted.dataset_id is not None or wanted.delivery_id is None:
        found = found.filter(project=naming.one(deliveries.datasets(key), "dataset", public_id=wanted.dataset_id))
    tasks = deliveries.tasks_in(deliveries.in_span(found, wanted.delivered_after, wanted.delivered_before))
    rows, more = page(behind(tasks, key, wanted.next_token), wanted.limit)
    expand = naming.chosen(request, "expand", {"dataset", "delivery"})
    answer: Json = {"tasks": deliveries.dataset_tasks_json(rows, expand)}
    return ok(answer | {"next_token": rows[-1].task.public_id} if more else answer)


@router.get("/datasets/task", response={200: Json, **ERRORS}, operation_id="v2_get_dataset_task")
def get_dataset_task(request: KeyRequest, task_id: str, expand: Query[list[str]] = []) -> HttpResponse:  # noqa: B006 (read with its other spelling)
    """A delivered task."""
    tasks = deliveries.tasks_in(deliveries.handed_over(request.auth))
    task = naming.one(tasks, "task", public_id=task_id)
    rows, _more = page(Task.objects.filter(pk=task.pk), 1)
    (found,) = deliveries.dataset_tasks_json(rows, naming.chosen(request, "expand", {"dataset", "delivery"}))
    return ok(found)


@router.get(
    "/datasets/task/{taskId}/response_url/{attachmentId}",
    response={302: None, 404: Error, 401: Error},
    operation_id="v2_get_dataset_task_response_url",
)
def get_response_url(request: KeyRequest, taskId: str, attachmentId: str) -> HttpResponse:  # noqa: N803 (Scale's names)
    """Leads to where an attachment of the task is: by its number, counted from 0, or by its file's id."""
    task = finding.task_with_id(request.auth, taskId)
    return HttpResponseRedirect(deliveries.address_of(task, attachmentId))
