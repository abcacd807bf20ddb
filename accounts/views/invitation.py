"""The page behind the link of an invitation."""

from typing import Any

from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import inviting
from accounts.forms import AcceptForm, time_zones
from accounts.models import Invitation, User
from core.errors import BusinessError


@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows who invites to what, POST accepts.

    The address is a secret: no other site learns it, by the site's Referrer-Policy `same-origin`. (`no-referrer` would
    make browsers send `Origin: null` with the form, which the protection against forged forms refuses.)
    """
    found = inviting.find_open(token, at=timezone.now())
    if found is None:
        return render(request, "accounts/invitation_over.html", status=410)
    if isinstance(request.user, User):
        return for_a_known_person(request, request.user, found, token)
    return for_a_new_person(request, found, token)


def for_a_known_person(request: HttpRequest, user: User, found: Invitation, token: str) -> HttpResponse:
    matches = found.email.casefold() == user.email.casefold()
    if request.method == "POST" and matches:
        inviting.accept_as(user, token, at=timezone.now())
        messages.success(request, _("You are in."))
        return redirect("start")
    return render(request, "accounts/invitation_known.html", {"invitation": found, "matches": matches})


def for_a_new_person(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    if User.objects.filter(email__iexact=found.email).exists():
        return render(request, "accounts/invitation_sign_in.html", {"invitation": found, "next": request.path})
    form = AcceptForm(request.POST or None, email=found.email, initial={"language": get_language()})
    context: dict[str, Any] = {"invitation": found, "form": form, "time_zones": time_zones()}
    if request.method == "POST" and form.is_valid():
        try:
            return signed_in(request, inviting.accept(token, **form.cleaned_data, at=timezone.now()))
        except BusinessError as error:
            form.add_error(None, error.message)
    return render(request, "accounts/invitation.html", context, status=422 if form.errors else 200)


def signed_in(request: HttpRequest, user: User) -> HttpResponse:
    messages.success(request, _("Your account is ready."))
    response: HttpResponse = perform_login(request, user)
    return response
