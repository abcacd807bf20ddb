"""What the database says at once about an assignment, so that a hot path asks further only where there is something."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import (
    Count,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
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
    """`skips` are those of the worker's day on the project."""

    is_handed_in: bool
    is_paused: bool
    has_draft: bool
    has_files: bool
    skips: int


NAMES = [field.name for field in fields(Situation)]


@dataclass(frozen=True)
class Mine:
    """The assignment with its work item, task, content, project and version, and what was true of it then."""

    assignment: Assignment
    situation: Situation


def mine(worker: Worker, public_id: str, *, at: datetime) -> Mine:
    """The worker's own assignment. Raises Http404."""
    begin, end = returning.day_around(worker, at=at)
    found: Any = MINE.first_object(public_id=public_id, at=at, begin=begin, end=end)
    # Asked here: with both conditions the planner may read all that the worker has ever done, to find this one.
    if found is None or found.worker_id != worker.pk:
        raise Http404
    task = found.work_item.task
    found.worker, found.version = worker, version_of(found.version_id)
    # A task that somebody has had in hand stays with its version.
    task.version = found.version if task.version_id == found.version_id else version_of(task.version_id)
    return Mine(found, Situation(*(getattr(found, name) for name in NAMES)))


def situation_of(assignment: Assignment, *, at: datetime) -> Situation:
    """Of an assignment that was read otherwise."""
    begin, end = returning.day_around(assignment.worker, at=at)
    found = Assignment.objects.filter(pk=assignment.pk)
    return Situation(*in_situation(found, at, begin, end).values_list(*NAMES).get())


def in_situation(
    assignments: QuerySet[Assignment], at: datetime, begin: datetime, end: datetime
) -> QuerySet[Assignment, Any]:
    task = {"task": OuterRef("work_item__task")}
    own = {"work_item": OuterRef("work_item"), "worker": OuterRef("worker")}
    skipped = returning.skips_between(begin, end).filter(
        worker=OuterRef("worker"), work_item__task__project=OuterRef("work_item__task__project")
    )
    return assignments.annotate(
        is_handed_in=there_is(Submission.objects.filter(assignment=OuterRef("pk"))),
        is_paused=there_is(pauses_over_task(at=at)),
        has_draft=there_is(Draft.objects.filter(**own)),
        has_files=there_is(Attachment.objects.filter(file__isnull=False, **task)),
        skips=count_of(skipped),
    )


def pauses_over_task(*, at: datetime) -> QuerySet[Pause]:
    """Those in force over the outer assignment; labeling.stopping says which of them concern it, and how."""
    names = ("organization", "project", "batch")
    return Pause.objects.in_force(at=at).over(
        **{name: OuterRef(f"work_item__task__{name}") for name in names},
        task_type=OuterRef("work_item__task__project__type"),
        country=OuterRef("worker__country"),
    )


def count_of(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("worker").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


MINE = PreparedObjects(
    lambda public_id, at, begin, end: in_situation(
        Assignment.objects.filter(public_id=public_id).select_related(
            "work_item__task__content", "work_item__task__project"
        ),
        at,
        begin,
        end,
    ),
    public_id=str,
    at=datetime,
    begin=datetime,
    end=datetime,
)
