"""Uploads in pieces, for drag and drop: JSON in, JSON out.

POST uploads → id; PUT uploads/<id>?offset=N with at most 4 MB, until all is there; POST uploads/<id>/finish.
After a broken connection GET uploads/<id> says where to go on. Errors are {"error": {code, message, …}}.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, member_required
from accounts.models import Mode, User
from core import jsonio, limits
from core.errors import BusinessError
from files import uploading
from files.models import Upload

View = Callable[..., HttpResponse]


def for_members(view: View) -> View:
    """Who is signed out gets 401, who is no member (a site admin is none) 404, what a rule refuses is JSON."""
    found = member_required(view)

    @wraps(view)
    def check(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if not isinstance(request.user, User):
            return error(BusinessError(_("Sign in again."), code="signed_out", status=401))
        if not any(each.organization.slug == slug for each in request.user.all_memberships):
            raise Http404
        try:
            response: HttpResponse = found(request, slug, *args, **kwargs)
        except BusinessError as refused:
            response = error(refused)
        response["Cache-Control"] = "no-store"
        return response

    return check


def error(refused: BusinessError) -> JsonResponse:
    said = {"code": refused.code, "message": str(refused), **refused.details}
    return JsonResponse({"error": said}, status=refused.status)


@require_POST
@for_members
def begin(request: MemberRequest, slug: str) -> JsonResponse:
    """Body: name, bytes, and what it is for (target: "batch", target_id). 201 with the upload."""
    refuse_longer(request, limits.METADATA, code="too_large")
    asked = jsonio.parse(request.read(limits.METADATA + 1), most_bytes=limits.METADATA)
    name, size = asked_for(asked, "name", str), asked_for(asked, "bytes", int)
    upload = uploading.begin(
        organization=request.organization,
        by=request.user,
        mode=Mode.LIVE,
        name=name,
        size=size,
        target_kind=asked_for(asked, "target", str, ""),
        target_id=asked_for(asked, "target_id", str, ""),
        at=timezone.now(),
    )
    return JsonResponse(described(upload), status=201)


def asked_for(asked: Any, key: str, kind: type, default: Any = None) -> Any:
    value = asked.get(key, default) if isinstance(asked, dict) else None
    if type(value) is not kind or (isinstance(value, int) and value < 0) or len(str(value)) > 2000:
        raise BusinessError(_("“%(key)s” is missing or wrong.") % {"key": key}, code="wrong_field", status=400)
    return value


def described(upload: Upload) -> dict[str, Any]:
    return {
        "id": upload.public_id,
        "bytes": upload.bytes,
        "received": upload.received,
        "chunk_bytes": limits.UPLOAD_CHUNK,
        "is_finished": upload.ended_at is not None,
    }


def find(request: MemberRequest, public_id: str) -> Upload:
    uploads = Upload.objects.visible_to(request.user).filter(organization=request.organization)
    return get_object_or_404(uploads, public_id=public_id)


@require_http_methods(["GET", "PUT", "DELETE"])
@for_members
def upload(request: MemberRequest, slug: str, public_id: str) -> HttpResponse:
    """GET: how much is there. PUT ?offset=N: a piece. DELETE: cancel."""
    found = find(request, public_id)
    if request.method == "PUT":
        uploading.add_chunk(found, request, offset=offset_of(request))
    if request.method == "DELETE":
        uploading.cancel(found)
        return HttpResponse(status=204)
    return JsonResponse(described(found))


def offset_of(request: HttpRequest) -> int:
    given = request.GET.get("offset", "")
    if not (given.isascii() and given.isdecimal() and len(given) < 16):
        raise BusinessError(_("“%(key)s” is missing or wrong.") % {"key": "offset"}, code="wrong_field", status=400)
    refuse_longer(request, limits.UPLOAD_CHUNK, code="chunk_too_large")
    return int(given)


def refuse_longer(request: HttpRequest, most: int, *, code: str) -> None:
    """By what the header declares, so that nobody waits for a body that is refused anyway, or that never comes."""
    length = request.headers.get("Content-Length", "0")
    if length.isdecimal() and int(length) > most:
        raise BusinessError(_("This piece is too long."), code=code, status=413)


@require_POST
@for_members
def finish(request: MemberRequest, slug: str, public_id: str) -> JsonResponse:
    """Everything is there: 200 with what has become of it."""
    return JsonResponse(uploading.finish(find(request, public_id), at=timezone.now()))
