"""Which things a form of a pause is about: one, or several of the same kind at once."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.access import PersonRequest
from accounts.models import Organization
from core import codes
from labeling.scope_names import name_of
from labeling.scopes import Scope
from projects.models import Batch, BatchStatus, PauseScope, Project
from projects.wording import kind_name
from task_types import registry
from workers.models import Skill

MOST_TOGETHER = 100
MOST_OFFERED = 500
HEADINGS = {
    PauseScope.TYPE: lambda: _("Together with other kinds of work"),
    PauseScope.SKILL: lambda: _("Together with other skills"),
    PauseScope.COUNTRY: lambda: _("Together with other countries"),
    PauseScope.ORGANIZATION: lambda: _("Together with other customers"),
    PauseScope.PROJECT: lambda: _("Together with other projects"),
    PauseScope.BATCH: lambda: _("Together with other batches"),
}


def scopes_or_404(request: PersonRequest, kind: str, name: str) -> list[Scope]:
    """What the address names, and what its query names `also`: each once."""
    names = list(dict.fromkeys([name, *request.GET.getlist("also")]))
    return [scope_or_404(request, kind, one) for one in names[:MOST_TOGETHER]]


def scope_or_404(request: PersonRequest, kind: str, name: str) -> Scope:
    """`name`: the public id of a row, a kind of work, a country's code; of the site nothing."""
    match kind:
        case PauseScope.SITE if not name:
            return Scope(kind)
        case PauseScope.TYPE if name in registry.NAMES:
            return Scope(kind, name)
        case PauseScope.COUNTRY if name in codes.country_codes():
            return Scope(kind, name)
    rows: dict[str, Any] = {
        PauseScope.ORGANIZATION: Organization.objects.all(),
        PauseScope.PROJECT: Project.objects.select_related("organization"),
        PauseScope.BATCH: Batch.objects.select_related("project__organization"),
        PauseScope.SKILL: Skill.objects.all(),
    }
    if kind not in rows:
        raise Http404
    return Scope(kind, get_object_or_404(rows[kind].visible_to(request.user), public_id=name))


def together_context(request: PersonRequest, kind: str, scopes: list[Scope]) -> dict[str, Any]:
    """What else of the same kind can be chosen, and what is; nothing of the whole site."""
    first, chosen = value_of(scopes[0]), {value_of(scope) for scope in scopes}
    offered = [(value_of(one), name_of(one)) for one in offered_of(request, kind)]
    # What was chosen stays a choice where it is none of those offered.
    known = {value for value, _name in offered}
    offered += [(value_of(one), name_of(one)) for one in scopes if value_of(one) not in known]
    return {
        "heading": HEADINGS[PauseScope(kind)]() if kind in HEADINGS else "",
        "choices": [(value, name, value in chosen) for value, name in offered if value != first],
        "count": len(scopes),
    }


def value_of(scope: Scope) -> str:
    """As the address has it."""
    return str(getattr(scope.subject, "public_id", scope.subject or ""))


def offered_of(request: PersonRequest, kind: str) -> list[Scope]:
    user = request.user
    projects = Project.objects.visible_to(user).live().select_related("organization").order_by("codename")
    batches = Batch.objects.visible_to(user).filter(
        status__in=[BatchStatus.STAGING, BatchStatus.IN_PROGRESS], project__in=projects.order_by()
    )
    rows: dict[str, Any] = {
        PauseScope.ORGANIZATION: Organization.objects.visible_to(user).order_by("name", "pk"),
        PauseScope.PROJECT: projects,
        PauseScope.BATCH: batches.select_related("project__organization").order_by("project__codename", "order_key"),
        PauseScope.SKILL: Skill.objects.visible_to(user).in_use().order_by("name", "pk"),
        PauseScope.TYPE: sorted(registry.NAMES, key=kind_name),
        PauseScope.COUNTRY: [code for code, _name in codes.countries()],
    }
    return [Scope(kind, one) for one in rows.get(kind, [])[:MOST_OFFERED]]
