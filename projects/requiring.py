"""What a project asks of those who work on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from core import gate
from core.actions import action
from core.errors import BusinessError
from events import recording
from events.verbs import Verb
from projects.creating import event_of
from projects.models import Project, RequiredSkill, Requirement, RequirementKind
from workers.models import Skill


@dataclass(frozen=True)
class Requirements:
    """All of the skills, one of the languages (`pt-br`), one of the countries (`KE`); empty: whatever it is."""

    skills: tuple[Skill, ...] = ()
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()

    @classmethod
    def of(cls, project: Project) -> "Requirements":
        rows = list(Requirement.objects.filter(project=project).order_by("code").values_list("kind", "code"))
        return cls(
            skills=tuple(Skill.objects.filter(required_by__project=project).order_by("name", "pk")),
            languages=tuple(code for kind, code in rows if kind == RequirementKind.LANGUAGE),
            countries=tuple(code for kind, code in rows if kind == RequirementKind.COUNTRY),
        )

    def codes(self) -> dict[str, list[str]]:
        """As an event says them, each list sorted."""
        return {
            "skills": sorted(skill.public_id for skill in self.skills),
            "languages": sorted(set(self.languages)),
            "countries": sorted(set(self.countries)),
        }


def change_requirements(project: Project, new: Requirements, *, by: User, at: datetime) -> bool:
    """Whether anything changed. When this returns nothing is handed out to who lacks what is asked for.

    Work in hand may be finished. Raises BusinessError for a skill that is new here and retired, or another customer's.
    """
    changed = write_requirements(project, new, by=by, at=at)
    if changed:
        gate.drain()
    return changed


@action
def write_requirements(project: Project, new: Requirements, *, by: User, at: datetime) -> bool:
    # Two admins who save at once come here one after the other.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    old = Requirements.of(project)
    before, after = old.codes(), new.codes()
    if before == after:
        return False
    refuse_foreign({skill.pk for skill in new.skills} - {skill.pk for skill in old.skills}, project)
    write_skills(project, old.skills, new.skills)
    write_codes(project, RequirementKind.LANGUAGE, before["languages"], after["languages"])
    write_codes(project, RequirementKind.COUNTRY, before["countries"], after["countries"])
    changes = {name: {"before": before[name], "after": after[name]} for name in after if before[name] != after[name]}
    recording.write(event_of(Verb.REQUIREMENTS_CHANGED, project, by=by, at=at, **changes))
    return True


def refuse_foreign(added: set[int], project: Project) -> None:
    usable = Skill.objects.in_use().for_people_of(project.organization).filter(pk__in=added)
    if usable.count() != len(added):
        raise BusinessError(_("A skill is no longer in use, or is not this customer's."), code="skill")


def write_skills(project: Project, old: Iterable[Skill], new: Iterable[Skill]) -> None:
    before, after = {skill.pk for skill in old}, {skill.pk for skill in new}
    RequiredSkill.objects.filter(project=project, skill__in=before - after).delete()
    RequiredSkill.objects.bulk_create(RequiredSkill(project=project, skill_id=pk) for pk in sorted(after - before))


def write_codes(project: Project, kind: RequirementKind, before: Iterable[str], after: Iterable[str]) -> None:
    gone, added = set(before) - set(after), sorted(set(after) - set(before))
    Requirement.objects.filter(project=project, kind=kind, code__in=gone).delete()
    Requirement.objects.bulk_create(Requirement(project=project, kind=kind, code=code) for code in added)
