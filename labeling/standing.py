"""Where the pending tasks of projects stand: counts for the customer, kept for two seconds."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, F

from labeling.models import Assignment, AssignmentStatus, StageKind, WorkItem
from projects.models import Project, TaskStatus

KEPT_S = 2


@dataclass(frozen=True)
class Standing:
    """Of the pending tasks: with a review due or in hand; and how many people have one open right now."""

    in_review: int
    in_hand: int
    in_review_by_batch: dict[int, int]


def standing_of(project: Project) -> Standing:
    key = f"standing:{project.pk}"
    found = cache.get(key)
    if found is None:
        found = counted(project)
        cache.set(key, found, KEPT_S)
    assert isinstance(found, Standing)
    return found


def counted(project: Project) -> Standing:
    due = WorkItem.objects.filter(
        task__project=project, task__status=TaskStatus.PENDING, kind=StageKind.REVIEW, places_done__lt=F("places")
    )
    by_batch = due.order_by().values_list("task__batch_id").annotate(count=Count("task_id", distinct=True))
    in_hand = Assignment.objects.filter(work_item__task__project=project, status=AssignmentStatus.ACTIVE).count()
    counts = dict(by_batch)
    return Standing(sum(counts.values()), in_hand, counts)
