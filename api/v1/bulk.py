"""Many tasks in one request: JSON Lines, read as they come, each line an order, in transactions of thousands."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BaseModel, Field

from api import finding
from api.auth import KeyRequest
from api.tree import ok
from api.v1.lines import OrderLines
from api.v1.shapes import Error
from core.errors import BusinessError
from projects import bulk
from projects.models import Batch, Import
from projects.reasons import import_reason

router = Router(tags=["Tasks"])
SHOWN_REFUSALS = 1000
ERRORS = {400: Error, 401: Error, 403: Error, 404: Error, 413: Error, 429: Error}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/x-ndjson": {"schema": {"type": "string", "description": "One order on a line."}}},
    }
}


class BulkOrder(BaseModel):
    """Where the tasks go; without a batch to the project itself."""

    upload_id: str = Field(min_length=1, max_length=200, description="Yours: sent again it goes on where it stopped.")
    project: str | None = Field(default=None, description="The project's name.")
    batch: str | None = Field(default=None, description="The batch's name.")


class Refusal(BaseModel):
    line: int
    error: str


class BulkState(BaseModel):
    """How far an upload is. Lines are counted from 1."""

    upload_id: str
    lines: int = Field(description="Read so far.")
    created: int
    refused: int
    done: bool
    refusals: list[Refusal] = Field(description="The first thousand, by line.")


@router.post("/bulk/tasks", response={200: BulkState, **ERRORS}, operation_id="bulk_create", openapi_extra=BODY)
def bulk_create(request: KeyRequest, wanted: Query[BulkOrder]) -> HttpResponse:
    """Order many tasks of one project. What a line asks wrongly refuses this line alone, with its number and reason.

    Of an upload that broke off, what was read is kept: send the same lines again with the same `upload_id`.
    """
    at = timezone.now()
    found = begin(request, wanted, at=at)
    lines = OrderLines(request, found.project, skip=found.position)
    if found.ended_at is None:
        for chunk in lines.chunks():
            bulk.take_in(found, chunk, at=at)
    return ok(state(found, wanted.upload_id))


@router.get("/bulk/tasks/{path:upload_id}", response={200: BulkState, **ERRORS}, operation_id="bulk_state")
def bulk_state(request: KeyRequest, upload_id: str) -> HttpResponse:
    """How far an upload is."""
    found = bulk.find(request.auth.organization_id, request.auth.mode, upload_id)
    if found is None:
        raise Http404(_("There is no such upload."))
    return ok(state(found, upload_id))


def begin(request: KeyRequest, wanted: BulkOrder, *, at: datetime) -> Import:
    """Raises Http404, and BusinessError (400) for an upload that went elsewhere, or a batch that takes nothing."""
    batch = batch_of(request, wanted)
    found = bulk.begin(batch, wanted.upload_id, at=at)
    if found.batch_id != batch.pk:
        raise BusinessError(_("This upload_id was used for another batch."), code="other_batch", status=400)
    return found


def batch_of(request: KeyRequest, wanted: BulkOrder) -> Batch:
    if wanted.batch is not None:
        return finding.batch_named(request.auth, wanted.batch)
    if wanted.project is None:
        raise BusinessError(_("Name a project or a batch."), code="nowhere", status=400)
    project = finding.project_named(request.auth, wanted.project)
    return project.batches.select_related("project__current_version", "organization").get(name=None)


def state(found: Import, upload_id: str) -> dict[str, Any]:
    found.refresh_from_db()
    rows = found.refusals.order_by("number")[:SHOWN_REFUSALS]
    return {
        "upload_id": upload_id,
        "lines": found.position,
        "created": found.made,
        "refused": found.refused,
        "done": found.ended_at is not None,
        "refusals": [{"line": row.number, "error": import_reason(row.code, row.params)} for row in rows],
    }
