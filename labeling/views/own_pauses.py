"""Stopping and resuming, on the customer's side: one's own projects and batches, and only what one has stopped."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, member_required
from labeling import pausing, resuming
from labeling.pause_forms import OwnPauseForm, ResumeForm
from labeling.scope_names import hidden_names
from labeling.scopes import Scope
from labeling.views.ordering_pauses import preview_context
from projects.models import Pause, Project
from projects.views.finding import find_batch, find_project


@require_http_methods(["GET", "POST"])
@member_required(permission="organization.pause")
def pause(request: MemberRequest, slug: str, project_id: str) -> HttpResponse:
    """The form with its preview, of the project or, with `batch`, of one of its batches."""
    project = find_project(request, project_id)
    batch_id = request.GET.get("batch", "")
    scope = Scope.of(find_batch(request, project, batch_id) if batch_id else project)
    form = OwnPauseForm(request.POST or None, hidden_names=hidden_names(scope))
    if request.method == "POST" and form.is_valid():
        order = replace(form.order(), is_customers=True)
        (one,) = pausing.pause([scope], order, by=request.user, at=timezone.now())
        said = _("Paused: %(name)s.") if one.begun_at else _("The pause of %(name)s is set.")
        messages.success(request, said % {"name": scope.subject})
        return redirect("customer:project", slug, project.public_id)
    context = preview_context([scope], form) | own_context(slug, project, scope)
    return render(request, "labeling/pause.html", context, status=422 if form.errors else 200)


def own_context(slug: str, project: Project, scope: Scope) -> dict[str, Any]:
    """What the customer calls it, and where it leads back to."""
    return {
        "name": str(scope.subject),
        "back": project.name,
        "back_url": reverse("customer:project", args=[slug, project.public_id]),
        "slug": slug,
    }


@require_POST
@member_required(permission="organization.resume")
def resume(request: MemberRequest, slug: str, project_id: str, public_id: str) -> HttpResponse:
    """What somebody of the organization has stopped; what the site stopped is not theirs to lift."""
    project = find_project(request, project_id)
    own = Pause.objects.visible_to(request.user).filter(is_customers=True)
    one = get_object_or_404(own, Q(project=project) | Q(batch__project=project), public_id=public_id)
    resuming.resume(one, ramp=ResumeForm(request.POST).ramp(), by=request.user, at=timezone.now())
    messages.success(request, _("Your pause is over."))
    return redirect("customer:project", slug, project.public_id)
