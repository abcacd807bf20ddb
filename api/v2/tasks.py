"""Tasks, as the second API orders and shows them."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BaseModel, Field

from accounts.models import ApiKey
from api import finding
from api.auth import KeyRequest
from api.times import bounds
from api.tree import ok
from api.v1 import ordering
from api.v1.listing import behind
from api.v1.shapes import TaskOrder
from api.v2 import naming
from api.v2.shapes import ERRORS, MOST, ChatOrder, Json, TaskMetadata, TaskOut, TaskPage
from delivery.reading import DeliveredTask, delivered
from delivery.v2_json import task_json
from projects import changing, stopping
from projects.models import Batch, Project, Task, TaskStatus

router = Router(tags=["Tasks"])
EXPANDABLE = {"project", "batch"}
TALKS = {"chat", "chatexperimental", "chatlite", "multichat"}
# What Scale knows besides; nothing is ever deleted here.
STATUSES = [*TaskStatus.values, "deleted"]


class Shown(BaseModel):
    expand: list[str] = Field(default=[], description="project, batch: as objects in the place of their ids.")
    opts: list[str] = Field(
        default=[], description="annotation_details, attachment_details, model_parameters, submissions: told as well."
    )


class TaskFilter(Shown):
    project_id: str | None = None
    project_name: str | None = None
    batch_id: str | None = None
    batch_name: str | None = None
    status: str | None = None
    completed_after: str | None = Field(default=None, description="At this time or later.")
    completed_before: str | None = None
    limit: int = Field(default=MOST, ge=1, le=MOST)
    next_token: str | None = None


def shown(request: KeyRequest, rows: Sequence[DeliveredTask]) -> list[Json]:
    expand = naming.chosen(request, "expand", EXPANDABLE | {"delivery"})
    opts = naming.chosen(request, "opts", naming.OPTIONS)
    paused = stopping.of_batches([row.batch.pk for row in rows], at=timezone.now()) if "batch" in expand else {}
    return [task_json(row, paused_batches=paused, expand=expand, opts=opts) for row in rows]


def shown_one(request: KeyRequest, task: Task) -> HttpResponse:
    (found,) = shown(request, delivered(Task.objects.filter(pk=task.pk)))
    return ok(found)


@router.post("/task/chat", response={200: TaskOut, **ERRORS}, operation_id="v2_create_chat_task")
def create_chat_task(request: KeyRequest, order: ChatOrder) -> HttpResponse:
    """Order a talk in a project of that kind. Until the workbench shows talks it waits."""
    project, batch = place_of(request.auth, order)
    if project.type not in TALKS:
        sentence = _("The project “%(name)s” is of the kind “%(kind)s”.")
        raise naming.bad(sentence % {"name": project.name, "kind": project.type}, "other_type")
    given = order.model_dump(include={"template_variables", "metadata", "callback_url"}, exclude_none=True)
    wanted = TaskOrder(project=project.name, batch=batch.name if batch else None, **given)
    (found,) = shown(request, [ordering.order(request.auth, project.type, wanted, at=timezone.now())])
    return ok(found)


def place_of(key: ApiKey, order: ChatOrder) -> tuple[Project, Batch | None]:
    """The project, and the batch where one is named. Raises Http404 for a batch of another project."""
    batch = None
    if order.batch_id is not None or order.batch_name is not None:
        batch = naming.batch(key, order.batch_id, order.batch_name)
        if order.project_id is None and order.project_name is None:
            return batch.project, batch
    return naming.project(key, order.project_id, order.project_name), batch


@router.get("/task", response={200: TaskOut, **ERRORS}, operation_id="v2_get_task")
def get_task(request: KeyRequest, task_id: str, how: Query[Shown]) -> HttpResponse:
    """The task with the id."""
    return shown_one(request, finding.task_with_id(request.auth, task_id))


@router.get("/tasks", response={200: TaskPage, **ERRORS}, operation_id="v2_get_tasks")
def get_tasks(request: KeyRequest, wanted: Query[TaskFilter]) -> HttpResponse:
    """Tasks of a project or a batch, the newest first, a page at a time."""
    rows, more = page(behind(matching(request.auth, wanted), request.auth, wanted.next_token), wanted.limit)
    found: Json = {"tasks": shown(request, rows)}
    return ok(found | {"next_token": rows[-1].task.public_id} if more else found)


def page(tasks: QuerySet[Task], limit: int) -> tuple[list[DeliveredTask], bool]:
    """The newest so many with all that is shown of them, and whether there are more."""
    keys = list(tasks.order_by("-created_at", "-pk").values_list("pk", flat=True)[: limit + 1])
    rows = delivered(Task.objects.filter(pk__in=keys[:limit]).order_by("-created_at", "-pk"))
    return rows, len(keys) > limit


def matching(key: ApiKey, wanted: TaskFilter) -> QuerySet[Task]:
    """Raises BusinessError where neither a project nor a batch is named."""
    tasks = finding.tasks_of(key)
    by_project = wanted.project_id is not None or wanted.project_name is not None
    by_batch = wanted.batch_id is not None or wanted.batch_name is not None
    if not by_project and not by_batch:
        raise naming.bad(_("Name a project or a batch."), "missing")
    if by_project:
        tasks = tasks.filter(project=naming.project(key, wanted.project_id, wanted.project_name))
    if by_batch:
        tasks = tasks.filter(batch=naming.batch(key, wanted.batch_id, wanted.batch_name))
    return narrowed(tasks, wanted.status, bounds(wanted, "completed"))


def narrowed(tasks: QuerySet[Task], status: str | None, completed: Json) -> QuerySet[Task]:
    """Those in the status, completed in the span. A cancelled task has ended, but is not completed."""
    if status is not None and status not in STATUSES:
        sentence = _("“status” is one of %(values)s.") % {"values": ", ".join(STATUSES)}
        raise naming.bad(sentence, "bad_value")
    if status is not None:
        tasks = tasks.filter(status=status)
    return tasks.filter(status=TaskStatus.COMPLETED, **completed) if completed else tasks


@router.post("/task/metadata", response={200: TaskOut, **ERRORS}, operation_id="v2_set_task_metadata")
def set_task_metadata(request: KeyRequest, order: TaskMetadata) -> HttpResponse:
    """Replace its metadata, or merge into it."""
    task = finding.task_with_id(request.auth, order.task_id)
    changing.set_metadata(task, order.metadata, merge=order.merge, at=timezone.now())
    return shown_one(request, task)
