"""What an admin calls what is paused, and what workers must not read of it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

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


def rows_of(pauses: Iterable[Pause]) -> list[dict[str, Any]]:
    """One row for what one act has ordered, and one act has lifted: its first pause, `all` of them, their names."""
    acts: dict[tuple[UUID, datetime | None], list[Pause]] = defaultdict(list)
    for one in pauses:
        acts[one.group, one.ended_at].append(one)
    found = [sorted(ones, key=lambda one: one.pk) for ones in acts.values()]
    return [
        {"pause": ones[0], "name": names_of(map(Scope.of_pause, ones)), "all": [row_of(one) for one in ones]}
        for ones in found
    ]


def names_of(scopes: Iterable[Scope]) -> str:
    return ", ".join(map(name_of, scopes))


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


def hidden_names(*scopes: Scope) -> tuple[str, ...]:
    """Names that workers must not read in the text of a pause of these."""
    owned = [one for scope in scopes for one in (scope.organization, scope.project)]
    return tuple(dict.fromkeys(one.name for one in owned if one is not None))
