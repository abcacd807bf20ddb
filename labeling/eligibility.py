"""Whether a worker may be handed work of a lane: one predicate, three readers.

The claim filters by it, the worker's empty page and the admin's console read which part of it says no.
"""

from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.expressions import NegatedExpression
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _

from accounts.models import Mode
from labeling import timing
from labeling.models import (
    LEASED,
    TRANSFERRED,
    Assignment,
    AssignmentStatus,
    Lane,
    Review,
    StageKind,
    Submission,
    WorkDay,
    WorkedFor,
    WorkItem,
)
from projects.models import (
    BatchGroup,
    BatchStatus,
    Enrollment,
    GroupMember,
    Hold,
    Pause,
    ProjectVersion,
    RequiredSkill,
    Requirement,
    RequirementKind,
    WallMember,
)
from workers.models import Worker, WorkerLanguage, WorkerSkill

HAS_BEEN_IN_HAND = [
    AssignmentStatus.RESERVED,
    AssignmentStatus.ACTIVE,
    AssignmentStatus.SUBMITTED,
    AssignmentStatus.SKIPPED,
]
# Given to somebody else with the draft: another place filled from it would not be a second opinion.
HANDED_ON = Q(reason=TRANSFERRED)


# Monday and today.
Week: TypeAlias = tuple[date, date]
Condition: TypeAlias = "Q | Exists | NegatedExpression[Any]"  # generic in the stubs only


class Barrier(models.TextChoices):
    """Why a lane is closed to a worker, the widest first."""

    NOT_ENROLLED = "not_enrolled", _("Not on this project")
    HOLD = "hold", _("On hold")
    HOURS = "hours", _("The hours of the day or the week are used up")
    PAUSED = "paused", _("Paused")
    NOT_STARTED = "not_started", _("Not launched yet")
    ENDED = "ended", _("Ended, archived or a test")
    ROLE = "role", _("Another role")
    COUNTRY = "country", _("Another country")
    LANGUAGE = "language", _("Another language")
    SKILL = "skill", _("A skill is missing or over")
    WALL = "wall", _("Has worked for a competitor")
    GROUP = "group", _("Given to other people")


def open_to(worker: Worker | int, *, at: datetime, week: Week | None = None) -> QuerySet[Lane]:
    """The lanes whose work may be handed to the worker now."""
    lanes = Lane.objects.all()
    for barrier, condition in conditions(worker, at=at, week=week).items():
        # A role is had on a project by whoever is on it: one look less for each lane.
        if barrier != Barrier.NOT_ENROLLED:
            lanes = lanes.filter(condition)
    return lanes


def with_barrier(lanes: QuerySet[Lane], worker: Worker, *, at: datetime) -> QuerySet[Lane]:
    """The same lanes with `barrier`: the first reason that closes each, empty where none does."""
    whens = [When(~Q(condition), then=Value(barrier.value)) for barrier, condition in conditions(worker, at=at).items()]
    return lanes.annotate(barrier=Case(*whens, default=Value(""), output_field=models.CharField()))


def barrier_of(row: Lane | WorkItem) -> str:
    """The annotation, which the types do not know."""
    return str(getattr(row, "barrier"))  # noqa: B009


def conditions(worker: Worker | int, *, at: datetime, week: Week | None = None) -> dict[Barrier, Condition]:
    """What has to be true of a lane, by the reason that is given when it is not.

    `week` is Monday and today in the worker's time zone; who gives the worker as an id says it.
    """
    project = OuterRef("project")
    standing = Enrollment.objects.active().filter(worker=worker, project=project)
    holds = Hold.objects.in_force(at=at).filter(Q(project=None) | Q(project=project), worker=worker)
    may_review = Q(kind=StageKind.REVIEW) & Exists(standing.filter(role__in=["reviewer", "both"]))
    may_attempt = Q(kind=StageKind.ATTEMPT) & Exists(standing.filter(role__in=["worker", "both"]))
    return {
        Barrier.NOT_ENROLLED: Exists(standing),
        Barrier.HOLD: ~Exists(holds),
        Barrier.HOURS: ~Exists(used_up(worker, *(week or week_of(worker, at=at)))),
        Barrier.PAUSED: unpaused(worker, at=at),
        Barrier.NOT_STARTED: ~Q(batch__status=BatchStatus.STAGING),
        Barrier.ENDED: Q(batch__status=BatchStatus.IN_PROGRESS, project__archived_at=None, project__mode=Mode.LIVE),
        Barrier.ROLE: may_review | may_attempt,
        Barrier.COUNTRY: one_of(RequirementKind.COUNTRY, country_of(worker)),
        Barrier.LANGUAGE: one_of(RequirementKind.LANGUAGE, WorkerLanguage.objects.filter(worker=worker).values("code")),
        Barrier.SKILL: ~Exists(missing_skills(worker, project, at=at)),
        Barrier.WALL: ~Exists(walls(worker, OuterRef("organization"), at=at)),
        Barrier.GROUP: ~Exists(given_to_others(worker)),
    }


