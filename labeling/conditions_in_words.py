"""What a worker reads of the conditions of a project: which skill, which language, until when."""

from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formats
from labeling import eligibility, timing
from labeling.eligibility import Barrier
from labeling.models import WorkDay, WorkedFor
from projects.models import Project, Requirement, RequirementKind
from workers.models import Worker, WorkerSkill

InWords = tuple[str, datetime | None]


def of_barrier(worker: Worker, barrier: Barrier, project: Project, *, at: datetime) -> InWords | None:
    """The sentence, and when it is over (None: nobody can say); None for barriers that are told otherwise."""
    match barrier:
        case Barrier.HOURS:
            return of_hours(worker, at=at)
        case Barrier.SKILL:
            return of_skills(worker, project, at=at), None
        case Barrier.LANGUAGE:
            return of_languages(project), None
        case Barrier.WALL:
            return "", end_of_walls(worker, project, at=at)
    return None


def of_hours(worker: Worker, *, at: datetime) -> InWords:
    """The week counts where both are used up: it is over later."""
    today = timing.day_of(worker, at=at)
    monday = timing.monday_before(today)
    if worker.week_limit_s is not None and worked_s(worker, monday, today) >= worker.week_limit_s:
        hours = formats.duration(timedelta(seconds=worker.week_limit_s))
        return _("You have worked this week's %(hours)s.") % {"hours": hours}, midnight(worker, monday, days=7)
    hours = formats.duration(timedelta(seconds=worker.day_limit_s or 0))
    return _("You have worked today's %(hours)s.") % {"hours": hours}, midnight(worker, today, days=1)


def worked_s(worker: Worker, first: date, last: date) -> float:
    days = WorkDay.objects.filter(worker=worker, day__range=(first, last)).values_list("worked_ms", flat=True)
    return sum(days) / 1000


def midnight(worker: Worker, day: date, *, days: int) -> datetime:
    """The beginning of the day so many days later, in the worker's time zone."""
    return datetime.combine(day + timedelta(days=days), time(), timing.zone_of(worker))


def of_skills(worker: Worker, project: Project, *, at: datetime) -> str:
    missing = list(eligibility.missing_skills(worker, project, at=at).select_related("skill").order_by("skill__name"))
    ended = WorkerSkill.objects.filter(worker=worker, skill__in=[one.skill for one in missing], revoked_at=None)
    if over := ended.filter(expires_at__lte=at).select_related("skill").order_by("-expires_at").first():
        assert over.expires_at is not None  # filtered
        day = formats.moment(over.expires_at, now=at)
        return _("Your skill “%(name)s” ended %(day)s.") % {"name": over.skill.name, "day": day}
    names = ", ".join(f"“{one.skill.name}”" for one in missing)
    return ngettext(
        "This project needs the skill %(names)s.", "This project needs the skills %(names)s.", len(missing)
    ) % {"names": names}


def of_languages(project: Project) -> str:
    asked = Requirement.objects.filter(project=project, kind=RequirementKind.LANGUAGE).order_by("code")
    names = ", ".join(formats.language(code) for code in asked.values_list("code", flat=True))
    return _("This project is for people who work in one of: %(names)s.") % {"names": names}


def end_of_walls(worker: Worker, project: Project, *, at: datetime) -> datetime | None:
    """When the last of the walls in the way lets the worker through; the other customers are not named."""
    others = list(eligibility.walls(worker, project.organization_id, at=at).select_related("wall"))
    worked = WorkedFor.objects.filter(worker=worker, organization__in=[one.organization_id for one in others])
    last = dict(worked.values_list("organization", "last_at"))
    return max((last[one.organization_id] + one.wall.length for one in others), default=None)
