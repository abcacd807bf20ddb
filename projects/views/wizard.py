"""A new project in seven steps; each is a page, kept as a draft."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, member_required
from core.errors import BusinessError
from projects import drafting, estimating, instructions, previewing
from projects.drafting import STEPS
from projects.editing import Editor
from projects.forms import CapsForm, InstructionForm, KindForm, PeopleForm, PipelineForm
from projects.models import Project, ProjectDraft
from projects.views.finding import CHANGE

Json = dict[str, Any]
TITLES = {
    "kind": _("Kind of work"),
    "data": _("Data"),
    "taxonomy": _("Taxonomy"),
    "instructions": _("Instructions"),
    "pipeline": _("Pipeline and quality"),
    "people": _("People and pay"),
    "check": _("Check and create"),
}
FORMS: dict[str, type[forms.Form]] = {
    "kind": KindForm,
    "instructions": InstructionForm,
    "pipeline": PipelineForm,
    "people": PeopleForm,
    "check": CapsForm,
}
NAMES = {"bad_name", "name_taken"}


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(permission=CHANGE)
def new_project(request: MemberRequest, slug: str) -> HttpResponse:
    """The first step; a draft comes into being when it is left."""
    form = KindForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        draft = drafting.begin_draft(request.organization, by=request.user, at=timezone.now())
        drafting.save_draft(draft, changes_of("kind", form, draft), step="kind", is_done=True, at=timezone.now())
        return redirect("customer:draft", slug, draft.public_id, "data")
    own = ProjectDraft.objects.visible_to(request.user).filter(organization=request.organization)
    context = {
        "slug": slug,
        "form": form,
        "step": "kind",
        "steps": steps_of(None, "kind"),
        "drafts": own.order_by("-pk"),
    }
    return render(request, "projects/wizard/kind.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(permission=CHANGE)
def draft_step(request: MemberRequest, slug: str, draft_id: str, step: str) -> HttpResponse:
    """GET shows the step; POST keeps it, and goes on where everything is in order."""
    if step not in STEPS:
        raise Http404
    draft = find_draft(request, draft_id)
    return VIEWS.get(step, form_step)(request, draft, step)


def find_draft(request: MemberRequest, draft_id: str) -> ProjectDraft:
    own = ProjectDraft.objects.visible_to(request.user).filter(organization=request.organization)
    return get_object_or_404(own.select_related("organization", "by"), public_id=draft_id)


def form_step(request: MemberRequest, draft: ProjectDraft, step: str) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = FORMS[step](data, initial=initial_of(step, draft))
    if request.method == "POST":
        is_good = form.is_valid()
        drafting.save_draft(draft, changes_of(step, form, draft), step=step, is_done=is_good, at=timezone.now())
        if is_good and not wants_fragment(request):
            return go_on(request, draft, step)
    return answer(request, draft, step, {"form": form, "wrong": len(form.errors)})


def initial_of(step: str, draft: ProjectDraft) -> Json:
    document = {**drafting.FIRST, **draft.document}
    return {**document, "content": document["rows"].get("content", "image")} if step == "kind" else document


def changes_of(step: str, form: forms.Form, draft: ProjectDraft) -> Json:
    """What is good of the form; what is wrong stays on the page only."""
    given = {**form.cleaned_data}
    if step != "kind":
        return given
    rows = {**draft.document.get("rows", {}), "content": given.pop("content", "image")}
    if given.get("kind", draft.document.get("kind")) != draft.document.get("kind"):
        rows = {"content": rows["content"]}
    return {**given, "rows": rows}


def taxonomy_step(request: MemberRequest, draft: ProjectDraft, step: str) -> HttpResponse:
    kind, rows = draft.document["kind"], draft.document["rows"]
    if request.method != "POST":
        return answer(request, draft, step, {"editor": Editor(kind, rows)})
    editor = Editor(kind, rows, request.POST)
    if deed := request.POST.get("deed", ""):
        drafting.save_draft(draft, {"rows": editor.typed(deed)}, step=step, at=timezone.now())
        return answer(request, draft, step, {"editor": Editor(kind, draft.document["rows"])})
    kept = editor.rows() if editor.is_valid() else editor.typed("")
    is_good = editor.is_valid() and editor.note_problems(drafting.terms_of({**draft.document, "rows": kept}).params)
    drafting.save_draft(draft, {"rows": kept}, step=step, is_done=is_good, at=timezone.now())
    if is_good and not wants_fragment(request):
        return go_on(request, draft, step)
    return answer(request, draft, step, {"editor": editor, "wrong": editor.count})


def data_step(request: MemberRequest, draft: ProjectDraft, step: str) -> HttpResponse:
    if request.method == "POST":
        drafting.save_draft(draft, {}, step=step, is_done=True, at=timezone.now())
        return go_on(request, draft, step)
    files = draft.files.order_by("-pk")
    context = {
        "files": files[:50],
        "count": files.count(),
        "takes_texts": drafting.takes_texts(draft),
        "takes_pictures": drafting.takes_pictures(draft),
    }
    return answer(request, draft, step, context)


def check_step(request: MemberRequest, draft: ProjectDraft, step: str) -> HttpResponse:
    """Everything at a glance; POST creates the project."""
    missing = [name for name in STEPS[:-1] if name not in draft.document["done"] and name != "data"]
    form = CapsForm(request.POST if request.method == "POST" else None, initial=initial_of(step, draft))
    if request.method == "POST":
        is_good = form.is_valid()
        caps = {name: value for name, value in form.cleaned_data.items() if name != "items"}
        drafting.save_draft(draft, caps, step=step, is_done=is_good, at=timezone.now())
        if is_good and not missing and not wants_fragment(request):
            try:
                project = drafting.create_project(draft, by=request.user, at=timezone.now())
                return redirect("customer:project", request.organization.slug, project.public_id)
            except BusinessError as error:
                form.add_error(None, str(error))
    context = {
        "form": form,
        "missing": [(name, TITLES[name]) for name in missing],
        "count": draft.files.count(),
        "wrong": len(form.errors) + len(missing),
    }
    return answer(request, draft, step, context)


VIEWS: dict[str, Callable[[MemberRequest, ProjectDraft, str], HttpResponse]] = {
    "data": data_step,
    "taxonomy": taxonomy_step,
    "check": check_step,
}


def wants_fragment(request: MemberRequest) -> bool:
    """While people type, the form is sent to be kept; only what follows from it is brought."""
    return request.method == "POST" and bool(request.headers.get("HX-Request"))


def go_on(request: MemberRequest, draft: ProjectDraft, step: str) -> HttpResponse:
    if "keep" in request.POST:
        return redirect("customer:projects", request.organization.slug)
    following = STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]
    return redirect("customer:draft", request.organization.slug, draft.public_id, following)


def answer(request: MemberRequest, draft: ProjectDraft, step: str, more: Json) -> HttpResponse:
    """The page of the step; for htmx, which keeps the draft while people type, only what follows from it."""
    if "keep" in request.POST:
        return redirect("customer:projects", request.organization.slug)
    number = STEPS.index(step)
    context: Json = {
        "slug": request.organization.slug,
        "draft": draft,
        "step": step,
        "title": TITLES[step],
        "steps": steps_of(draft, step),
        "back": STEPS[number - 1] if number else "",
        "next_title": TITLES[STEPS[number + 1]] if number + 1 < len(STEPS) else "",
        **aside_of(request, draft, step),
        **more,
    }
    if wants_fragment(request):
        return render(request, "projects/wizard/_aside.html", context)
    is_wrong = request.method == "POST" and more.get("wrong") and not request.POST.get("deed")
    return render(request, f"projects/wizard/{step}.html", context, status=422 if is_wrong else 200)


def steps_of(draft: ProjectDraft | None, here: str) -> list[Json]:
    done = draft.document.get("done", []) if draft else []
    return [{"code": step, "title": TITLES[step], "is_done": step in done, "is_here": step == here} for step in STEPS]


def aside_of(request: MemberRequest, draft: ProjectDraft, step: str) -> Json:
    """What stands beside the step: the workbench, the rendered instruction, or what it costs."""
    now = timezone.now()
    if step == "instructions":
        return {"html": rendered(request, draft)}
    if step == "taxonomy":
        return {"payload": preview(request, draft)}
    if step in {"pipeline", "people", "check"}:
        return {"estimate": estimated(request, draft), "currency": request.organization.currency, "now": now}
    return {}


def preview(request: MemberRequest, draft: ProjectDraft) -> Json | None:
    """None while something is missing."""
    try:
        terms = drafting.terms_of(draft.document)
    except (KeyError, TypeError, ValueError):
        return None
    first = draft.files.exclude(file=None).select_related("file").prefetch_related("file__renditions").first()
    own = previewing.medium_of(first.file if first else None, user=request.user, at=timezone.now())
    html = rendered(request, draft)
    return previewing.payload(draft.document["kind"], terms.params, terms.taxonomy, html=html, media=own)


def rendered(request: MemberRequest, draft: ProjectDraft) -> str:
    shown = Project(organization=draft.organization)
    return instructions.render(shown, draft.document.get("instruction", ""), user=request.user, at=timezone.now())


def estimated(request: MemberRequest, draft: ProjectDraft) -> estimating.Estimate:
    given = request.POST.get("items", "")
    items = int(given) if given.isdecimal() and len(given) < 10 and int(given) else draft.files.count() or 1000
    bare = {**draft.document, "kind": "categorization", "rows": {}}
    return estimating.estimate(drafting.terms_of(bare), items)


@require_http_methods(["GET", "HEAD"])
@member_required(permission=CHANGE)
def preview_draft(request: MemberRequest, slug: str, draft_id: str) -> HttpResponse:
    """The real workbench, in its full size; nothing is sent."""
    draft = find_draft(request, draft_id)
    context = {"payload": preview(request, draft), "home": f"/o/{slug}/projects/drafts/{draft.public_id}/taxonomy/"}
    return render(request, "projects/wizard/bench.html", context)


@require_POST
@member_required(permission=CHANGE)
def forget_draft(request: MemberRequest, slug: str, draft_id: str) -> HttpResponse:
    drafting.forget_draft(find_draft(request, draft_id))
    return redirect("customer:projects", slug)
