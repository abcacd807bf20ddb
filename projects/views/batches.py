"""The batches of a project: made, launched, put in order."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, member_required
from accounts.permissions import may
from core.errors import BusinessError
from projects import counting, creating, giving, ordering, stopping
from projects.counting import Counts
from projects.forms import BatchForm
from projects.giving import Audience
from projects.models import Batch, Project, Workforce
from projects.views.finding import ASSIGN, CHANGE, find_batch, find_project, may_change, require_change
from projects.views.versions import current


@dataclass(frozen=True)
class BatchRow:
    batch: Batch
    counts: Counts
    state: str
    # Tasks that wait for files at addresses.
    fetching: int
    # None: everybody on the project gets tasks of it.
    audience: Audience | None
    is_first: bool
    is_last: bool


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def batches(request: MemberRequest, slug: str, project_id: str) -> HttpResponse:
    project = find_project(request, project_id)
    form = BatchForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require_change(request)
        if form.is_valid() and (made := create(request, project, form)):
            return redirect(f"../data/?batch={made.public_id}")
    context: dict[str, Any] = {
        "slug": slug,
        "project": project,
        "here": "batches",
        "rows": rows_of(project),
        "form": form,
        "is_own": project.workforce == Workforce.OWN,
        "is_reviewed": len(current(project).pipeline) > 1,
        "may_change": may_change(request),
        "may_assign": may(request.user, ASSIGN, request.organization),
        "may_pause": may(request.user, "organization.pause", request.organization),
    }
    return render(request, "projects/batches.html", context, status=422 if form.errors else 200)


def create(request: MemberRequest, project: Project, form: BatchForm) -> Batch | None:
    """None where the name is taken; the form says so."""
    given = form.cleaned_data
    try:
        return creating.create_batch(
            project,
            name=given["name"],
            kind=given["kind"],
            status=given["status"],
            by=request.user,
            at=timezone.now(),
        )
    except BusinessError as error:
        form.add_error("name", str(error))
        return None


def rows_of(project: Project) -> list[BatchRow]:
    found = list(Batch.objects.filter(project=project).order_by("order_key", "pk"))
    counts = counting.of_batches([batch.pk for batch in found])
    fetching = counting.fetching([batch.pk for batch in found])
    given = giving.audiences(project) if project.workforce == Workforce.OWN else {}
    stopped = stopping.of_batches([batch.pk for batch in found], at=timezone.now())
    return [
        BatchRow(
            batch,
            counts[batch.pk],
            stopping.batch_state(batch, is_paused=batch.pk in stopped),
            fetching.get(batch.pk, 0),
            given.get(batch.pk),
            is_first=number == 0,
            is_last=number == len(found) - 1,
        )
        for number, batch in enumerate(found)
    ]


@require_POST
@member_required(permission=CHANGE)
def move_batch(request: MemberRequest, slug: str, project_id: str, batch_id: str) -> HttpResponse:
    project = find_project(request, project_id)
    batch = find_batch(request, project, batch_id)
    rows = list(Batch.objects.filter(project=project).order_by("order_key", "pk"))
    place = rows.index(batch)
    if request.POST.get("to") == "up" and place > 0:
        ordering.move_batch(batch, before=rows[place - 1], by=request.user, at=timezone.now())
    elif request.POST.get("to") == "down" and place < len(rows) - 1:
        ordering.move_batch(batch, after=rows[place + 1], by=request.user, at=timezone.now())
    return redirect("customer:project_batches", slug, project_id)


@require_POST
@member_required(permission=CHANGE)
def launch_batch(request: MemberRequest, slug: str, project_id: str, batch_id: str) -> HttpResponse:
    project = find_project(request, project_id)
    batch = creating.finalize_batch(find_batch(request, project, batch_id), by=request.user, at=timezone.now())
    messages.success(request, _("%(batch)s is launched: its tasks are handed out from now on.") % {"batch": batch})
    return redirect("customer:project_batches", slug, project_id)
