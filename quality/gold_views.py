"""The customer's tasks with a known answer: a list, and each with its answer to be corrected, retired or enabled."""

import orjson
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, member_required
from core.errors import BusinessError
from core.paging import keyset_page
from projects.models import Project
from projects.views.finding import CHANGE, find_project, may_change, require_change
from quality import gold
from quality.forms import ExpectedForm
from quality.models import QualityTask

AUDIT = "organization.audit"


@require_safe
@member_required(permission=AUDIT)
def quality_tasks(request: MemberRequest, slug: str, project_id: str) -> HttpResponse:
    project = find_project(request, project_id)
    own = QualityTask.objects.visible_to(request.user).filter(project=project)
    page = keyset_page(own.select_related("task", "created_by"), request)
    context = {"slug": slug, "project": project, "here": "quality", "page": page, "rows": page.rows}
    return render(request, "quality/quality_tasks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(permission=AUDIT)
def quality_task(request: MemberRequest, slug: str, project_id: str, quality_id: str) -> HttpResponse:
    """A POST gives it another expected answer."""
    project = find_project(request, project_id)
    found = find_quality_task(request, project, quality_id)
    form = ExpectedForm(
        request.POST if request.method == "POST" else None, initial={"expected_response": spelled(found)}
    )
    if request.method == "POST":
        require_change(request)
        if form.is_valid() and changed(request, found, form):
            messages.success(request, _("The expected answer is changed."))
            return redirect("customer:quality_task", slug, project_id, quality_id)
    context = {
        "slug": slug,
        "project": project,
        "here": "quality",
        "found": found,
        "form": form,
        "initial": orjson.dumps(found.initial_response, option=orjson.OPT_INDENT_2).decode(),
        "may_change": may_change(request),
    }
    return render(request, "quality/quality_task.html", context, status=422 if form.errors else 200)


def spelled(found: QualityTask) -> str:
    return orjson.dumps(found.expected_response, option=orjson.OPT_INDENT_2).decode()


def changed(request: MemberRequest, found: QualityTask, form: ExpectedForm) -> bool:
    """False where the answer is refused; the form says why."""
    try:
        gold.change_expected(found, form.cleaned_data["expected_response"], by=request.user, at=timezone.now())
    except BusinessError as error:
        form.add_error("expected_response", str(error))
        return False
    return True


@require_POST
@member_required(permission=CHANGE)
def retire_quality_task(request: MemberRequest, slug: str, project_id: str, quality_id: str) -> HttpResponse:
    found = find_quality_task(request, find_project(request, project_id), quality_id)
    gold.retire(found, by=request.user, at=timezone.now())
    messages.success(request, _("The task is retired: nobody is measured by it any more."))
    return redirect("customer:quality_task", slug, project_id, quality_id)


@require_POST
@member_required(permission=CHANGE)
def enable_quality_task(request: MemberRequest, slug: str, project_id: str, quality_id: str) -> HttpResponse:
    found = find_quality_task(request, find_project(request, project_id), quality_id)
    gold.enable(found, by=request.user, at=timezone.now())
    messages.success(request, _("The task is enabled again."))
    return redirect("customer:quality_task", slug, project_id, quality_id)


def find_quality_task(request: MemberRequest, project: Project, quality_id: str) -> QualityTask:
    own = QualityTask.objects.visible_to(request.user).filter(project=project)
    return get_object_or_404(own.select_related("task", "project", "created_by"), public_id=quality_id)
