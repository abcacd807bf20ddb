"""Stopping and resuming, on the admin's side."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import PersonRequest, site_admin_required
from accounts.models import Organization
from core.paging import keyset_page
from labeling import pausing, previewing
from labeling.forms import PauseForm, ProlongForm
from labeling.scopes import Scope
from projects.models import Batch, Pause, PausePolicy, PauseScope, Project

FOR_ROW = ["organization", "project__organization", "batch__project", "created_by", "ended_by"]


@require_GET
@site_admin_required
def pauses(request: PersonRequest) -> HttpResponse:
    """What stands still, why, since when; and what did."""
    visible = Pause.objects.visible_to(request.user).select_related(*FOR_ROW)
    now = timezone.now()
    page = keyset_page(visible.exclude(ended_at=None), request, size=25)
    context = {
        "in_force": [row_of(one) for one in visible.in_force(at=now).order_by("-starts_at")],
        "page": page,
        "over": [row_of(one) for one in page.rows],
    }
    return render(request, "labeling/pauses.html", context)


def row_of(one: Pause) -> dict[str, Any]:
    return {"pause": one, "name": name_of(Scope.of_pause(one))}


def name_of(scope: Scope) -> str:
    """What an admin calls it."""
    if scope.batch is not None:
        return f"{scope.batch.project.codename} / {scope.batch}"
    if scope.project is not None:
        return scope.project.codename
    return scope.organization.name if scope.organization is not None else _("the whole site")


@require_http_methods(["GET", "POST"])
@site_admin_required
def pause(request: PersonRequest, kind: str, public_id: str = "") -> HttpResponse:
    """The form with its preview; sending it stops the scope before the answer comes."""
    scope = scope_or_404(request, kind, public_id)
    form = PauseForm(request.POST or None, hidden_names=hidden_names(scope))
    if request.method == "POST" and form.is_valid():
        pausing.pause([scope], form.order(), by=request.user, at=timezone.now())
        messages.success(request, _("Paused: %(name)s.") % {"name": name_of(scope)})
        return redirect("operations:pauses")
    return render(request, "labeling/pause.html", preview_context(scope, form), status=422 if form.errors else 200)


def preview_context(scope: Scope, form: PauseForm) -> dict[str, Any]:
    now = timezone.now()
    data = form.data if form.is_bound else {}
    goes_on = bool(data.get("reviews_go_on"))
    return {
        "form": form,
        "scope": scope,
        "name": name_of(scope),
        "preview": previewing.preview(scope, reviews_go_on=goes_on, at=now),
        "standing": [row_of(one) for one in standing_over(scope)],
        "is_grace": data.get("policy") == PausePolicy.GRACE,
    }


def standing_over(scope: Scope) -> list[Pause]:
    """The pauses in force over the same work: lifting this one will not lift them."""
    found = Pause.objects.in_force(at=timezone.now()).select_related(*FOR_ROW)
    organization_id, project_id = ids_of(scope)
    wide = [one for one in found if one.scope == PauseScope.SITE or one.organization_id == organization_id]
    near = [one for one in found if project_id is not None and one.project_id == project_id]
    same = [one for one in found if scope.batch is not None and one.batch_id == scope.batch.pk]
    return list({one.pk: one for one in [*wide, *near, *same]}.values())


def ids_of(scope: Scope) -> tuple[int | None, int | None]:
    """(organization, project) that the scope lies in; -1 where there is none, which no row has."""
    if scope.batch is not None:
        return scope.batch.organization_id, scope.batch.project_id
    if scope.project is not None:
        return scope.project.organization_id, scope.project.pk
    return (scope.organization.pk if scope.organization is not None else -1), None


def hidden_names(scope: Scope) -> tuple[str, ...]:
    """Names that workers must not read in this pause's text."""
    project = scope.project or (scope.batch.project if scope.batch is not None else None)
    organization = scope.organization or (project.organization if project is not None else None)
    return tuple(one.name for one in (organization, project) if one is not None)


def scope_or_404(request: PersonRequest, kind: str, public_id: str) -> Scope:
    user = request.user
    match kind:
        case PauseScope.SITE if not public_id:
            return Scope.of(None)
        case PauseScope.ORGANIZATION:
            return Scope.of(get_object_or_404(Organization.objects.visible_to(user), public_id=public_id))
        case PauseScope.PROJECT:
            projects = Project.objects.visible_to(user).select_related("organization")
            return Scope.of(get_object_or_404(projects, public_id=public_id))
        case PauseScope.BATCH:
            batches = Batch.objects.visible_to(user).select_related("project__organization")
            return Scope.of(get_object_or_404(batches, public_id=public_id))
    raise Http404


@require_POST
@site_admin_required
def resume(request: PersonRequest, public_id: str) -> HttpResponse:
    one = get_object_or_404(Pause.objects.visible_to(request.user).select_related(*FOR_ROW), public_id=public_id)
    pausing.resume(one, by=request.user, at=timezone.now())
    left = standing_over(Scope.of_pause(one))
    name = name_of(Scope.of_pause(one))
    if left:
        causes = ", ".join(name_of(Scope.of_pause(cause)) for cause in left)
        messages.warning(request, _("This pause is lifted. %(causes)s still stands.") % {"causes": causes})
    else:
        messages.success(request, _("Open again: %(name)s.") % {"name": name})
    return redirect("operations:pauses")


@require_POST
@site_admin_required
def prolong(request: PersonRequest, public_id: str) -> HttpResponse:
    one = get_object_or_404(Pause.objects.visible_to(request.user), public_id=public_id)
    form = ProlongForm(request.POST)
    if form.is_valid():
        pausing.prolong(one, ends_at=form.cleaned_data["ends_at"], by=request.user, at=timezone.now())
        messages.success(request, _("The expected end is changed."))
    else:
        messages.error(request, _("This is not a moment: choose a day and a time."))
    return redirect("operations:pauses")
