"""Data in: files dropped on a batch, imports, and what was refused."""

from itertools import chain
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, member_required
from core.errors import BusinessError
from core.paging import keyset_page
from core.tables import csv_response
from projects import contents, counting, importing, receiving
from projects.models import Batch, ColumnHolds, Import, Project
from projects.reasons import import_reason
from projects.views.finding import find_project, may_change, require_change

SHOWN_IMPORTS = 20
SHOWN_REFUSALS = 100


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def data(request: MemberRequest, slug: str, project_id: str) -> HttpResponse:
    """`?batch=` says where things go. A POST is the form without a script: several files in one request."""
    project = find_project(request, project_id)
    batches = list(Batch.objects.filter(project=project).order_by("order_key", "pk"))
    chosen = chosen_batch(request, batches)
    answers: list[receiving.Answer] = []
    if request.method == "POST":
        require_change(request)
        answers = receive(request, chosen)
        if answers and not any(answer.reason for answer in answers):
            say_taken(request, len(answers))
            return redirect(f"{request.path}?batch={chosen.public_id}")
    context = {
        "slug": slug,
        "project": project,
        "here": "data",
        "batches": batches,
        "chosen": chosen,
        "answers": answers,
        "imports": imports_of(request, project),
        "takes_files": contents.takes_files(project),
        "takes_texts": contents.takes_texts(project),
        "takes_pictures": contents.takes_pictures(project),
        "may_change": may_change(request),
    }
    return render(request, "projects/data.html", context, status=422 if answers else 200)


def chosen_batch(request: MemberRequest, batches: list[Batch]) -> Batch:
    """The batch that was asked for, else the newest that has a name, else the standing one."""
    asked = request.POST.get("batch") or request.GET.get("batch")
    named = [batch for batch in batches if batch.name is not None]
    found = next((batch for batch in batches if batch.public_id == asked), None)
    return found or (named[-1] if named else batches[0])


def receive(request: MemberRequest, batch: Batch) -> list[receiving.Answer]:
    files = request.FILES.getlist("files")
    return [receiving.receive(file, batch, by=request.user, at=timezone.now()) for file in files]


def say_taken(request: MemberRequest, count: int) -> None:
    sentence = ngettext("%(count)s file was taken.", "%(count)s files were taken.", count)
    messages.success(request, sentence % {"count": count})


def imports_of(request: MemberRequest, project: Project) -> list[Import]:
    own = Import.objects.visible_to(request.user).filter(project=project)
    return list(own.select_related("job", "job__by", "job__organization", "batch").order_by("-pk")[:SHOWN_IMPORTS])


def find_import(request: MemberRequest, project: Project, import_id: str) -> Import:
    own = Import.objects.visible_to(request.user).filter(project=project)
    rows = own.select_related("job", "job__by", "job__organization", "batch", "organization", "project")
    return get_object_or_404(rows, public_id=import_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def one_import(request: MemberRequest, slug: str, project_id: str, import_id: str) -> HttpResponse:
    """What was taken in and what was not; where the column is not known, the question for it."""
    project = find_project(request, project_id)
    found = find_import(request, project, import_id)
    error = ""
    if request.method == "POST":
        require_change(request)
        try:
            column, holds = request.POST.get("column", ""), request.POST.get("holds", "") or only_kind(found)
            importing.choose_column(found, column, holds, by=request.user, at=timezone.now())
            return redirect(request.path)
        except BusinessError as refused:
            error = str(refused)
    page = keyset_page(found.refusals.all(), request, order=("number", "id"), key="pk", size=SHOWN_REFUSALS)
    context: dict[str, Any] = {
        "slug": slug,
        "project": project,
        "here": "data",
        "import": found,
        "page": page,
        "refusals": [(row, import_reason(row.code, row.params)) for row in page.rows],
        "kinds": importing.held_kinds(project),
        "fetching": fetching_in(found),
        "error": error,
        "may_change": may_change(request),
    }
    return render(request, "projects/import.html", context, status=422 if error else 200)


def only_kind(found: Import) -> str:
    """What the column holds where the project leaves no choice; empty where somebody has to say it."""
    kinds = list(importing.held_kinds(found.project))
    return kinds[0] if len(kinds) == 1 else ""


def fetching_in(found: Import) -> int:
    """How many tasks of the import's batch wait for what is at their addresses."""
    return counting.fetching([found.batch_id]).get(found.batch_id, 0) if found.holds == ColumnHolds.ADDRESS else 0


@require_safe
@member_required
def refusals(request: MemberRequest, slug: str, project_id: str, import_id: str) -> HttpResponseBase:
    """The refused rows as CSV: number, name, reason."""
    found = find_import(request, find_project(request, project_id), import_id)
    columns = [_("number"), _("name"), _("code"), _("reason")]
    rows = (
        [row.number, row.name, row.code, import_reason(row.code, row.params)]
        for row in found.refusals.order_by("number").iterator(chunk_size=500)
    )
    return csv_response(f"refused-{found.public_id}.csv", chain([columns], rows))