def key_of(worker: Worker | int) -> int:
    return worker if isinstance(worker, int) else worker.pk


def week_of(worker: Worker | int, *, at: datetime) -> Week:
    assert isinstance(worker, Worker), "the days of a worker are those of their time zone"
    today = timing.day_of(worker, at=at)
    return timing.monday_before(today), today


def used_up(worker: Worker | int, monday: date, today: date) -> QuerySet[Worker]:
    """The worker, when the recorded time of the day or of the week has reached a limit that is set for them."""
    days = WorkDay.objects.filter(worker=OuterRef("pk"))
    of_the_day = total_ms(days.filter(day=today))
    of_the_week = total_ms(days.filter(day__range=(monday, today)))
    over = Q(day_limit_s__lte=of_the_day / 1000) | Q(week_limit_s__lte=of_the_week / 1000)
    return Worker.objects.filter(over, pk=key_of(worker))


def total_ms(days: QuerySet[WorkDay]) -> Any:
    """As a sub-query; 0 where there is no row."""
    total = days.order_by().values("worker").annotate(total=Sum("worked_ms")).values("total")
    return Coalesce(Subquery(total, output_field=models.BigIntegerField()), Value(0))


def one_of(kind: str, own: QuerySet[Any]) -> Condition:
    """That the outer lane's project asks for none of the kind, or for one that the worker has."""
    asked = Requirement.objects.filter(project=OuterRef("project"), kind=kind)
    return Q(~Exists(asked)) | Q(Exists(asked.filter(code__in=own)))


def missing_skills(worker: Worker | int, project: Any, *, at: datetime) -> QuerySet[RequiredSkill]:
    """What the project asks for and the worker has not, or no longer."""
    own = WorkerSkill.objects.valid(at=at).filter(worker=worker, skill=OuterRef("skill"))
    return RequiredSkill.objects.filter(~Exists(own), project=project)


def walls(worker: Worker | int, organization: Any, *, at: datetime) -> QuerySet[WallMember]:
    """The other customers behind a wall with this one for whom the worker has worked within its length.

    A claim whose clock was read before the wall was made is held up too.
    """
    worked = WorkedFor.objects.filter(worker=worker, organization=OuterRef("organization"))
    long_ago = ExpressionWrapper(Value(at) - OuterRef("wall__length"), output_field=models.DateTimeField())
    others = WallMember.objects.filter(wall__ended_at=None, wall__members__organization=organization)
    return others.exclude(organization=organization).filter(Exists(worked.filter(last_at__gt=long_ago)))


def given_to_others(worker: Worker | int) -> QuerySet[BatchGroup]:
    """To whom the outer lane's batch is given, where neither the worker nor a group that they are in is among them."""
    own = GroupMember.objects.filter(worker=worker, group=OuterRef("group"))
    mine = BatchGroup.objects.filter(Q(worker=worker) | Q(there_is(own)), batch=OuterRef("batch"))
    # Said as one NOT EXISTS: of “given to nobody, or to me” PostgreSQL makes a hash of all customers' rows.
    return BatchGroup.objects.filter(~Q(there_is(mine)), batch=OuterRef("batch"))


def country_of(worker: Worker | int) -> QuerySet[Any]:
    return Worker.objects.filter(pk=key_of(worker)).values("country")[:1]


def unpaused(worker: Worker | int | None, *, at: datetime) -> Q:
    """That no pause holds the outer lane for the worker; some let reviews go on. None: for everybody, of no country.

    One that drains holds it as soon as a lease would not end before it begins, one that is over until its ramp has come
    to the worker.
    """
    own = {name: OuterRef(name) for name in ("organization", "project", "batch")}
    # Looked up for a pause that drains alone, not joined to every lane.
    version = ProjectVersion.objects.filter(pk=OuterRef(OuterRef("project__current_version")))
    lease = Cast(Subquery(version.values("lease_s")), models.IntegerField()) * Value(timedelta(seconds=1))
    ahead = ExpressionWrapper(lease, output_field=models.DurationField())
    country: Any = ""
    if worker is None:
        found = Pause.objects.in_force(at=at, ahead=ahead)
    else:
        found = Pause.objects.withholding(key_of(worker), at=at, ahead=ahead)
        country = country_of(worker)
    over_lane = found.over(**own, task_type=OuterRef("project__type"), country=country)
    with_kind = over_lane.annotate(kind=ExpressionWrapper(OuterRef("kind"), output_field=models.CharField()))
    return Q(~Exists(with_kind.filter(Q(reviews_go_on=False) | Q(kind=StageKind.ATTEMPT))))


