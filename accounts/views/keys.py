"""The organization's API keys: which there are, a new one, the end of one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import keys
from accounts.access import MemberRequest, member_required
from accounts.key_forms import KeyForm
from accounts.models import ApiKey
from core.paging import keyset_page


@member_required(permission="organization.manage_keys")
def listing(request: MemberRequest, slug: str) -> HttpResponse:
    rows = keys_of(request).select_related("created_by")
    context = {
        "organization": request.organization,
        "page": keyset_page(rows, request),
        "at": timezone.now(),
        "address": request.build_absolute_uri("/v1"),
        "host": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "accounts/keys.html", context)


@member_required(permission="organization.manage_keys")
def make(request: MemberRequest, slug: str) -> HttpResponse:
    """The key is shown once, in the answer to the form."""
    form = KeyForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "organization": request.organization, "back": back(slug)}
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        key, text = keys.make(request.organization, form.terms(at=at), by=request.user, at=at)
        response = render(request, "accounts/key_made.html", context | {"key": key, "text": text})
        response["Cache-Control"] = "no-store"
        return response
    return render(request, "accounts/key_new.html", context, status=422 if form.errors else 200)


@member_required(permission="organization.manage_keys")
def revoke(request: MemberRequest, slug: str, public_id: str) -> HttpResponse:
    """GET asks, POST does it."""
    key = get_object_or_404(keys_of(request), public_id=public_id)
    if request.method != "POST":
        context = {"key": key, "organization": request.organization, "back": back(slug)}
        return render(request, "accounts/key_revoke.html", context)
    keys.revoke(key, by=request.user, at=timezone.now())
    messages.success(request, _("The key %(prefix)s… opens nothing any more.") % {"prefix": key.prefix})
    return redirect(back(slug))


def keys_of(request: MemberRequest) -> Any:
    return ApiKey.objects.visible_to(request.user).filter(organization=request.organization).distinct()


def back(slug: str) -> str:
    return reverse("customer:api", args=[slug])
