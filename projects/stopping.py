"""The pauses in force over projects, as the customer sees them."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from projects import counting
from projects.models import Pause, PauseScope, Project


def over_projects(projects: Sequence[Project], *, at: datetime) -> dict[int, list[Pause]]:
    """By project: what stops it as a whole, the widest scope first. One query."""
    organizations = {project.organization_id for project in projects}
    scope = Q(scope=PauseScope.SITE) | Q(organization_id__in=organizations) | Q(project__in=projects)
    found = list(Pause.objects.in_force(at=at).filter(scope).order_by("starts_at"))
    return {
        project.pk: sorted((pause for pause in found if concerns(pause, project)), key=width) for project in projects
    }


def concerns(pause: Pause, project: Project) -> bool:
    if pause.scope == PauseScope.SITE:
        return True
    return pause.organization_id == project.organization_id or pause.project_id == project.pk


def width(pause: Pause) -> int:
    return list(PauseScope).index(PauseScope(pause.scope))


def of_batches(batch_ids: Sequence[int], *, at: datetime) -> dict[int, list[Pause]]:
    """The pauses of the single batches, by batch; those of a whole project or more are over_projects'."""
    found: dict[int, list[Pause]] = {}
    for pause in Pause.objects.in_force(at=at).filter(batch_id__in=batch_ids).order_by("starts_at"):
        found.setdefault(pause.batch_id or 0, []).append(pause)
    return found


def state_of(project: Project, pauses: Sequence[Pause], *, pending: int) -> str:
    """The project's state for its badge: archived, paused, in_progress, or staging while nothing waits to be done."""
    if project.archived_at is not None:
        return "archived"
    if pauses:
        return "paused"
    return "in_progress" if pending else "waiting"


def current_state(project: Project, *, at: datetime) -> str:
    counts = counting.of_projects([project])[project.pk]
    return state_of(project, over_projects([project], at=at)[project.pk], pending=counts.pending)
