"""Site admins sign in with a second step wherever the site is reached over https."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.models import User

SET_UP = "mfa_activate_totp"
# What it takes to set the second step up, or to leave.
ALLOWED_BELOW = ("/accounts/", "/static/", "/healthz", "/readyz")


def second_step(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        if needs_second_step(request):
            messages.warning(request, _("Site admins need a second step. Set it up to go on."))
            return redirect(SET_UP)
        return get_response(request)

    return middleware


def needs_second_step(request: HttpRequest) -> bool:
    user = request.user
    return isinstance(user, User) and not request.path.startswith(ALLOWED_BELOW) and lacks_second_step(user)


def lacks_second_step(user: User) -> bool:
    """Asks the database about site admins only."""
    return settings.IS_HTTPS and user.is_site_admin and not is_mfa_enabled(user)
