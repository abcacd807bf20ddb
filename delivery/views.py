"""A project's exports: the list with its form, and the file."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, member_required
from core.paging import keyset_page
from delivery import downloading, exporting
from delivery.forms import ExportForm
from events.models import Job, JobState
from events.showing import shown
from projects.models import Project

PAGE_EXPORTS = 20


def find_project(request: MemberRequest, project_id: str) -> Project:
    own = Project.objects.visible_to(request.user).filter(organization=request.organization)
    return get_object_or_404(own.select_related("organization"), public_id=project_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(permission="organization.export")
def exports(request: MemberRequest, slug: str, project_id: str) -> HttpResponse:
    project = find_project(request, project_id)
    # A delivery's line leads here with its batch.
    chosen = {"batch": request.GET.get("batch", "")}
    form = ExportForm(request.POST if request.method == "POST" else None, initial=chosen, project=project)
    if form.is_valid():
        exporting.start_export(
            project,
            format_code=form.cleaned_data["format"],
            batch=form.cleaned_data["batch"],
            status=form.cleaned_data["status"],
            by=request.user,
            at=now(),
        )
        return redirect("delivery:exports", slug=slug, project_id=project_id)
    jobs = Job.objects.visible_to(request.user).filter(
        kind=exporting.KIND, organization=request.organization, subject_id=project.public_id
    )
    page = keyset_page(jobs.select_related("by", "organization"), request, size=PAGE_EXPORTS)
    context = {
        "slug": slug,
        "here": "deliveries",
        "project": project,
        "form": form,
        "page": page,
        "exports": [shown(job, request.user) | {"format": exporting.format_of(job).name} for job in page.rows],
    }
    return render(request, "delivery/exports.html", context, status=422 if form.is_bound else 200)


@require_safe
@member_required(permission="organization.export")
def export_file(request: MemberRequest, slug: str, project_id: str, job_id: str) -> StreamingHttpResponse:
    """The file, as a download only: it holds a customer's text and must never be shown as a page of ours."""
    project = find_project(request, project_id)
    done = Job.objects.visible_to(request.user).filter(
        kind=exporting.KIND, organization=request.organization, subject_id=project.public_id, state=JobState.DONE
    )
    job = get_object_or_404(done, public_id=job_id)
    return downloading.download(job, project)
