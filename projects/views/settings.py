"""The terms of a project, who works on it where they are one's own people, and putting it away."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, member_required
from core.errors import BusinessError
from core.paging import keyset_page
from projects import archiving, enrolling, estimating, ordering, own_people, publishing
from projects.creating import Terms
from projects.forms import EnrollForm, FillingForm, TermsForm
from projects.models import Enrollment, Group, ProjectVersion, Workforce
from projects.requiring import Requirements
from projects.views.finding import ASSIGN, CHANGE, find_project, may_change, require_change
from projects.views.versions import current, publish

Json = dict[str, Any]


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def settings(request: MemberRequest, slug: str, project_id: str) -> HttpResponse:
    project = find_project(request, project_id)
    version = current(project)
    form = TermsForm(request.POST if request.method == "POST" else None, initial=initial_of(version))
    conflict = ""
    if request.method == "POST":
        require_change(request)
        if form.is_valid():
            conflict = publish(request, project, changed(version, form.cleaned_data))
            if not conflict:
                return redirect(request.path)
    context = {
        "slug": slug,
        "project": project,
        "here": "settings",
        "form": form,
        "filling": FillingForm(initial={"filling": project.filling}),
        "conflict": conflict,
        "number": version.number,
        "next_number": version.number + 1,
        "estimate": estimating.estimate(publishing.terms_of(version), 1000),
        "currency": version.currency,
        "requirements": Requirements.of(project),
        "may_change": may_change(request),
    }
    return render(request, "projects/settings.html", context, status=422 if form.errors or conflict else 200)


def initial_of(version: ProjectVersion) -> Json:
    return {
        "places": version.pipeline[0].get("places", 1),
        "reviews": len(version.pipeline) - 1,
        "review_days": version.review_days,
        "rate": version.rate_micros,
        "price": version.price_micros,
        "lease_minutes": version.lease_s // 60,
        "skips_per_day": version.skips_per_day,
        "day_cap": version.day_cap_micros,
        "total_cap": version.total_cap_micros,
    }


def changed(version: ProjectVersion, given: Json) -> Terms:
    """The version's terms with what the form says; steps that stay keep their own rates."""
    attempt = {**version.pipeline[0], "places": given["places"]}
    reviews = (version.pipeline[1:] + [{"kind": "review"}] * given["reviews"])[: given["reviews"]]
    lease_s = given["lease_minutes"] * 60
    return replace(
        publishing.terms_of(version),
        pipeline=[attempt, *reviews],
        review_days=given["review_days"],
        rate_micros=given["rate"] or 0,
        price_micros=given["price"] or 0,
        lease_s=lease_s,
        lease_limit_s=max(lease_s, version.lease_limit_s),
        skips_per_day=given["skips_per_day"],
        day_cap_micros=given["day_cap"],
        total_cap_micros=given["total_cap"],
    )


@require_POST
@member_required(permission=CHANGE)
def change_filling(request: MemberRequest, slug: str, project_id: str) -> HttpResponse:
    """No part of a version: it decides nothing of an answer or its pay, and holds from the next claim."""
    project = find_project(request, project_id)
    form = FillingForm(request.POST)
    if form.is_valid():
        ordering.change_filling(project, form.cleaned_data["filling"], by=request.user, at=timezone.now())
        messages.success(request, _("Saved. It holds from the next task that somebody takes."))
    else:
        messages.error(request, _("Choose one of the two orders of tasks."))
    return redirect("customer:project_settings", slug, project_id)


@require_POST
@member_required(permission=CHANGE)
def archive(request: MemberRequest, slug: str, project_id: str) -> HttpResponse:
    """`to=restore` takes it out again."""
    project = find_project(request, project_id)
    if request.POST.get("to") == "restore":
        archiving.restore(project, by=request.user, at=timezone.now())
        messages.success(request, _("The project is in use again."))
    else:
        archiving.archive(project, by=request.user, at=timezone.now())
        messages.success(request, _("The project is archived. Nothing of it is handed out any more."))
    return redirect("customer:project_settings", slug, project_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(permission=ASSIGN)
def people(request: MemberRequest, slug: str, project_id: str) -> HttpResponse:
    """One's own people on this project; of the site's contractors the site decides."""
    project = find_project(request, project_id)
    own = Enrollment.objects.visible_to(request.user).filter(project=project).active()
    if project.workforce != Workforce.OWN:
        own = own.none()
    form = EnrollForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and project.workforce == Workforce.OWN and form.is_valid():
        try:
            worker = own_people.own_worker(request.organization, form.cleaned_data["email"], at=timezone.now())
            enrolling.enroll(worker, project, role=form.cleaned_data["role"], by=request.user, at=timezone.now())
            messages.success(request, _("%(email)s works on this project now.") % {"email": form.cleaned_data["email"]})
            return redirect(request.path)
        except BusinessError as error:
            form.add_error("email", str(error))
    page = keyset_page(own.select_related("worker__user"), request, key="worker__public_id")
    counts = {"people_count": Count("members", distinct=True), "batches_count": Count("batches", distinct=True)}
    groups = Group.objects.visible_to(request.user).filter(project=project).annotate(**counts).order_by("name", "pk")
    context = {"slug": slug, "project": project, "here": "people", "form": form, "page": page, "groups": groups}
    return render(request, "projects/people.html", context, status=422 if form.errors else 200)


@require_POST
@member_required(permission=ASSIGN)
def take_off(request: MemberRequest, slug: str, project_id: str, worker_id: str) -> HttpResponse:
    project = find_project(request, project_id)
    own = Enrollment.objects.visible_to(request.user).filter(project=project, project__workforce=Workforce.OWN)
    standing = get_object_or_404(own.select_related("worker", "project"), worker__public_id=worker_id)
    enrolling.end_enrollment(standing, by=request.user, at=timezone.now())
    messages.success(request, _("They get no more tasks of this project."))
    return redirect("customer:project_people", slug, project_id)
