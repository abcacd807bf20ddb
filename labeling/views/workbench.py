"""The workbench's own endpoints: docs/workbench-api.md is their contract."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import jsonio, limits
from core.errors import BusinessError
from labeling import (
    amending,
    claiming,
    drafting,
    explaining,
    renewing,
    returning,
    reviewing,
    situation,
    stopping,
    submitting,
)
from labeling.answers import Findings
from labeling.findings import put_into_words
from labeling.models import Assignment, StageKind
from labeling.payload import draft_of, pauses_of, payload
from labeling.receipts import stamp
from projects.models import Enrollment
from workers.access import WorkerRequest, worker_script

BODY = limits.DRAFT_BODY


def script(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A call of the workbench: JSON in (an object, or nothing), JSON out, refusals in JSON."""

    @wraps(view)
    def answer(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if request.method != "GET":
                kwargs["body"] = body_of(request)
            return view(request, *args, **kwargs)
        except BusinessError as error:
            return refusal(error)

    return answer


def body_of(request: HttpRequest) -> dict[str, Any]:
    """Raises ForeignJsonError; BusinessError `not_an_object` (400)."""
    declared = int(request.headers.get("Content-Length") or 0)
    if declared > BODY:
        raise BusinessError(_("This is larger than the server takes."), code="too_large", status=413)
    # Read as a stream: Django's own limit for request.body is that of other endpoints.
    raw = request.read(BODY + 1)
    found = jsonio.parse(raw, most_bytes=BODY) if raw else {}
    if not isinstance(found, dict):
        raise BusinessError(_("A JSON object was expected."), code="not_an_object", status=400)
    return found


def refusal(error: BusinessError) -> JsonResponse:
    details = dict(error.details)
    if isinstance(error, Findings):
        details["findings"] = put_into_words(error.findings, error.type_name)
    if isinstance(error, drafting.DraftConflict):
        details["draft"] = draft_of(error.draft)
    return JsonResponse({"error": {"code": error.code, "message": str(error), **details}}, status=error.status)


def own(request: WorkerRequest, public_id: str) -> Assignment:
    """One's own assignment with what the payload needs; 404 for anybody else's."""
    return situation.mine(request.worker, public_id, at=timezone.now()).assignment


def text_of(body: dict[str, Any], name: str, *, most: int = limits.COMMENT_CHARACTERS) -> str:
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise BusinessError(
            _("“%(name)s” has to be a text.") % {"name": name}, code="bad_value", status=400, field=name
        )
    return value


def number_of(body: dict[str, Any], name: str) -> int:
    value = body.get(name, 0)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise BusinessError(
            _("“%(name)s” has to be a number.") % {"name": name}, code="bad_value", status=400, field=name
        )
    return int(value)


def key_of(body: dict[str, Any]) -> str:
    key = text_of(body, "key", most=64)
    if len(key) < 8:
        raise BusinessError(_("“key” has 8 to 64 characters."), code="bad_value", status=400, field="key")
    return key


def response_of(body: dict[str, Any]) -> dict[str, Any]:
    response = body.get("response")
    if not isinstance(response, dict):
        raise BusinessError(_("“response” has to be an object."), code="bad_value", status=400, field="response")
    return response


@require_POST
@script
@worker_script
def take_next(request: WorkerRequest, body: dict[str, Any]) -> JsonResponse:
    return hand_out(request, body, claiming.claim)


@require_POST
@script
@worker_script
def reserve(request: WorkerRequest, body: dict[str, Any]) -> JsonResponse:
    return hand_out(request, body, claiming.reserve)


def hand_out(request: WorkerRequest, body: dict[str, Any], take: Callable[..., Any]) -> JsonResponse:
    at = timezone.now()
    project_id = project_of(request, text_of(body, "project"))
    kind = text_of(body, "kind", most=16)
    found = take(request.worker, at=at, project_id=project_id, kind=kind if kind in StageKind.values else None)
    if isinstance(found, Assignment):
        shown = situation.shown(request.worker, found.public_id, at=at)
        return JsonResponse({"state": "assigned", "assignment": payload(shown, at=at)})
    if found is claiming.Nothing.BUSY:
        return JsonResponse({"state": "busy", "retry_after_s": 1})
    why = explaining.explain(request.worker, project_id=project_id, at=at)
    reason = {
        "code": why.reason,
        "message": why.message,
        "what_to_do": why.what_to_do,
        "next_at": stamp(why.next_at) if why.next_at else None,
    }
    return JsonResponse({"state": "empty", "reason": reason})


def project_of(request: WorkerRequest, codename: str) -> int | None:
    """Of one of the worker's own projects; a codename that is none of them is not told from one that does not exist."""
    if not codename:
        return None
    standing = get_object_or_404(Enrollment.objects.active(), worker=request.worker, project__codename=codename)
    return standing.project_id


@require_GET
@script
@worker_script
def show(request: WorkerRequest, public_id: str) -> JsonResponse:
    at = timezone.now()
    shown = situation.shown(request.worker, public_id, at=at)
    if shown.surroundings.is_paused:  # as it is while its customer is cut off
        stopping.refuse_to_show(shown.assignment.work_item.task.organization_id)
    return JsonResponse(payload(shown, at=at))


@require_http_methods(["PUT"])
@script
@worker_script
def save_draft(request: WorkerRequest, public_id: str, body: dict[str, Any]) -> JsonResponse:
    assignment = own(request, public_id)
    document = body.get("document")
    if not isinstance(document, dict):
        raise BusinessError(_("“document” has to be an object."), code="bad_value", status=400, field="document")
    saved = drafting.save_draft(assignment, revision=number_of(body, "revision"), document=document, at=timezone.now())
    return JsonResponse({"revision": saved.revision, "saved_at": stamp(saved.saved_at)})


@require_POST
@script
@worker_script
def heartbeat(request: WorkerRequest, public_id: str, body: dict[str, Any]) -> JsonResponse:
    now = timezone.now()
    mine = situation.mine(request.worker, public_id, at=now)
    before = mine.assignment.lease_expires_at
    active = body.get("active") is True
    after, stops = renewing.heartbeat(mine.assignment, active=active, now=mine.situation, at=now)
    return JsonResponse(
        {
            "status": after.status,
            "lease_expires_at": stamp(after.lease_expires_at),
            "server_time": stamp(now),
            "extended": after.lease_expires_at > before,
            "pauses": pauses_of(after, stops),
        }
    )


@require_POST
@script
@worker_script
def extend(request: WorkerRequest, public_id: str, body: dict[str, Any]) -> JsonResponse:
    now = timezone.now()
    after = renewing.extend(own(request, public_id), at=now)
    return JsonResponse(
        {
            "status": after.status,
            "lease_expires_at": stamp(after.lease_expires_at),
            "server_time": stamp(now),
            "extended": True,
            "pauses": [],
        }
    )


@require_POST
@script
@worker_script
def submit(request: WorkerRequest, public_id: str, body: dict[str, Any]) -> JsonResponse:
    at = timezone.now()
    mine = situation.mine(request.worker, public_id, at=at)
    receipt = submitting.submit(
        mine.assignment,
        response=response_of(body),
        key=key_of(body),
        active_ms=number_of(body, "active_ms"),
        now=mine.situation,
        at=at,
    )
    return JsonResponse({"receipt": receipt})


@require_POST
@script
@worker_script
def review(request: WorkerRequest, public_id: str, body: dict[str, Any]) -> JsonResponse:
    judgement = reviewing.Judgement(
        verdict=text_of(body, "verdict"),
        response=response_of(body) if body.get("response") is not None else None,
        reason_class=text_of(body, "reason_class", most=40),
        comment=text_of(body, "comment"),
        evidence=body.get("evidence") or [],
    )
    receipt = reviewing.review(
        own(request, public_id),
        judgement,
        key=key_of(body),
        active_ms=number_of(body, "active_ms"),
        at=timezone.now(),
    )
    return JsonResponse({"receipt": receipt})


@require_POST
@script
@worker_script
def amend(request: WorkerRequest, public_id: str, body: dict[str, Any]) -> JsonResponse:
    receipt = amending.amend(own(request, public_id), response=response_of(body), key=key_of(body), at=timezone.now())
    return JsonResponse({"receipt": receipt})


@require_POST
@script
@worker_script
def skip(request: WorkerRequest, public_id: str, body: dict[str, Any]) -> JsonResponse:
    ended = returning.skip(own(request, public_id), reason=text_of(body, "reason", most=24), at=timezone.now())
    return JsonResponse({"status": ended.status})


@require_POST
@script
@worker_script
def report(request: WorkerRequest, public_id: str, body: dict[str, Any]) -> JsonResponse:
    returning.report(
        own(request, public_id),
        reason=text_of(body, "reason", most=24),
        comment=text_of(body, "comment"),
        at=timezone.now(),
    )
    return JsonResponse({"status": "skipped"})


@require_POST
@script
@worker_script
def release(request: WorkerRequest, public_id: str, body: dict[str, Any]) -> JsonResponse:
    ended = returning.release(own(request, public_id), at=timezone.now())
    return JsonResponse({"status": ended.status})
