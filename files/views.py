"""Files over HTTP: renditions by signed address, originals for members."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, member_required
from accounts.models import User
from files.models import File
from files.serving import Served, serve
from files.signing import find_original, find_signed


@require_safe
def media(request: HttpRequest, token: str) -> HttpResponseBase:
    """A rendition for whom the address was made. For everybody else, and later, there is nothing."""
    if not isinstance(request.user, User):
        raise Http404
    rendition = find_signed(token, user=request.user, at=timezone.now())
    if rendition is None:
        raise Http404
    # Without a date: contractors are not told when a customer's file came.
    served = Served(
        rendition.key,
        rendition.bytes,
        rendition.type,
        tag=rendition.token,
        organization_id=rendition.file.organization_id,
    )
    return serve(request, served)


@require_safe
@member_required
def original(request: MemberRequest, slug: str, public_id: str) -> HttpResponseBase:
    """The file as it came, as a download that no browser opens by itself."""
    files = File.objects.visible_to(request.user).filter(organization=request.organization)
    return download(request, get_object_or_404(files, public_id=public_id))


@require_safe
def attachment(request: HttpRequest, token: str) -> HttpResponseBase:
    """The same for whoever has an address that the API has signed, without a key, until it ends."""
    file = find_original(token, at=timezone.now())
    if file is None:
        raise Http404
    return download(request, file)


def download(request: HttpRequest, file: File) -> HttpResponseBase:
    served = Served(
        key=file.key,
        bytes=file.bytes,
        type="application/octet-stream",
        tag=file.public_id,
        organization_id=file.organization_id,
        modified=file.created_at,
        attachment=file.name or "unnamed",
    )
    return serve(request, served)
