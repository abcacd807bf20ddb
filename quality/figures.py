"""How people's work on projects did: how much they handed in, and what was said of it. Nothing of time or money.

For a customer a worker is a pseudonym, one of the own people an address besides.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from labeling.models import Assignment, AssignmentStatus, Review, StageKind
from projects.models import Enrollment, Project, Workforce
from quality.models import Audit
from quality.results import Result, result_of

Pair = tuple[int, int]
"""A worker's key and a project's."""


@dataclass(frozen=True)
class Figures:
    """`answers` and `reviews` were handed in, redos too; `reviewed` and `audited` is what was said of the answers."""

    answers: int = 0
    reviews: int = 0
    reviewed: Result = field(default_factory=Result)
    audited: Result = field(default_factory=Result)


def standings_in(projects: QuerySet[Project]) -> QuerySet[Enrollment]:
    """Whoever works on them, or did, as their customer may know it.

    All of the own people. Of the site's contractors the site decides who is on a project: they are met when they have
    had a task of it in hand, whose page names them.
    """
    had = Assignment.objects.filter(worker=OuterRef("worker"), work_item__task__project=OuterRef("project"))
    own = Q(project__workforce=Workforce.OWN)
    return Enrollment.objects.filter(own | Exists(had), project__in=projects)


def address_of(standing: Enrollment) -> str | None:
    """None for the site's contractors."""
    is_own = standing.project.workforce == Workforce.OWN
    if is_own and standing.worker.organization_id == standing.project.organization_id:
        return standing.worker.user.email
    return None


def figures_of(standings: Sequence[Enrollment]) -> dict[Pair, Figures]:
    """For each standing; three queries, however many."""
    workers = {standing.worker_id for standing in standings}
    projects = {standing.project_id for standing in standings}
    handed_in = counted(
        Assignment.objects.filter(
            worker__in=workers, work_item__task__project__in=projects, status=AssignmentStatus.SUBMITTED
        ),
        worker="worker_id",
        project="work_item__task__project_id",
        what="work_item__kind",
    )
    reviewed = counted(
        Review.objects.filter(submission__assignment__worker__in=workers, submission__task__project__in=projects),
        worker="submission__assignment__worker_id",
        project="submission__task__project_id",
        what="verdict",
    )
    audited = counted(
        Audit.objects.filter(resolution__submission__assignment__worker__in=workers, task__project__in=projects),
        worker="resolution__submission__assignment__worker_id",
        project="task__project_id",
        what="verdict",
    )
    return {
        pair: Figures(
            answers=handed_in.get(pair, {}).get(StageKind.ATTEMPT, 0),
            reviews=handed_in.get(pair, {}).get(StageKind.REVIEW, 0),
            reviewed=result_of(reviewed.get(pair, {})),
            audited=result_of(audited.get(pair, {})),
        )
        for pair in pairs_of(standings)
    }


def pairs_of(standings: Iterable[Enrollment]) -> list[Pair]:
    return [(standing.worker_id, standing.project_id) for standing in standings]


def counted(rows: QuerySet[Any], *, worker: str, project: str, what: str) -> dict[Pair, dict[str, int]]:
    """How many of each `what`, by worker and project."""
    columns = {"of_worker": F(worker), "of_project": F(project), "of_what": F(what)}
    found: dict[Pair, dict[str, int]] = {}
    for row in rows.values(**columns).annotate(count=Count("pk")).order_by():
        found.setdefault((row["of_worker"], row["of_project"]), {})[row["of_what"]] = row["count"]
    return found
