"""What is labeled and how: the taxonomy and the instructions of a project, and their versions."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, member_required
from core.errors import BusinessError
from projects import asking, counting, differences, instructions, previewing, publishing
from projects.creating import Terms
from projects.editing import Editor
from projects.forms import InstructionForm
from projects.models import Project, ProjectVersion
from projects.views.finding import find_project, may_change, require_change
from projects.wording import kind_name

Json = dict[str, Any]
SHOWN_VERSIONS = 50


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def taxonomy(request: MemberRequest, slug: str, project_id: str) -> HttpResponse:
    """A POST publishes; with `deed` it only adds, removes or moves a row; htmx asks for the preview."""
    project = find_project(request, project_id)
    version = current(project)
    rows = asking.rows_or_none(project.type, version.params, version.taxonomy)
    if rows is None:
        return params(request, project, slug)
    editor = Editor(project.type, rows, request.POST if request.method == "POST" else None)
    conflict = ""
    if request.method == "POST":
        require_change(request)
        if deed := request.POST.get("deed", ""):
            editor = Editor(project.type, editor.typed(deed))
        elif request.headers.get("HX-Request"):
            return render(request, "projects/_preview_aside.html", {"payload": preview(request, project, editor)})
        elif editor.is_valid():
            terms = with_rows(version, project.type, editor.rows())
            if editor.note_problems(terms.params):
                conflict = publish(request, project, terms)
                if not conflict:
                    return redirect(request.path)
    context = {
        **shared(request, project, slug, here="taxonomy", conflict=conflict),
        "editor": editor,
        "payload": preview(request, project, editor),
        "diff": diff_of(request, project, differences.taxonomy_diff),
    }
    is_wrong = bool(conflict) or (editor.data is not None and bool(editor.count))
    return render(request, "projects/taxonomy.html", context, status=422 if is_wrong else 200)


def params(request: MemberRequest, project: Project, slug: str) -> HttpResponse:
    """What the API has set, as it is stored: there are no forms for this kind of work, or for these params."""
    if request.method == "POST":
        require_change(request)
        return redirect(request.path)
    context = {
        **shared(request, project, slug, here="taxonomy", conflict=""),
        "lines": differences.spelled(current(project).params),
        "kind": kind_name(project.type),
        "diff": diff_of(request, project, differences.taxonomy_diff),
    }
    return render(request, "projects/params.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def instruction(request: MemberRequest, slug: str, project_id: str) -> HttpResponse:
    """A POST publishes; htmx asks how it will look."""
    project = find_project(request, project_id)
    version = current(project)
    form = InstructionForm(
        request.POST if request.method == "POST" else None, initial={"instruction": version.instruction}
    )
    conflict = ""
    if request.method == "POST":
        require_change(request)
        if request.headers.get("HX-Request"):
            return render(request, "projects/_reading_aside.html", {"html": rendered(request, project, form)})
        if form.is_valid():
            terms = replace(publishing.terms_of(version), instruction=form.cleaned_data["instruction"])
            conflict = publish(request, project, terms)
            if not conflict:
                return redirect(request.path)
    context = {
        **shared(request, project, slug, here="instructions", conflict=conflict),
        "form": form,
        "html": rendered(request, project, form),
        "diff": diff_of(request, project, differences.instruction_diff),
    }
    return render(request, "projects/instructions.html", context, status=422 if form.errors or conflict else 200)


def current(project: Project) -> ProjectVersion:
    assert project.current_version is not None  # written with the project
    return project.current_version


def shared(request: MemberRequest, project: Project, slug: str, *, here: str, conflict: str) -> Json:
    """What both pages show: the versions, and what publishing does to open work."""
    versions = project.versions.select_related("created_by").order_by("-number")[:SHOWN_VERSIONS]
    return {
        "slug": slug,
        "project": project,
        "here": here,
        "versions": versions,
        "number": current(project).number,
        "next_number": current(project).number + 1,
        "pending": counting.of_projects([project])[project.pk].pending,
        "conflict": conflict,
        "may_change": may_change(request),
    }


def publish(request: MemberRequest, project: Project, terms: Terms) -> str:
    """Empty where the version is out; else the sentence that says why not."""
    based_on = request.POST.get("based_on", "")
    number = int(based_on) if based_on.isdecimal() and len(based_on) < 10 else -1
    try:
        version = publishing.publish_version(project, terms, based_on=number, by=request.user, at=timezone.now())
    except BusinessError as error:
        return str(error)
    sentence = _("Version %(number)s is published. Open tasks that nobody has begun move to it now.")
    messages.success(request, sentence % {"number": version.number})
    return ""


def with_rows(version: ProjectVersion, kind: str, rows: Json) -> Terms:
    params, kept = asking.terms_of(kind, rows, version.params, version.taxonomy)
    return replace(publishing.terms_of(version), params=params, taxonomy=kept)


def preview(request: MemberRequest, project: Project, editor: Editor) -> Json | None:
    """The workbench on what the form holds; on the version in force where that is not in order."""
    version = current(project)
    terms = publishing.terms_of(version)
    if editor.data is not None and editor.is_valid():
        terms = with_rows(version, project.type, editor.rows())
    html = instructions.render(project, version.instruction, user=request.user, at=timezone.now())
    return previewing.payload(project.type, terms.params, terms.taxonomy, html=html, media=None)


def rendered(request: MemberRequest, project: Project, form: forms.Form) -> str:
    text = str(form["instruction"].value() or "")[: InstructionForm.base_fields["instruction"].max_length]  # type: ignore[attr-defined]
    return instructions.render(project, text, user=request.user, at=timezone.now())


def diff_of(request: MemberRequest, project: Project, compare: Any) -> Json | None:
    """`?diff=3`: version 3 beside the one before it."""
    asked = request.GET.get("diff", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
    pair = {version.number: version for version in project.versions.filter(number__in=[number - 1, number])}
    if number - 1 not in pair or number not in pair:
        return None
    return {"before": number - 1, "after": number, "lines": compare(pair[number - 1], pair[number])}
