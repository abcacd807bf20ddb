"""The members of an organization: who is here, who is invited, who may what."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import actions, inviting
from accounts.access import MemberRequest, member_required
from accounts.forms import InviteForm, RoleForm, invitable
from accounts.models import Invitation, Membership, Role
from accounts.permissions import may, roles_to_give
from core.paging import keyset_page


@member_required
def members(request: MemberRequest, slug: str) -> HttpResponse:
    organization = request.organization
    rows = Membership.objects.visible_to(request.user).filter(organization=organization).distinct()
    may_invite = may(request.user, "organization.invite", organization)
    context = {
        "organization": organization,
        "page": keyset_page(rows.select_related("user"), request, order=("user__email",), key="user__public_id"),
        "invitations": inviting.of_organization(organization, at=timezone.now()) if may_invite else [],
        "may_invite": may_invite,
        "may_change": may(request.user, "organization.change_roles", organization),
        "roles": Role.choices,
    }
    return render(request, "accounts/members.html", context)


@member_required(permission="organization.invite")
def invite(request: MemberRequest, slug: str) -> HttpResponse:
    """The link is shown once, in the answer to the form."""
    roles = invitable(request.user, request.organization)
    form = InviteForm(request.POST or None, roles=roles)
    context: dict[str, Any] = {"form": form, "organization": request.organization, "back": back(slug)}
    if request.method == "POST" and form.is_valid():
        invitation, token = inviting.invite(
            email=form.cleaned_data["email"],
            role=form.chosen(),
            organization=request.organization,
            by=request.user,
            at=timezone.now(),
        )
        link = request.build_absolute_uri(reverse("accounts:invitation", args=[token]))
        return render(request, "accounts/invited.html", context | {"invitation": invitation, "link": link})
    return render(request, "accounts/invite.html", context, status=422 if form.errors else 200)


@require_POST
@member_required(permission="organization.invite")
def withdraw(request: MemberRequest, slug: str, public_id: str) -> HttpResponse:
    rows = Invitation.objects.visible_to(request.user).filter(organization=request.organization).distinct()
    inviting.withdraw(get_object_or_404(rows, public_id=public_id), by=request.user, at=timezone.now())
    messages.success(request, _("The invitation is withdrawn; its link no longer works."))
    return redirect(back(slug))


@require_POST
@member_required(permission="organization.change_roles")
def change_role(request: MemberRequest, slug: str, public_id: str) -> HttpResponse:
    form = RoleForm(request.POST)
    if not form.is_valid() or Role(form.cleaned_data["role"]) not in roles_to_give(request.user, request.organization):
        raise PermissionDenied
    membership = find(request, public_id)
    actions.change_role(membership, role=Role(form.cleaned_data["role"]), by=request.user, at=timezone.now())
    messages.success(request, _("The role is changed."))
    return redirect(back(slug))


@member_required(permission="organization.change_roles")
def remove(request: MemberRequest, slug: str, public_id: str) -> HttpResponse:
    """GET asks, POST does it."""
    membership = find(request, public_id)
    if request.method != "POST":
        context = {"membership": membership, "organization": request.organization, "back": back(slug)}
        return render(request, "accounts/remove_member.html", context)
    actions.remove_member(membership, by=request.user, at=timezone.now())
    messages.success(request, _("%(email)s is no longer a member.") % {"email": membership.user.email})
    return redirect(back(slug))


def find(request: MemberRequest, public_id: str) -> Membership:
    """A member is addressed by the person's public id."""
    rows = Membership.objects.visible_to(request.user).select_related("user", "organization").distinct()
    return get_object_or_404(rows, organization=request.organization, user__public_id=public_id)


def back(slug: str) -> str:
    return reverse("customer:members", args=[slug])
