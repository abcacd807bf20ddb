"""What a pause stops, and whom and what that reaches."""

from collections import defaultdict
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, TypeAlias

from django.db.models import Q, QuerySet

from accounts.models import Organization
from labeling.models import Assignment, Draft, StageKind
from projects.models import Batch, Enrollment, Pause, PauseScope, Project, RequiredSkill, TaskStatus
from workers.models import Skill

NOTHING = Q(pk__in=())


@dataclass(frozen=True)
class Scope:
    """What a pause stops. `subject`: a row; of a kind of work its name, of a country its code; of the site nothing."""

    kind: str
    subject: Any = None

    @classmethod
    def of(cls, subject: Organization | Project | Batch | Skill | None) -> "Scope":
        """The scope of a customer, project, batch or skill; of the whole site for None."""
        return cls(PauseScope.SITE) if subject is None else cls(KIND_OF[type(subject)], subject)

    @classmethod
    def of_pause(cls, pause: Pause) -> "Scope":
        return cls(pause.scope, None if pause.scope == PauseScope.SITE else getattr(pause, pause.scope))

    @property
    def project(self) -> Project | None:
        """The project that holds it all, if there is one."""
        match self.subject:
            case Project():
                return self.subject
            case Batch():
                return self.subject.project
        return None

    @property
    def organization(self) -> Organization | None:
        """The customer whose work it all is, if there is one."""
        if isinstance(self.subject, Organization):
            return self.subject
        return self.project.organization if self.project is not None else None

    def within(self, batch: str, *, worker: str = "") -> Q:
        """The scope as a condition on something whose batch and whose worker are at these paths (`task__batch`, …).

        A country is where people are: what has no worker is in none.
        """
        match self.kind:
            case PauseScope.SITE:
                return Q()
            case PauseScope.COUNTRY:
                return Q(**{f"{worker}__country": self.subject}) if worker else NOTHING
            case PauseScope.BATCH:
                return Q(**{batch: self.subject})
            case PauseScope.ORGANIZATION:
                return Q(**{f"{batch}__organization": self.subject})
        return self.over_projects(f"{batch}__project__")

    def over_batches(self) -> Q:
        """The scope as a condition on batches."""
        return Q(pk=self.subject.pk) if isinstance(self.subject, Batch) else self.over_projects("project__")

    def over_projects(self, prefix: str = "") -> Q:
        """The scope as a condition on projects, or on what has its project at the prefix (`project__`, …)."""
        match self.kind:
            case PauseScope.SITE:
                return Q()
            case PauseScope.COUNTRY:
                return NOTHING
            case PauseScope.TYPE:
                return Q(**{f"{prefix}type": self.subject})
            case PauseScope.SKILL:
                asking = RequiredSkill.objects.filter(skill=self.subject).values("project")
                return Q(**{f"{prefix}pk__in": asking})
            case PauseScope.ORGANIZATION:
                return Q(**{f"{prefix}organization": self.subject})
        assert self.project is not None  # a project, or a batch of one
        return Q(**{f"{prefix}pk": self.project.pk})

    def over_enrollments(self) -> Q:
        """The scope as a condition on enrollments."""
        if self.kind == PauseScope.COUNTRY:
            return Q(worker__country=self.subject)
        return self.over_projects("project__")


@dataclass(frozen=True)
class Together:
    """Several scopes as one: what lies in two of them is in it once."""

    scopes: tuple[Scope, ...]

    def within(self, batch: str, *, worker: str = "") -> Q:
        return self.either([scope.within(batch, worker=worker) for scope in self.scopes])

    def over_batches(self) -> Q:
        return self.either([scope.over_batches() for scope in self.scopes])

    def over_projects(self, prefix: str = "") -> Q:
        return self.either([scope.over_projects(prefix) for scope in self.scopes])

    def over_enrollments(self) -> Q:
        return self.either([scope.over_enrollments() for scope in self.scopes])

    def either(self, conditions: list[Q]) -> Q:
        """What is in any of them; the one of the whole site is empty, and would be lost beside others."""
        return reduce(or_, conditions) if all(conditions) else Q()


Reach: TypeAlias = "Scope | Together"


KIND_OF: dict[type, PauseScope] = {
    Organization: PauseScope.ORGANIZATION,
    Project: PauseScope.PROJECT,
    Batch: PauseScope.BATCH,
    Skill: PauseScope.SKILL,
}


def work_of(scope: Reach) -> Q:
    """The scope as a condition on what a worker has of a work item: assignments, drafts."""
    return scope.within("work_item__task__batch", worker="worker")


def in_hand(scope: Reach, *, reviews_go_on: bool = False) -> QuerySet[Assignment]:
    """The leased assignments that a pause of the scope concerns."""
    found = Assignment.objects.leased().filter(work_of(scope))
    return found.exclude(work_item__kind=StageKind.REVIEW) if reviews_go_on else found


def open_drafts(scope: Reach) -> QuerySet[Draft]:
    """Drafts of the scope that may still become an answer."""
    return Draft.objects.filter(work_of(scope), work_item__task__status=TaskStatus.PENDING)


def concerned_workers(scope: Reach, leased: QuerySet[Assignment]) -> dict[int, set[str]]:
    """Worker → codenames: whoever holds work of the scope, has a draft in it or is enrolled where it reaches."""
    found: dict[int, set[str]] = defaultdict(set)
    enrolled = Enrollment.objects.active().filter(scope.over_enrollments())
    drafts = open_drafts(scope)
    for rows in (
        enrolled.values_list("worker_id", "project__codename"),
        leased.values_list("worker_id", "work_item__task__project__codename"),
        drafts.values_list("worker_id", "work_item__task__project__codename"),
    ):
        for worker_id, codename in rows.distinct().iterator():
            found[worker_id].add(codename)
    return dict(found)
