"""Tasks: ordered, read, listed, changed, cancelled, audited."""

from datetime import timedelta

from django.http import HttpResponse
from django.utils import timezone
from ninja import Body, Query, Router

from api import finding
from api.auth import KeyRequest
from api.tree import ok
from api.v1 import listing, ordering
from api.v1.shapes import AuditOrder, Error, Json, TaskOrder, TaskOut, TaskPage, UniqueIdOrder
from delivery.reading import DeliveredTask, delivered
from delivery.scale_json import delivered_json, limited
from files.signing import sign_original
from labeling import canceling
from projects import changing
from projects.models import Task
from quality import auditing

router = Router(tags=["Tasks"])
# How long the addresses of attachments open.
DOWNLOADS_LAST = timedelta(days=1)
ERRORS = {400: Error, 401: Error, 403: Error, 404: Error, 429: Error}


def shown(task: Task) -> HttpResponse:
    (found,) = delivered(Task.objects.filter(pk=task.pk))
    return ok(delivered_json(found))


@router.post("/task/{key}", response={200: TaskOut, 409: Error, 413: Error, **ERRORS}, operation_id="create_task")
def create_task(request: KeyRequest, key: str, order: TaskOrder | None = None) -> HttpResponse:
    """Order a task of the kind that the path names. It waits for its files, then for people."""
    return ok(delivered_json(ordering.order(request.auth, key, order or TaskOrder(), at=timezone.now())))


@router.get("/task/{key}", response={200: TaskOut, **ERRORS}, operation_id="get_task")
def get_task(request: KeyRequest, key: str) -> HttpResponse:
    """The task with the id that the path names."""
    return shown(finding.task_with_id(request.auth, key))


@router.get("/tasks", response={200: TaskPage, **ERRORS}, operation_id="tasks")
def tasks(request: KeyRequest, wanted: Query[listing.TaskFilter]) -> HttpResponse:
    """Tasks, the newest first, a page at a time. The next page stays the same whatever is ordered meanwhile."""
    matching = listing.matching(request.auth, wanted)
    found, has_more = listing.page(matching, request.auth, wanted)
    keys = [task.pk for task in found]
    rows = delivered(Task.objects.filter(pk__in=keys).order_by("-created_at", "-pk"))
    docs = [delivered_json(row) for row in rows]
    if wanted.include_attachment_url:
        add_downloads(request, docs, rows)
    page: Json = {
        "docs": [limited(doc) for doc in docs] if wanted.limited_response else docs,
        "total": listing.total(matching, request.auth, wanted),
        "limit": wanted.limit,
        "offset": 0,
        "has_more": has_more,
    }
    return ok(page | {"next_token": found[-1].public_id} if has_more else page)


def add_downloads(request: KeyRequest, docs: list[Json], rows: list[DeliveredTask]) -> None:
    """Of each task's files that are here, in their order, the addresses under which they can be had for a day."""
    ends = timezone.now() + DOWNLOADS_LAST
    for doc, row in zip(docs, rows, strict=True):
        files = [attachment.file for attachment in row.attachments if attachment.file]
        addresses = [sign_original(file.public_id, expires_at=ends) for file in files]
        doc["attachmentS3Downloads"] = [request.build_absolute_uri(address) for address in addresses]


@router.post("/task/{key}/cancel", response={200: TaskOut, **ERRORS}, operation_id="cancel_task")
def cancel_task(request: KeyRequest, key: str, clear_unique_id: bool = False) -> HttpResponse:
    """Take a task back that nobody has begun; 400 once somebody has."""
    task = finding.task_with_id(request.auth, key)
    canceling.cancel(task, free_unique_id=clear_unique_id, by=None, at=timezone.now())
    return shown(task)


@router.post("/task/{key}/audit", response={200: TaskOut, **ERRORS}, operation_id="audit_task")
def audit_task(request: KeyRequest, key: str, verdict: AuditOrder) -> HttpResponse:
    """Accept or reject the answer of a completed task; or fix it, which sends the callback of a changed answer."""
    task = finding.task_with_id(request.auth, key)
    auditing.audit_by_key(
        task,
        accepted=verdict.accepted,
        comment=verdict.comments or "",
        response=verdict.response,
        at=timezone.now(),
    )
    return shown(task)


@router.post("/task/{key}/unique_id", response={200: TaskOut, 409: Error, **ERRORS}, operation_id="update_unique_id")
def update_unique_id(request: KeyRequest, key: str, order: UniqueIdOrder) -> HttpResponse:
    """Give the task another unique_id."""
    task = finding.task_with_id(request.auth, key)
    changing.set_unique_id(task, order.unique_id, at=timezone.now())
    return shown(task)


@router.delete("/task/{key}/unique_id", response={200: TaskOut, **ERRORS}, operation_id="clear_unique_id")
def clear_unique_id(request: KeyRequest, key: str) -> HttpResponse:
    """Free the task's unique_id."""
    task = finding.task_with_id(request.auth, key)
    changing.set_unique_id(task, None, at=timezone.now())
    return shown(task)


@router.post("/task/{key}/setMetadata", response={200: TaskOut, **ERRORS}, operation_id="set_task_metadata")
def set_metadata(request: KeyRequest, key: str, metadata: Body[Json | None] = None) -> HttpResponse:
    """Replace the task's metadata; no body empties it."""
    task = finding.task_with_id(request.auth, key)
    changing.set_metadata(task, metadata or {}, at=timezone.now())
    return shown(task)


@router.post("/task/{key}/tags", response={200: TaskOut, **ERRORS}, operation_id="set_task_tags")
def set_tags(request: KeyRequest, key: str, tags: Body[list[str] | None] = None) -> HttpResponse:
    """Replace the task's tags; no body removes all."""
    task = finding.task_with_id(request.auth, key)
    changing.set_tags(task, tags or [], at=timezone.now())
    return shown(task)


@router.put("/task/{key}/tags", response={200: TaskOut, **ERRORS}, operation_id="add_task_tags")
def add_tags(request: KeyRequest, key: str, tags: Body[list[str] | None] = None) -> HttpResponse:
    """Add tags behind the task's own; those that it has stay where they are."""
    task = finding.task_with_id(request.auth, key)
    changing.add_tags(task, tags or [], at=timezone.now())
    return shown(task)


@router.delete("/task/{key}/tags", response={200: TaskOut, **ERRORS}, operation_id="delete_task_tags")
def delete_tags(request: KeyRequest, key: str, tags: Body[list[str] | None] = None) -> HttpResponse:
    """Remove these tags; those that it has not are passed over."""
    task = finding.task_with_id(request.auth, key)
    changing.remove_tags(task, tags or [], at=timezone.now())
    return shown(task)
