"""Operations → People: everybody with an account, and who is invited."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import actions, inviting
from accounts.access import PersonRequest, site_admin_required
from accounts.forms import InviteForm
from accounts.models import Invitation, InvitationRole, User
from core.paging import count_matches, keyset_page

SITE_ROLES = [InvitationRole.SITE_ADMIN, InvitationRole.WORKER]
SIDES = {
    "work": Q(worker__isnull=False),
    "customer": Q(memberships__isnull=False),
    "admin": Q(is_site_admin=True),
    "none": Q(worker=None, memberships=None, is_site_admin=False),
}


@require_safe
@site_admin_required
def people(request: PersonRequest) -> HttpResponse:
    rows = matching(request.GET.get("find", ""), request.GET.get("side", ""))
    context = {
        "page": keyset_page(rows.select_related("worker").prefetch_related("memberships__organization"), request),
        "count": count_matches(rows),
        "find": request.GET.get("find", ""),
        "side": request.GET.get("side", ""),
        "sides": [
            ("work", _("Contractors")),
            ("customer", _("Customers")),
            ("admin", _("Site admins")),
            ("none", _("Nowhere")),
        ],
        "open_invitations": len(inviting.of_the_site(at=timezone.now())),
    }
    return render(request, "workers/people.html", context)


def matching(find: str, side: str) -> QuerySet[User]:
    """By address, name or pseudonym, however it is written; by side."""
    rows = User.objects.all()
    for word in find.removeprefix("Worker ").split():
        rows = rows.filter(Q(email__icontains=word) | Q(name__icontains=word) | Q(worker__pseudonym__iexact=word))
    return rows.filter(SIDES.get(side, Q())).distinct()


@require_safe
@site_admin_required
def invitations(request: PersonRequest) -> HttpResponse:
    found = inviting.of_the_site(at=timezone.now())
    return render(request, "workers/invitations.html", {"invitations": found})


@site_admin_required
def invite(request: PersonRequest) -> HttpResponse:
    """A contractor of the site, or a site admin; the link is shown once, in the answer to the form."""
    form = InviteForm(request.POST or None, roles=SITE_ROLES)
    context: dict[str, Any] = {"form": form, "back": reverse("operations:people")}
    if request.method == "POST" and form.is_valid():
        invitation, token = inviting.invite(
            email=form.cleaned_data["email"], role=form.chosen(), organization=None, by=request.user, at=timezone.now()
        )
        link = request.build_absolute_uri(reverse("accounts:invitation", args=[token]))
        return render(request, "accounts/invited.html", context | {"invitation": invitation, "link": link})
    return render(request, "accounts/invite.html", context, status=422 if form.errors else 200)


@require_POST
@site_admin_required
def withdraw(request: PersonRequest, public_id: str) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user), public_id=public_id)
    inviting.withdraw(invitation, by=request.user, at=timezone.now())
    messages.success(request, _("The invitation is withdrawn; its link no longer works."))
    return redirect("operations:invitations")


@require_POST
@site_admin_required
def end_site_admin(request: PersonRequest, public_id: str) -> HttpResponse:
    user = get_object_or_404(User, public_id=public_id)
    actions.end_site_admin(user, by=request.user, at=timezone.now())
    messages.success(request, _("%(email)s is no longer a site admin.") % {"email": user.email})
    return redirect("operations:people")
