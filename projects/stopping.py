"""The pauses in force over projects, as the customer sees them."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from projects import counting
from projects.models import Batch, BatchStatus, Pause, PauseQuerySet, PauseScope, Project, RequiredSkill
from workers.models import Worker


def over_projects(projects: Sequence[Project], *, at: datetime) -> dict[int, list[Pause]]:
    """By project: what stops it as a whole, for everybody, the widest scope first. Two queries."""
    return found_over(projects, Pause.objects.in_force(at=at))


def withheld_from(worker: Worker, projects: Sequence[Project], *, at: datetime) -> dict[int, list[Pause]]:
    """The same with what stops it for the worker alone, by their country or until a ramp has come to them."""
    return found_over(projects, Pause.objects.withholding(worker.pk, at=at), country=worker.country)


def found_over(projects: Sequence[Project], pauses: PauseQuerySet, *, country: str = "") -> dict[int, list[Pause]]:
    skills = skills_of(projects)
    named = Q(scope=PauseScope.TYPE, type__in={project.type for project in projects})
    named |= Q(organization__in={project.organization_id for project in projects}) | Q(project__in=projects)
    named |= Q(skill__in=set().union(*skills.values())) | Q(scope=PauseScope.COUNTRY, country=country)
    found = list(pauses.filter(named | Q(scope=PauseScope.SITE)).order_by("starts_at"))
    return {
        project.pk: sorted((one for one in found if concerns(one, project, skills[project.pk])), key=width)
        for project in projects
    }


def skills_of(projects: Sequence[Project]) -> dict[int, set[int]]:
    """The skills that each project asks for."""
    found: dict[int, set[int]] = {project.pk: set() for project in projects}
    for project_id, skill_id in RequiredSkill.objects.filter(project__in=projects).values_list("project", "skill"):
        found[project_id].add(skill_id)
    return found


def concerns(pause: Pause, project: Project, skills: set[int]) -> bool:
    """Whether a pause that was found for some of the projects, and for one country, stops this one."""
    match pause.scope:
        case PauseScope.ORGANIZATION:
            return pause.organization_id == project.organization_id
        case PauseScope.PROJECT:
            return pause.project_id == project.pk
        case PauseScope.TYPE:
            return pause.type == project.type
        case PauseScope.SKILL:
            return pause.skill_id in skills
    return True


def width(pause: Pause) -> int:
    return list(PauseScope).index(PauseScope(pause.scope))


def of_batches(batch_ids: Sequence[int], *, at: datetime) -> dict[int, list[Pause]]:
    """The pauses of the single batches, by batch; those of a whole project or more are over_projects'."""
    found: dict[int, list[Pause]] = {}
    single = Pause.objects.in_force(at=at).filter(batch_id__in=batch_ids).select_related("batch")
    for pause in single.order_by("starts_at"):
        found.setdefault(pause.batch_id or 0, []).append(pause)
    return found


def batch_state(batch: Batch, *, is_paused: bool) -> str:
    """The batch's state for its badge and the API: paused while a pause of its own stands, unless it has ended."""
    is_open = batch.status in {BatchStatus.STAGING, BatchStatus.IN_PROGRESS}
    return "paused" if is_paused and is_open else batch.status


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
