"""What an admin calls what is paused, and what workers must not read of it."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Organization
from core import formats
from labeling.scopes import Scope
from projects.models import Batch, Pause, PauseScope, Project
from projects.wording import kind_name
from workers.models import Skill

# What rows of pauses and their names need.
RELATED = ["organization", "project__organization", "batch__project__organization", "skill", "created_by", "ended_by"]


def row_of(one: Pause) -> dict[str, Any]:
    return {"pause": one, "name": name_of(Scope.of_pause(one))}


def name_of(scope: Scope) -> str:
    """What an admin calls it."""
    match scope.subject:
        case Batch() as batch:
            return f"{batch.project.codename} / {batch}"
        case Project() as project:
            return project.codename
        case Organization() | Skill() as named:
            return named.name
    if scope.kind == PauseScope.COUNTRY:
        return formats.country(str(scope.subject))
    return _("the whole site") if scope.kind == PauseScope.SITE else kind_name(str(scope.subject))


def hidden_names(scope: Scope) -> tuple[str, ...]:
    """Names that workers must not read in this pause's text."""
    return tuple(one.name for one in (scope.organization, scope.project) if one is not None)
