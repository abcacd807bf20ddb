"""Ordering a pause, on the admin's side: what, and the form with whom and what it would reach."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import PersonRequest, site_admin_required
from accounts.models import User
from core import codes
from labeling import pausing, previewing, quieting
from labeling.pause_forms import OwnPauseForm, PauseForm
from labeling.scope_names import RELATED, hidden_names, names_of, row_of
from labeling.scopes import Scope, Together
from labeling.views.scopes_together import scope_or_404, scopes_or_404, together_context
from projects.models import Pause, PauseScope
from projects.wording import kind_name
from task_types import registry
from workers.models import Skill


@require_GET
@site_admin_required
def choose(request: PersonRequest) -> HttpResponse:
    """What is to stand still; what is chosen leads on to its form."""
    kind, name = (request.GET.get(asked, "") for asked in ("kind", "name"))
    if kind and name:
        scope_or_404(request, kind, name)
        return redirect("operations:pause", kind, name)
    skills = Skill.objects.visible_to(request.user).in_use().order_by("name", "pk").select_related("organization")
    groups = [
        (PauseScope.TYPE, _("Kind of work"), [(one, kind_name(one)) for one in registry.NAMES]),
        (PauseScope.SKILL, _("Skill"), [(skill.public_id, skill.name) for skill in skills]),
        (PauseScope.COUNTRY, _("Country"), codes.countries()),
    ]
    return render(request, "labeling/pause_what.html", {"groups": [one for one in groups if one[2]]})


@require_http_methods(["GET", "POST"])
@site_admin_required
def pause(request: PersonRequest, kind: str, public_id: str = "") -> HttpResponse:
    """The form with its preview; sending it stops the scopes before the answer comes."""
    scopes = scopes_or_404(request, kind, public_id)
    form = PauseForm(
        request.POST or None, hidden_names=hidden_names(*scopes), initial={"time_zone": zone_of(request, scopes)}
    )
    if request.method == "POST" and form.is_valid():
        messages.success(request, order_pause(scopes, form, by=request.user) % {"name": names_of(scopes)})
        return redirect("operations:pauses")
    context = preview_context(scopes, form) | {"together": together_context(request, kind, scopes)}
    return render(request, "labeling/pause.html", context, status=422 if form.errors else 200)


def order_pause(scopes: Sequence[Scope], form: PauseForm, *, by: User) -> str:
    """What was done, in words."""
    if form.weekly:
        quieting.start(scopes, form.weekly, form.order(), by=by, at=timezone.now())
        return _("%(name)s has quiet hours from now on.")
    first, *_others = pausing.pause(scopes, form.order(), by=by, at=timezone.now())
    return _("Paused: %(name)s.") if first.begun_at else _("The pause of %(name)s is set.")


def zone_of(request: PersonRequest, scopes: Sequence[Scope]) -> str:
    """Whose clock quiet hours follow unless somebody says otherwise: the customer's where all are one customer's."""
    zones = {scope.organization.time_zone if scope.organization is not None else "" for scope in scopes}
    return zones.pop() if len(zones) == 1 and "" not in zones else request.user.time_zone


def preview_context(scopes: Sequence[Scope], form: PauseForm) -> dict[str, Any]:
    now = timezone.now()
    data = form.data if form.is_bound else {}
    goes_on = bool(data.get("reviews_go_on"))
    standing = {one.pk: one for scope in scopes for one in standing_over(scope)}
    return {
        "form": form,
        "name": names_of(scopes),
        "preview": previewing.preview(Together(tuple(scopes)), reviews_go_on=goes_on, at=now),
        "standing": [row_of(one) for one in standing.values()],
        "back": _("Pauses"),
        "back_url": reverse("operations:pauses"),
        "may_repeat": not isinstance(form, OwnPauseForm),
    }


def standing_over(scope: Scope) -> list[Pause]:
    """The pauses in force that the scope lies in, or that stop the same: lifting one of them lifts no other."""
    found = Pause.objects.in_force(at=timezone.now()).select_related(*RELATED)
    over = Q(scope=PauseScope.SITE) | (Q(scope=scope.kind) & subject_is(scope))
    if scope.organization is not None:
        over |= Q(organization=scope.organization)
    if (project := scope.project) is not None:
        over |= Q(project=project) | Q(scope=PauseScope.TYPE, type=project.type)
        over |= Q(skill__in=project.required_skills.values("skill"))
    return list(found.filter(over).order_by("starts_at"))


def subject_is(scope: Scope) -> Q:
    return Q() if scope.subject is None else Q(**{scope.kind: scope.subject})
