"""The address without a path: to the side of the person who asks."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from accounts.access import to_sign_in
from accounts.models import User
from core.navigation import places


def start(request: HttpRequest) -> HttpResponseBase:
    if not request.user.is_authenticated:
        return to_sign_in(request) if User.objects.exists() else render(request, "accounts/no_user.html")
    known = places(request)
    if not known:
        return render(request, "accounts/no_side.html")
    return redirect(next((place.url for place in known if place.url), None) or "account")
