"""Who and what a pause would concern, counted before it is ordered, and kept with it."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum

from labeling.models import Assignment, AssignmentStatus, Draft, StageKind, WorkItem
from labeling.scopes import Reach, concerned_workers, in_hand, open_drafts
from projects.models import Batch, Project


@dataclass(frozen=True)
class Preview:
    """Who and what a pause would concern at the moment of counting."""

    people: int
    in_hand: int
    attempts_in_hand: int
    reviews_in_hand: int
    drafts_without_lease: int
    open_places: int
    batches: int
    projects: int
    last_lease_at: datetime | None
    counted_at: datetime
    # By currency: what the attempts and reviews in hand would pay, which is the most that their time can.
    rates_micros: dict[str, int] = field(default_factory=dict)
    worker_ids: frozenset[int] = field(repr=False, default=frozenset())

    def counts(self) -> dict[str, int]:
        """The numbers, as the pause's row keeps them."""
        names = ["people", "in_hand", "attempts_in_hand", "reviews_in_hand", "drafts_without_lease", "open_places"]
        return {name: getattr(self, name) for name in [*names, "batches", "projects"]}


def preview(scope: Reach, *, reviews_go_on: bool = False, at: datetime) -> Preview:
    """Reads only."""
    leased = in_hand(scope, reviews_go_on=reviews_go_on)
    active = leased.filter(status=AssignmentStatus.ACTIVE)
    sums = active.aggregate(
        all=Count("pk"),
        reviews=Count("pk", filter=Q(work_item__kind=StageKind.REVIEW)),
        last=Max("lease_expires_at"),
    )
    items = WorkItem.objects.filter(scope.within("task__batch"), open=True)
    concerned = concerned_workers(scope, leased)
    rates = active.order_by().values_list("currency").annotate(total=Sum("rate_micros"))
    return Preview(
        people=len(concerned),
        in_hand=sums["all"],
        attempts_in_hand=sums["all"] - sums["reviews"],
        reviews_in_hand=sums["reviews"],
        drafts_without_lease=drafts_without_lease(scope).count(),
        open_places=items.aggregate(total=Sum("places_left"))["total"] or 0,
        batches=Batch.objects.filter(scope.over_batches()).count(),
        projects=Project.objects.filter(scope.over_projects()).distinct().count(),
        last_lease_at=sums["last"],
        counted_at=at,
        rates_micros=dict(rates),
        worker_ids=frozenset(concerned),
    )


def drafts_without_lease(scope: Reach) -> QuerySet[Draft]:
    leased = Assignment.objects.leased().filter(work_item=OuterRef("work_item"), worker=OuterRef("worker"))
    return open_drafts(scope).filter(~Exists(leased))
