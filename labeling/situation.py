"""What the database says at once about an assignment, so that a hot path asks further only where there is something."""

from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache, reduce
from operator import or_
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404

from core.prepared import PreparedObjects
from labeling import returning
from labeling.eligibility import there_is
from labeling.models import Assignment, Draft, Submission
from projects.models import Attachment, Pause
from projects.versions import version as version_of
from workers.models import Worker


@dataclass(frozen=True)
class Situation:
    """For whoever acts on it. `is_paused`: some pause may concern it; labeling.stopping says which do, and how."""

    is_handed_in: bool
    is_paused: bool
    has_files: bool


@dataclass(frozen=True)
class Surroundings:
    """For whoever is shown it. `skips` are those of the worker's day on the project."""

    is_paused: bool
    has_files: bool
    has_draft: bool
    skips: int


@dataclass(frozen=True)
class Mine:
    """The assignment with its work item, task, content, project and version, and what was true of it then."""

    assignment: Assignment
    situation: Situation


@dataclass(frozen=True)
class Shown:
    """The same, to be looked at."""

    assignment: Assignment
    surroundings: Surroundings


def mine(worker: Worker, public_id: str, *, at: datetime) -> Mine:
    """The worker's own assignment. Raises Http404."""
    found = own(MINE.first_object(public_id=public_id, at=at), worker)
    return Mine(found, Situation(*(getattr(found, name) for name in names_of(Situation))))


def shown(worker: Worker, public_id: str, *, at: datetime) -> Shown:
    """The worker's own assignment. Raises Http404."""
    begin, end = returning.day_around(worker, at=at)
    found = own(SHOWN.first_object(public_id=public_id, at=at, begin=begin, end=end), worker)
    return Shown(found, Surroundings(*(getattr(found, name) for name in names_of(Surroundings))))


def own(found: Any, worker: Worker) -> Assignment:
    # Asked here: with both conditions the planner may read all that the worker has ever done, to find this one.
    if found is None or found.worker_id != worker.pk:
        raise Http404
    task = found.work_item.task
    found.worker, found.version = worker, version_of(found.version_id)
    # A task that somebody has had in hand stays with its version.
    task.version = found.version if task.version_id == found.version_id else version_of(task.version_id)
    assert isinstance(found, Assignment)
    return found


def situation_of(assignment: Assignment, *, at: datetime) -> Situation:
    """Of an assignment that was read otherwise."""
    found = with_situation(Assignment.objects.filter(pk=assignment.pk), at)
    return Situation(*found.values_list(*names_of(Situation)).get())


def surroundings_of(assignment: Assignment, *, at: datetime) -> Surroundings:
    """Of an assignment that was read otherwise."""
    begin, end = returning.day_around(assignment.worker, at=at)
    found = with_surroundings(Assignment.objects.filter(pk=assignment.pk), at, begin, end)
    return Surroundings(*found.values_list(*names_of(Surroundings)).get())


@cache
def names_of(kind: type[Situation | Surroundings]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def with_situation(assignments: QuerySet[Assignment], at: datetime) -> QuerySet[Assignment, Any]:
    return assignments.annotate(
        is_handed_in=there_is(Submission.objects.filter(assignment=OuterRef("pk"))),
        is_paused=there_is(pauses_that_may_concern(at=at)),
        has_files=there_is(files_of_task()),
    )


def with_surroundings(
    assignments: QuerySet[Assignment], at: datetime, begin: datetime, end: datetime
) -> QuerySet[Assignment, Any]:
    own = {"work_item": OuterRef("work_item"), "worker": OuterRef("worker")}
    skipped = returning.skips_between(begin, end).filter(
        worker=OuterRef("worker"), work_item__task__project=OuterRef("work_item__task__project")
    )
    return assignments.annotate(
        is_paused=there_is(pauses_that_may_concern(at=at)),
        has_files=there_is(files_of_task()),
        has_draft=there_is(Draft.objects.filter(**own)),
        skips=count_of(skipped),
    )


def files_of_task() -> QuerySet[Attachment]:
    return Attachment.objects.filter(file__isnull=False, task=OuterRef("work_item__task"))


def pauses_that_may_concern(*, at: datetime) -> QuerySet[Pause]:
    """Those in force over the outer assignment's task, and all of a scope that has none of its rows."""
    found = Pause.objects.in_force(at=at)
    names = ("organization", "project", "batch")
    over = [Q(**{name: OuterRef(f"work_item__task__{name}")}) for name in names]
    return found.filter(reduce(or_, over, ~Q(scope__in=names)))


def count_of(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("worker").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def with_task(public_id: str) -> QuerySet[Assignment]:
    found = Assignment.objects.filter(public_id=public_id)
    return found.select_related("work_item__task__content", "work_item__task__project")


MINE = PreparedObjects(lambda public_id, at: with_situation(with_task(public_id), at), public_id=str, at=datetime)
SHOWN = PreparedObjects(
    lambda public_id, at, begin, end: with_surroundings(with_task(public_id), at, begin, end),
    public_id=str,
    at=datetime,
    begin=datetime,
    end=datetime,
)
