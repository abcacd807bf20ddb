"""The customer's audit: samples with their results, and the workbench on one task of a sample."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, member_required
from core.errors import BusinessError
from core.paging import keyset_page
from labeling.models import Resolution
from labeling.payload import shown
from labeling.reviewing import Judgement
from labeling.views.workbench import body_of, refusal, response_of, text_of
from projects.models import Project, Task
from projects.views.finding import find_project
from quality import auditing, results
from quality.forms import SampleForm
from quality.models import Audit, Sample

AUDIT = "organization.audit"
SHOWN_SAMPLES = 20
SHOWN_AUDITS = 20


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(permission=AUDIT)
def audit(request: MemberRequest, slug: str, project_id: str) -> HttpResponse:
    """A POST draws a sample and opens its first task."""
    project = find_project(request, project_id)
    form = SampleForm(request.POST if request.method == "POST" else None, project=project)
    if form.is_valid():
        try:
            sample = auditing.draw(project, **form.cleaned_data, by=request.user, at=timezone.now())
            return redirect(next_url(request, project, sample))
        except BusinessError as error:
            form.add_error(None, str(error))
    own = Sample.objects.visible_to(request.user).filter(project=project)
    page = keyset_page(own.select_related("drawn_by", "batch"), request, size=SHOWN_SAMPLES)
    found = results.of_samples(page.rows)
    given = Audit.objects.visible_to(request.user).filter(task__project=project).exclude(verdict="accepted")
    context = {
        "slug": slug,
        "project": project,
        "here": "audit",
        "form": form,
        "page": page,
        "rows": [(sample, found[sample.pk]) for sample in page.rows],
        "total": results.of_project(project),
        "waiting": auditing.unaudited(project).count(),
        "audits": given.select_related("task", "by").order_by("-pk")[:SHOWN_AUDITS],
    }
    return render(request, "quality/audit.html", context, status=422 if form.errors else 200)


@require_POST
@member_required(permission=AUDIT)
def go_on(request: MemberRequest, slug: str, project_id: str, sample_id: str) -> HttpResponse:
    """The next task of the sample that nobody looks at."""
    project = find_project(request, project_id)
    return redirect(next_url(request, project, find_sample(request, project, sample_id)))


def find_sample(request: MemberRequest, project: Project, sample_id: str) -> Sample:
    own = Sample.objects.visible_to(request.user).filter(project=project)
    return get_object_or_404(own.select_related("project"), public_id=sample_id)


def find_task(request: MemberRequest, sample: Sample, task_id: str) -> Task:
    own = Task.objects.visible_to(request.user).filter(project=sample.project)
    related = own.select_related("project", "version", "content", "batch")
    sampled = sample.tasks.values("task")
    return get_object_or_404(related.filter(pk__in=sampled), public_id=task_id)


def next_url(request: MemberRequest, project: Project, sample: Sample) -> str:
    """Of the next task, or of the results when none is left."""
    task = auditing.take_next(sample, by=request.user, at=timezone.now())
    here = [request.organization.slug, project.public_id]
    if task is None:
        messages.success(request, _("Nothing of this sample is left for you."))
        return reverse("customer:project_audit", args=here)
    return reverse("customer:audit_task", args=[*here, sample.public_id, task.public_id])


@require_safe
@member_required(permission=AUDIT)
def audit_task(request: MemberRequest, slug: str, project_id: str, sample_id: str, task_id: str) -> HttpResponse:
    """The workbench on the answer; the page takes the task for its reader, as long as nobody else has it."""
    project = find_project(request, project_id)
    sample = find_sample(request, project, sample_id)
    task = find_task(request, sample, task_id)
    resolution = Resolution.objects.filter(task=task, current=True).first()
    is_judged = resolution is None or Audit.objects.filter(resolution=resolution).exists()
    if is_judged or not auditing.hold(task, by=request.user, at=timezone.now()):
        messages.warning(request, _("This task has a verdict already, or somebody else looks at it now."))
        return redirect("customer:project_audit", slug, project_id)
    assert resolution is not None  # else it counts as judged
    payload = shown(task, task.version, resolution.response, user=request.user, mode="audit", at=timezone.now())
    context = {
        "payload": payload,
        "home": reverse("customer:project_audit", args=[slug, project_id]),
        "verdict_url": reverse("customer:audit_verdict", args=[slug, project_id, sample_id, task_id]),
    }
    return render(request, "quality/bench.html", context)


@require_POST
@member_required(permission=AUDIT)
def verdict(request: MemberRequest, slug: str, project_id: str, sample_id: str, task_id: str) -> JsonResponse:
    """JSON in, `{"next": url}` out; what is refused is said as the workbench reads it."""
    project = find_project(request, project_id)
    sample = find_sample(request, project, sample_id)
    task = find_task(request, sample, task_id)
    try:
        auditing.audit(sample, task, judgement_of(body_of(request)), by=request.user, at=timezone.now())
    except BusinessError as error:
        return refusal(error)
    return JsonResponse({"next": next_url(request, project, sample)})


def judgement_of(body: dict[str, Any]) -> Judgement:
    return Judgement(
        verdict=text_of(body, "verdict", most=16),
        response=response_of(body) if body.get("response") is not None else None,
        reason_class=text_of(body, "reason_class", most=40),
        comment=text_of(body, "comment"),
        evidence=body.get("evidence") or [],
    )
