"""One project on the admin's side: who works on it, and what stops it."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import PersonRequest, site_admin_required
from core.paging import keyset_page
from labeling.deciding import WorkerField
from labeling.views.operations import project_rows
from projects.enrolling import end_enrollment, enroll
from projects.models import Enrollment, EnrollmentRole, Project
from projects.requiring import Requirements


class EnrollForm(forms.Form):
    who = WorkerField()
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=EnrollmentRole.choices)


@require_GET
@site_admin_required
def project(request: PersonRequest, public_id: str) -> HttpResponse:
    return project_page(request, find(request, public_id), EnrollForm())


def find(request: PersonRequest, public_id: str) -> Project:
    visible = Project.objects.visible_to(request.user).select_related("organization", "current_version")
    return get_object_or_404(visible, public_id=public_id)


def project_page(request: PersonRequest, found: Project, form: EnrollForm) -> HttpResponse:
    standings = Enrollment.objects.active().filter(project=found).select_related("worker__user")
    context = {
        "row": project_rows([found])[0],
        "requirements": Requirements.of(found),
        "batches": found.batches.exclude(name=None).order_by("-pk")[:20],
        "page": keyset_page(standings, request, key="worker__public_id"),
        "form": form,
    }
    return render(request, "labeling/operations_project.html", context, status=422 if form.errors else 200)


@require_POST
@site_admin_required
def add(request: PersonRequest, public_id: str) -> HttpResponse:
    found = find(request, public_id)
    form = EnrollForm(request.POST)
    if not form.is_valid():
        return project_page(request, found, form)
    enroll(form.cleaned_data["who"], found, role=form.cleaned_data["role"], by=request.user, at=timezone.now())
    messages.success(request, _("They are on the project."))
    return redirect("operations:project", public_id)


@require_POST
@site_admin_required
def remove(request: PersonRequest, public_id: str, worker_id: str) -> HttpResponse:
    standing = get_object_or_404(
        Enrollment.objects.select_related("worker", "project"),
        project=find(request, public_id),
        worker__public_id=worker_id,
    )
    end_enrollment(standing, by=request.user, at=timezone.now())
    messages.success(request, _("Nothing more of this project is handed out to them."))
    return redirect("operations:project", public_id)
