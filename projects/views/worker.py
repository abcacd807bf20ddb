"""One contractor on the admin's side: what is on file, what they have proved, what stops them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import PersonRequest, site_admin_required
from core.errors import BusinessError
from projects import holding
from projects.condition_forms import HoldEndForm, HoldForm
from projects.models import Enrollment, Hold
from workers import actions
from workers.forms import GrantForm, ProfileForm
from workers.models import Worker, WorkerSkill

MOST_SHOWN = 20


@require_safe
@site_admin_required
def worker(request: PersonRequest, worker_id: str) -> HttpResponse:
    return page(request, find(request, worker_id))


def find(request: PersonRequest, worker_id: str) -> Worker:
    visible = Worker.objects.visible_to(request.user).select_related("user", "organization")
    return get_object_or_404(visible, public_id=worker_id)


def page(request: PersonRequest, found: Worker, **forms: Any) -> HttpResponse:
    """With the form that somebody filled in wrongly, where there is one."""
    now = timezone.now()
    holds = Hold.objects.filter(worker=found).select_related("project", "created_by", "ended_by").order_by("-pk")
    context = {
        "worker": found,
        "now": now,
        "profile": ProfileForm.of(found),
        "grant": GrantForm(worker=found),
        "skills": WorkerSkill.objects.filter(worker=found).select_related("skill").order_by("skill__name", "pk"),
        "holds": holds.in_force(at=now),
        "over": holds.exclude(pk__in=Hold.objects.in_force(at=now))[:MOST_SHOWN],
        "standings": Enrollment.objects.active()
        .filter(worker=found)
        .select_related("project")
        .order_by("project__codename")[: 10 * MOST_SHOWN],
    }
    return render(request, "projects/worker.html", context | forms, status=422 if forms else 200)


@require_POST
@site_admin_required
def change_worker(request: PersonRequest, worker_id: str) -> HttpResponse:
    found = find(request, worker_id)
    form = ProfileForm.of(found, request.POST)
    if not form.is_valid():
        return page(request, found, profile=form)
    if actions.change_profile(found, form.profile(), by=request.user, at=timezone.now()):
        messages.success(request, _("It counts for whatever is handed out from now on."))
    return redirect("operations:worker", worker_id)


@require_POST
@site_admin_required
def grant_skill(request: PersonRequest, worker_id: str) -> HttpResponse:
    found = find(request, worker_id)
    form = GrantForm(request.POST, worker=found)
    if form.is_valid():
        skill = form.cleaned_data["skill"]
        try:
            actions.grant_skill(found, skill, expires_at=form.expires_at(), by=request.user, at=timezone.now())
        except BusinessError as error:
            form.add_error("skill", str(error))
        else:
            messages.success(request, _("They have the skill “%(name)s” now.") % {"name": skill.name})
            return redirect("operations:worker", worker_id)
    return page(request, found, grant=form)


@require_POST
@site_admin_required
def revoke_skill(request: PersonRequest, worker_id: str, skill_id: str) -> HttpResponse:
    grants = WorkerSkill.objects.visible_to(request.user).select_related("worker", "skill")
    grant = get_object_or_404(grants, worker__public_id=worker_id, skill__public_id=skill_id)
    actions.revoke_skill(grant, by=request.user, at=timezone.now())
    messages.success(request, _("Nothing more that needs “%(name)s” is handed out.") % {"name": grant.skill.name})
    return redirect("operations:worker", worker_id)


@require_http_methods(["GET", "HEAD", "POST"])
@site_admin_required
def put_on_hold(request: PersonRequest, worker_id: str) -> HttpResponse:
    found = find(request, worker_id)
    form = HoldForm(request.POST if request.method == "POST" else None, worker=found)
    if form.is_valid():
        holding.put_on_hold(found, form.order(), by=request.user, at=timezone.now())
        messages.success(request, _("On hold. They are told why and until when."))
        return redirect("operations:worker", worker_id)
    context = {"worker": found, "form": form}
    return render(request, "projects/hold.html", context, status=422 if form.errors else 200)


@require_POST
@site_admin_required
def lift_hold(request: PersonRequest, public_id: str) -> HttpResponse:
    hold = find_hold(request, public_id)
    holding.lift_hold(hold, by=request.user, at=timezone.now())
    messages.success(request, _("The hold is lifted."))
    return redirect("operations:worker", hold.worker.public_id)


@require_POST
@site_admin_required
def change_hold_end(request: PersonRequest, public_id: str) -> HttpResponse:
    hold = find_hold(request, public_id)
    form = HoldEndForm(request.POST)
    if form.is_valid():
        holding.change_hold_end(hold, until=form.cleaned_data["until"], by=request.user, at=timezone.now())
        messages.success(request, _("The end of the hold is changed."))
    else:
        messages.error(request, _("This is not a moment: choose a day and a time."))
    return redirect("operations:worker", hold.worker.public_id)


def find_hold(request: PersonRequest, public_id: str) -> Hold:
    return get_object_or_404(
        Hold.objects.visible_to(request.user).select_related("worker", "project"), public_id=public_id
    )
