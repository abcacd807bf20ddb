"""Batches, as the second API shows and steers them."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BaseModel, Field

from accounts.models import ApiKey
from api.auth import KeyRequest
from api.times import bounds
from api.tree import ok
from api.v2 import naming, pausing
from api.v2.shapes import (
    ERRORS,
    MOST,
    BatchMetadata,
    BatchName,
    BatchOrder,
    BatchOut,
    BatchPage,
    BatchSaid,
    Error,
    Json,
)
from delivery.v2_json import PAUSED, SPELLINGS, STATUSES, batch_json
from projects import changing, creating, stopping
from projects.models import Batch, BatchStatus, Pause

router = Router(tags=["Batches"])
EXPANDABLE = {"project"}
STORED = {spelled: stored for stored, spelled in SPELLINGS.items()}


class BatchFilter(BaseModel):
    project_id: str | None = None
    project_name: str | None = None
    status: str | None = None
    created_after: str | None = Field(default=None, description="At this time or later.")
    created_before: str | None = None
    completed_after: str | None = None
    completed_before: str | None = None
    limit: int = Field(default=MOST, ge=1, le=MOST)
    next_token: str | None = None
    expand: list[str] = Field(default=[], description="project: as an object in the place of its id.")


def shown(batch: Batch, *, at: datetime, expand: set[str] | None = None) -> Json:
    return batch_json(batch, is_paused=pausing.is_paused(batch, at=at), expand=expand or set())


def said(batch: Batch, message: str, *, at: datetime) -> HttpResponse:
    return ok({"batch": shown(batch, at=at), "message": message})


@router.post("/batch", response={200: BatchOut, 409: Error, **ERRORS}, operation_id="v2_create_batch")
def create_batch(request: KeyRequest, order: BatchOrder) -> HttpResponse:
    """A new batch. Of a project that launches its batches it is in staging whatever is asked for."""
    at = timezone.now()
    project = naming.project(request.auth, order.project_id, order.project_name)
    waits = order.staging_batch or project.closes_batches
    batch = creating.create_batch(
        project,
        name=order.name,
        status=BatchStatus.STAGING if waits else BatchStatus.IN_PROGRESS,
        callback=order.callback or "",
        metadata=order.metadata or {},
        by=None,
        at=at,
    )
    return ok(shown(batch, at=at))


@router.get("/batch", response={200: BatchOut, **ERRORS}, operation_id="v2_get_batch")
def get_batch(
    request: KeyRequest,
    batch_id: str | None = None,
    batch_name: str | None = None,
    expand: Query[list[str]] = [],  # noqa: B006 (read with its other spelling below)
) -> HttpResponse:
    """The batch with the id or the name."""
    found = naming.batch(request.auth, batch_id, batch_name)
    return ok(shown(found, at=timezone.now(), expand=naming.chosen(request, "expand", EXPANDABLE)))


@router.get("/batches", response={200: BatchPage, **ERRORS}, operation_id="v2_get_batches")
def get_batches(request: KeyRequest, wanted: Query[BatchFilter]) -> HttpResponse:
    """Batches, the newest first, a page at a time."""
    at = timezone.now()
    expand = naming.chosen(request, "expand", EXPANDABLE)
    ordered = behind(matching(request.auth, wanted, at=at), request.auth, wanted.next_token)
    found = list(ordered.order_by("-created_at", "-pk")[: wanted.limit + 1])
    rows, more = found[: wanted.limit], len(found) > wanted.limit
    paused = stopping.of_batches([batch.pk for batch in rows], at=at)
    page: Json = {"batches": [batch_json(batch, is_paused=batch.pk in paused, expand=expand) for batch in rows]}
    return ok(page | {"next_token": rows[-1].public_id} if more else page)


def matching(key: ApiKey, wanted: BatchFilter, *, at: datetime) -> QuerySet[Batch]:
    found = naming.batches(key).filter(**bounds(wanted, "created", "completed"))
    if wanted.project_id is not None or wanted.project_name is not None:
        found = found.filter(project=naming.project(key, wanted.project_id, wanted.project_name))
    return found if wanted.status is None else found.filter(in_status(wanted.status, at=at))


def in_status(status: str, *, at: datetime) -> Q:
    """As `stopping.batch_state` says it. Raises BusinessError for no status."""
    if status not in STATUSES:
        sentence = _("“status” is one of %(values)s.") % {"values": ", ".join(STATUSES)}
        raise naming.bad(sentence, "bad_value")
    paused = Q(Exists(Pause.objects.in_force(at=at).filter(batch=OuterRef("pk"))))
    can_be_paused = [BatchStatus.STAGING, BatchStatus.IN_PROGRESS]
    if status == PAUSED:
        return paused & Q(status__in=can_be_paused)
    stored = STORED.get(status, status)
    return Q(status=stored) & ~paused if stored in can_be_paused else Q(status=stored)


def behind(batches: QuerySet[Batch], key: ApiKey, token: str | None) -> QuerySet[Batch]:
    """Those that come after the batch whose id the token is. Raises Http404 for none of the key's."""
    if token is None:
        return batches
    last = naming.batches(key).filter(public_id=token.replace("\0", "")).values_list("created_at", "pk").first()
    if last is None:
        raise Http404(_("There is no such page."))
    return batches.filter(Q(created_at__lt=last[0]) | Q(created_at=last[0], pk__lt=last[1]))


@router.post("/batch/finalize", response={200: BatchOut, **ERRORS}, operation_id="v2_finalize_batch")
def finalize_batch(request: KeyRequest, named: BatchName) -> HttpResponse:
    """Launch a batch that is in staging."""
    at = timezone.now()
    batch = creating.finalize_batch(naming.batch(request.auth, named.batch_id, named.batch_name), by=None, at=at)
    return ok(shown(batch, at=at))


@router.post("/batch/pause", response={200: BatchSaid, **ERRORS}, operation_id="v2_pause_batch")
def pause_batch(request: KeyRequest, named: BatchName) -> HttpResponse:
    """Hand nothing of it out any more. Work in hand may be finished."""
    at = timezone.now()
    batch = naming.batch(request.auth, named.batch_id, named.batch_name)
    return said(batch, pausing.pause(batch, at=at), at=at)


@router.post("/batch/resume", response={200: BatchSaid, **ERRORS}, operation_id="v2_resume_batch")
def resume_batch(request: KeyRequest, named: BatchName) -> HttpResponse:
    """End the pause that was made here. The message names what stops the batch besides."""
    at = timezone.now()
    batch = naming.batch(request.auth, named.batch_id, named.batch_name)
    return said(batch, pausing.resume(batch, at=at), at=at)


@router.post("/batch/cancel", response={200: BatchSaid, **ERRORS}, operation_id="v2_cancel_batch")
def cancel_batch(request: KeyRequest, named: BatchName) -> HttpResponse:
    """Call it off for ever."""
    at = timezone.now()
    batch = naming.batch(request.auth, named.batch_id, named.batch_name)
    return said(batch, pausing.cancel(batch, at=at), at=at)


@router.post("/batch/metadata", response={200: BatchOut, **ERRORS}, operation_id="v2_set_batch_metadata")
def set_batch_metadata(request: KeyRequest, order: BatchMetadata) -> HttpResponse:
    """Replace its metadata, or merge into it."""
    at = timezone.now()
    batch = naming.batch(request.auth, order.batch_id, order.batch_name)
    changing.set_batch_metadata(batch, order.metadata, merge=order.merge, at=at)
    return ok(shown(batch, at=at))
