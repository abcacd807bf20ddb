"""Whether a worker may be handed work of a lane: one predicate, three readers.

The claim filters by it, the worker's empty page and the admin's console read which part of it says no.
"""

from datetime import datetime
from typing import Any, TypeAlias

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import NegatedExpression

from accounts.models import Mode
from labeling.models import LEASED, Assignment, AssignmentStatus, Lane, Review, StageKind, Submission, WorkItem
from projects.models import BatchStatus, Enrollment, Hold, Pause, PauseScope
from workers.models import Worker

HAS_BEEN_IN_HAND = [
    AssignmentStatus.RESERVED,
    AssignmentStatus.ACTIVE,
    AssignmentStatus.SUBMITTED,
    AssignmentStatus.SKIPPED,
]


Condition: TypeAlias = "Q | Exists | NegatedExpression[Any]"  # generic in the stubs only


class Barrier(models.TextChoices):
    """Why a lane is closed to a worker, the widest first."""

    NOT_ENROLLED = "not_enrolled"
    HOLD = "hold"
    PAUSED = "paused"
    NOT_STARTED = "not_started"
    ENDED = "ended"
    ROLE = "role"


def open_to(worker: Worker, *, at: datetime) -> QuerySet[Lane]:
    """The lanes whose work may be handed to the worker now."""
    lanes = Lane.objects.all()
    for barrier in conditions(worker, at=at).values():
        lanes = lanes.filter(barrier)
    return lanes


def with_barrier(lanes: QuerySet[Lane], worker: Worker, *, at: datetime) -> QuerySet[Lane]:
    """The same lanes with `barrier`: the first reason that closes each, empty where none does."""
    whens = [When(~Q(condition), then=Value(barrier.value)) for barrier, condition in conditions(worker, at=at).items()]
    return lanes.annotate(barrier=Case(*whens, default=Value(""), output_field=models.CharField()))


def conditions(worker: Worker, *, at: datetime) -> dict[Barrier, Condition]:
    """What has to be true of a lane, by the reason that is given when it is not."""
    standing = Enrollment.objects.active().filter(worker=worker, project=OuterRef("batch__project"))
    holds = Hold.objects.in_force(at=at).filter(Q(project=None) | Q(project=OuterRef("batch__project")), worker=worker)
    may_review = Q(kind=StageKind.REVIEW) & Exists(standing.filter(role__in=["reviewer", "both"]))
    may_attempt = Q(kind=StageKind.ATTEMPT) & Exists(standing.filter(role__in=["worker", "both"]))
    return {
        Barrier.NOT_ENROLLED: Exists(standing),
        Barrier.HOLD: ~Exists(holds),
        Barrier.PAUSED: unpaused(at=at),
        Barrier.NOT_STARTED: ~Q(batch__status=BatchStatus.STAGING),
        Barrier.ENDED: Q(
            batch__status=BatchStatus.IN_PROGRESS, batch__project__archived_at=None, batch__project__mode=Mode.LIVE
        ),
        Barrier.ROLE: may_review | may_attempt,
    }


def unpaused(*, at: datetime) -> Q:
    """That no pause in force holds the lane; some let reviews go on."""
    all_work = Q(~Exists(stops(at=at).filter(reviews_go_on=False)))
    return all_work & (Q(kind=StageKind.REVIEW) | Q(~Exists(stops(at=at).filter(reviews_go_on=True))))


def stops(*, at: datetime) -> QuerySet[Pause]:
    """The pauses in force whose scope holds the outer lane."""
    scope = (
        Q(scope=PauseScope.SITE)
        | Q(scope=PauseScope.ORGANIZATION, organization=OuterRef("batch__organization"))
        | Q(scope=PauseScope.PROJECT, project=OuterRef("batch__project"))
        | Q(scope=PauseScope.BATCH, batch=OuterRef("batch"))
    )
    return Pause.objects.in_force(at=at).filter(scope)


def items_for(worker: Worker, lane: Lane, *, at: datetime) -> QuerySet[WorkItem]:
    """The open work items of the lane that the worker may take, none of which is reserved for somebody else."""
    free = Q(reserved_until=None) | Q(reserved_until__lte=at) | Q(reserved_for=worker)
    return open_items(worker, lane).filter(free)


def open_items(worker: Worker, lane: Lane) -> QuerySet[WorkItem]:
    """As items_for, those reserved for others included: open, not had before, nothing of one's own to judge."""
    here = in_hand(worker).filter(work_item=OuterRef("pk"))
    items = WorkItem.objects.filter(lane=lane, open=True).filter(~Exists(here))
    if lane.kind == StageKind.REVIEW:
        return items.filter(*(~Exists(own) for own in own_part(worker)))
    fills = in_hand(worker).filter(Q(counted=True) | Q(status__in=LEASED))
    own_redo = Q(reserved_for=worker) & ~Exists(elsewhere(fills))
    return items.filter(own_redo | ~Exists(elsewhere(in_hand(worker))))


def in_hand(worker: Worker) -> QuerySet[Assignment]:
    return Assignment.objects.filter(worker=worker, status__in=HAS_BEEN_IN_HAND)


def elsewhere(mine: QuerySet[Assignment]) -> QuerySet[WorkItem]:
    """Another item of the outer item's task in which one of the worker's assignments is.

    Nobody fills two places of a task, or attempts what they have seen answers of. The redo of one's own rejected answer
    is the exception, by its reservation: it fills the place that was taken away.
    """
    siblings = WorkItem.objects.filter(task=OuterRef("task")).exclude(pk=OuterRef("pk"))
    # A CASE cannot be turned into a join: the task's few items are looked up, not the worker's many assignments.
    has_mine = Case(When(Exists(mine.filter(work_item=OuterRef("pk"))), then=Value(True)), default=Value(False))
    return siblings.annotate(has_mine=has_mine).filter(has_mine=True)


def own_part(worker: Worker) -> list[QuerySet[Any]]:
    """What bars from judging the outer item's subject: an attempt at its task, a fix in it, a verdict on it before.

    Who sent an answer back may judge its redo, who fixed one answer of a task another one.
    """
    before = Q(pk=OuterRef("subject")) | Q(fixed_by=OuterRef("subject")) | Q(fixed_by__fixed_by=OuterRef("subject"))
    return [
        elsewhere(in_hand(worker)).filter(kind=StageKind.ATTEMPT),
        Submission.objects.filter(before, author=worker),
        Review.objects.filter(assignment__worker=worker, submission=OuterRef("subject")),
    ]


def may_be_handed_out(worker: Worker, item: WorkItem, *, at: datetime) -> bool:
    """Whether what is reserved for the worker may still become active: stops are read anew."""
    return open_to(worker, at=at).filter(pk=item.lane_id).exists()
