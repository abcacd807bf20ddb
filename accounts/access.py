"""Who gets to a page: decorators of views. What a person may not see is 404; somebody not signed in is asked to."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, resolve_url

from accounts.cutting_off import CutOffError
from accounts.models import Membership, Organization, User, cut_off
from accounts.permissions import may

View = Callable[..., HttpResponseBase]
LOOKING = {"GET", "HEAD"}


class PersonRequest(HttpRequest):
    """What a view behind `person_required` or `site_admin_required` gets."""

    user: User


class MemberRequest(PersonRequest):
    """What a view behind `member_required` gets; a site admin who is not a member has no membership."""

    organization: Organization
    membership: Membership | None
    is_cut_off: bool


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page and back; it says that the session ended to whom still carries the cookie of one."""
    address = resolve_url(settings.LOGIN_URL)
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        address += "?ended=1"
    return redirect_to_login(request.get_full_path(), address)


def person_required(view: View) -> View:
    """For whoever is signed in."""

    @wraps(view)
    def check(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        return view(request, *args, **kwargs)

    return check


def site_admin_required(view: View) -> View:
    """For others the page does not exist."""

    @wraps(view)
    def check(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return to_sign_in(request)
        if not request.user.is_site_admin:
            raise Http404
        return view(request, *args, **kwargs)

    return check


def member_required(view: View | None = None, *, permission: str = "") -> Callable[..., Any]:
    """Finds the organization that `<slug:slug>` names: `request.organization` and `request.membership`.

    The view still gets `slug`. With a permission (accounts/permissions.py), who lacks it gets 403.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def check(request: Any, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not isinstance(request.user, User):
                return to_sign_in(request)
            find_organization(request, slug)
            if permission and not may(request.user, permission, request.organization):
                raise PermissionDenied
            return view(request, slug, *args, **kwargs)

        return check

    return decorate(view) if view else decorate


def find_organization(request: MemberRequest, slug: str) -> None:
    """From the person's memberships, which the rail needs anyway; a site admin sees every organization."""
    own: Any = next((each for each in request.user.all_memberships if each.organization.slug == slug), None)
    request.membership = own
    if own:
        request.organization, request.is_cut_off = own.organization, own.is_cut_off
    else:
        visible = Organization.objects.visible_to(request.user).annotate(is_cut_off=cut_off(OuterRef("pk")))
        found: Any = get_object_or_404(visible, slug=slug)
        request.organization, request.is_cut_off = found, found.is_cut_off
    refuse_member_of_cut_off(request)


def refuse_member_of_cut_off(request: MemberRequest) -> None:
    """Of a customer who is cut off members get one page, which says so; a site admin who is none may look."""
    if request.is_cut_off and (request.membership or request.method not in LOOKING):
        raise CutOffError
