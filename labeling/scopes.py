"""What a pause stops, and whom and what that reaches."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import Organization
from labeling.models import Assignment, Draft, StageKind
from projects.models import Batch, Enrollment, Pause, PauseScope, Project, TaskStatus


@dataclass(frozen=True)
class Scope:
    """What a pause stops: everything, one customer, one project or one batch."""

    kind: str
    organization: Organization | None = None
    project: Project | None = None
    batch: Batch | None = None

    @classmethod
    def of(cls, subject: Organization | Project | Batch | None) -> "Scope":
        """The scope of a customer, project or batch; of the whole site for None."""
        match subject:
            case None:
                return cls(PauseScope.SITE)
            case Organization():
                return cls(PauseScope.ORGANIZATION, organization=subject)
            case Project():
                return cls(PauseScope.PROJECT, project=subject)
            case Batch():
                return cls(PauseScope.BATCH, batch=subject)

    @classmethod
    def of_pause(cls, pause: Pause) -> "Scope":
        return cls(pause.scope, pause.organization, pause.project, pause.batch)

    def within(self, prefix: str) -> Q:
        """The scope as a condition on something whose batch is at `prefix` (`task__batch` of a work item, …)."""
        if self.organization is not None:
            return Q(**{f"{prefix}__organization": self.organization})
        if self.project is not None:
            return Q(**{f"{prefix}__project": self.project})
        return Q(**{prefix: self.batch}) if self.batch is not None else Q()

    def over_batches(self) -> Q:
        """The scope as a condition on batches."""
        if self.organization is not None:
            return Q(organization=self.organization)
        if self.project is not None:
            return Q(project=self.project)
        return Q(pk=self.batch.pk) if self.batch is not None else Q()

    def over_projects(self) -> Q:
        """The scope as a condition on projects."""
        if self.organization is not None:
            return Q(organization=self.organization)
        if self.project is not None:
            return Q(pk=self.project.pk)
        return Q(batches=self.batch) if self.batch is not None else Q()


def in_hand(scope: Scope, *, reviews_go_on: bool = False) -> QuerySet[Assignment]:
    """The leased assignments that a pause of the scope concerns."""
    found = Assignment.objects.leased().filter(scope.within("work_item__task__batch"))
    return found.exclude(work_item__kind=StageKind.REVIEW) if reviews_go_on else found


def open_drafts(scope: Scope) -> QuerySet[Draft]:
    """Drafts of the scope that may still become an answer."""
    return Draft.objects.filter(scope.within("work_item__task__batch"), work_item__task__status=TaskStatus.PENDING)


def concerned_workers(scope: Scope, leased: QuerySet[Assignment]) -> dict[int, set[str]]:
    """Worker → codenames: whoever holds work of the scope, has a draft in it or is enrolled where it reaches."""
    found: dict[int, set[str]] = defaultdict(set)
    enrolled = Enrollment.objects.active().filter(project__in=Project.objects.filter(scope.over_projects()))
    drafts = open_drafts(scope)
    for rows in (
        enrolled.values_list("worker_id", "project__codename"),
        leased.values_list("worker_id", "work_item__task__project__codename"),
        drafts.values_list("worker_id", "work_item__task__project__codename"),
    ):
        for worker_id, codename in rows.distinct().iterator():
            found[worker_id].add(codename)
    return dict(found)