class ItemBarrier(models.TextChoices):
    """Why an item of an open lane is closed to a worker, in the order in which it is asked."""

    HAD = "had", _("Has it in hand, or has had it before")
    OWN_WORK = "own_work", _("Has a part in this task already")
    CLOSED = "closed", _("No place is left")
    RESERVED = "reserved", _("Kept for its author")


def items_for(worker: Worker | int, lane: Lane | int, kind: str, *, at: datetime) -> QuerySet[WorkItem]:
    """The open work items of the lane that the worker may take, none of which is reserved for somebody else."""
    return open_items(worker, lane, kind).filter(unreserved(worker, at=at))


def open_items(worker: Worker | int, lane: Lane | int, kind: str) -> QuerySet[WorkItem]:
    """As items_for, those reserved for others included: open, not had before, nothing of one's own to judge."""
    conditions = [Q(open=True), *item_conditions(worker, kind).values()]
    return WorkItem.objects.filter(lane=lane).filter(*conditions)


def item_conditions(worker: Worker | int, kind: str) -> dict[ItemBarrier, Condition]:
    """What has to be true of an item between the worker and its task, whether a place is left or not."""
    had = Q(status__in=HAS_BEEN_IN_HAND) | HANDED_ON
    here = Assignment.objects.filter(had, worker=worker, work_item=OuterRef("pk"))
    return {ItemBarrier.HAD: ~Q(there_is(here)), ItemBarrier.OWN_WORK: no_part_in_it(worker, kind)}


def no_part_in_it(worker: Worker | int, kind: str) -> Condition:
    """That the worker does not fill another place of the task, and judges nothing of their own."""
    if kind == StageKind.REVIEW:
        return Q(*(~Q(there_is(own)) for own in own_part(worker)))
    fills = in_hand(worker).filter(Q(counted=True) | Q(status__in=LEASED))
    own_redo = Q(reserved_for=worker) & ~Exists(elsewhere(fills))
    return own_redo | ~Exists(elsewhere(in_hand(worker)))


def unreserved(worker: Worker | int, *, at: datetime) -> Q:
    return Q(reserved_until=None) | Q(reserved_until__lte=at) | Q(reserved_for=worker)


def with_item_barrier(items: QuerySet[WorkItem], worker: Worker, kind: str, *, at: datetime) -> QuerySet[WorkItem]:
    """The same items, all of the kind, with `barrier`: the first reason that closes each, empty where none does."""
    asked: dict[ItemBarrier, Condition] = {
        **item_conditions(worker, kind),
        ItemBarrier.CLOSED: Q(open=True),
        ItemBarrier.RESERVED: unreserved(worker, at=at),
    }
    whens = [When(~Q(condition), then=Value(barrier.value)) for barrier, condition in asked.items()]
    return items.annotate(barrier=Case(*whens, default=Value(""), output_field=models.CharField()))


def may_take_over(worker: Worker, item: WorkItem) -> bool:
    """Whether the worker may fill the place of the item that somebody else has in hand.

    Who handed it on may have it back: their draft is in the same place again.
    """
    here = in_hand(worker).filter(work_item=OuterRef("pk"))
    return may_fill(worker, item, ~Exists(here))


def may_fill(worker: Worker, item: WorkItem, *more: Condition) -> bool:
    """Whether a place of the item may be the worker's beside whatever else of its task they have or had in hand.

    What they had of the item itself is no obstacle: this is asked of what is handed in late, whose lane may be closed.
    """
    return WorkItem.objects.filter(no_part_in_it(worker, item.kind), *more, pk=item.pk).exists()


def there_is(rows: QuerySet[Any]) -> IsNull:
    """Whether there are such rows, looked up for each outer row.

    A planner without statistics turns EXISTS into a join, or a hash, that reads all that a worker has ever done.
    """
    return IsNull(Subquery(rows.order_by().values("pk")[:1]), False)


def in_hand(worker: Worker | int) -> QuerySet[Assignment]:
    return Assignment.objects.filter(worker=worker, status__in=HAS_BEEN_IN_HAND)


def elsewhere(mine: QuerySet[Assignment]) -> QuerySet[WorkItem]:
    """Another item of the outer item's task in which one of the worker's assignments is.

    Nobody fills two places of a task, or attempts what they have seen answers of. The redo of one's own rejected answer
    is the exception, by its reservation: it fills the place that was taken away.
    """
    siblings = WorkItem.objects.filter(task=OuterRef("task")).exclude(pk=OuterRef("pk"))
    return siblings.annotate(has_mine=there_is(mine.filter(work_item=OuterRef("pk")))).filter(has_mine=True)


def own_part(worker: Worker | int) -> list[QuerySet[Any]]:
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
