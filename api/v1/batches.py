"""Batches: ordered, listed, launched, counted."""

from django.http import HttpResponse
from django.utils import timezone
from ninja import Body, Query, Router

from api import finding
from api.auth import KeyRequest
from api.tree import ok
from api.v1 import batch_ordering
from api.v1.shapes import BatchOrder, BatchOut, BatchPage, BatchStatusOut, Error, Json
from delivery.scale_json import batch_json
from projects import changing, counting

router = Router(tags=["Batches"])
ERRORS = {400: Error, 401: Error, 403: Error, 404: Error, 429: Error}


@router.post("/batches", response={200: BatchOut, 409: Error, **ERRORS}, operation_id="create_batch")
def create_batch(request: KeyRequest, order: BatchOrder) -> HttpResponse:
    """Make a batch: in staging for a Rapid or Studio project, in progress for others."""
    return ok(batch_json(batch_ordering.order(request.auth, order, at=timezone.now())))


@router.get("/batches", response={200: BatchPage, **ERRORS}, operation_id="batches")
def batches(request: KeyRequest, wanted: Query[batch_ordering.BatchFilter]) -> HttpResponse:
    """Batches, the newest first, a page at a time."""
    matching = batch_ordering.matching(request.auth, wanted)
    found = list(matching[wanted.offset : wanted.offset + wanted.limit + 1])
    page: Json = {
        "docs": [batch_json(batch) for batch in found[: wanted.limit]],
        "totalDocs": matching.count(),
        "limit": wanted.limit,
        "offset": wanted.offset,
        "has_more": len(found) > wanted.limit,
    }
    return ok(page)


@router.post("/batches/{path:batch}/finalize", response={200: BatchOut, **ERRORS}, operation_id="finalize_batch")
def finalize_batch(request: KeyRequest, batch: str) -> HttpResponse:
    """Launch it: its tasks are handed out from now on. One that is launched already stays as it is."""
    found = finding.batch_named(request.auth, batch)
    batch_ordering.finalize(found, at=timezone.now())
    return ok(batch_json(finding.batch_named(request.auth, batch)))


@router.get("/batches/{path:batch}/status", response={200: BatchStatusOut, **ERRORS}, operation_id="batch_status")
def batch_status(request: KeyRequest, batch: str) -> HttpResponse:
    """How many of its tasks are pending, completed, cancelled, or ended with an error."""
    found = finding.batch_named(request.auth, batch)
    counts = counting.counted([found.pk])[found.pk]
    by_status = {name: getattr(counts, name) for name in ("pending", "completed", "error", "canceled")}
    return ok({"status": found.status, **by_status})


@router.post("/batches/{path:batch}/setMetadata", response={200: BatchOut, **ERRORS}, operation_id="set_batch_metadata")
def set_metadata(request: KeyRequest, batch: str, metadata: Body[Json | None] = None) -> HttpResponse:
    """Replace the batch's metadata; no body empties it."""
    found = finding.batch_named(request.auth, batch)
    changing.set_batch_metadata(found, metadata or {}, at=timezone.now())
    return ok(batch_json(found))


@router.get("/batches/{path:batch}", response={200: BatchOut, **ERRORS}, operation_id="get_batch")
def get_batch(request: KeyRequest, batch: str) -> HttpResponse:
    """The batch with the name that the path says."""
    return ok(batch_json(finding.batch_named(request.auth, batch)))
