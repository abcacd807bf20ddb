"""Putting work on offer: the first work items of ready tasks, and what the pipeline opens after them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from labeling import pipeline, places
from labeling.models import Lane, StageKind, WorkItem
from labeling.positions import next_positions
from projects.models import Task
from workers.models import Worker


def lane_of(task: Task, stage: int, kind: str) -> Lane:
    """The task's lane at the stage; made when its first work item comes."""
    of_the_batch = {"project_id": task.project_id, "organization_id": task.organization_id}
    lane, _made = Lane.objects.get_or_create(
        batch_id=task.batch_id, stage=stage, priority=task.priority, defaults={"kind": kind, **of_the_batch}
    )
    return lane


def offer(tasks: Sequence[Task], *, at: datetime) -> None:
    """One work item for the first stage of each task that has none yet; inside a transaction."""
    fresh = Task.objects.filter(pk__in=[task.pk for task in tasks], offered_at=None).select_related("version")
    waiting = list(fresh.order_by("pk").select_for_update(no_key=True, of=("self",)))
    if not waiting:
        return
    positions = iter(next_positions(len(waiting)))
    lanes: dict[tuple[int, int], Lane] = {}
    items = []
    for task in waiting:
        key = (task.batch_id, task.priority)
        lane = lanes.get(key) or lanes.setdefault(key, lane_of(task, 0, StageKind.ATTEMPT))
        count = pipeline.places_of(task.version.pipeline, 0)
        items.append(new_item(task, lane, position=next(positions), places_count=count))
    WorkItem.objects.bulk_create(items, batch_size=500)
    Task.objects.filter(pk__in=[task.pk for task in waiting]).update(offered_at=at)
    places.bump(lane.pk for lane in lanes.values())


def new_item(task: Task, lane: Lane, *, position: int, places_count: int = 1, **more: object) -> WorkItem:
    """An unsaved work item, open."""
    return WorkItem(
        task=task,
        stage=lane.stage,
        kind=lane.kind,
        lane=lane,
        position=position,
        places=places_count,
        places_left=places_count,
        open=True,
        **more,
    )


def open_reviews(task: Task, stage: int, submission_ids: Iterable[int], *, round_number: int) -> list[int]:
    """One review item per submission; the lanes to bump, last, by the caller."""
    ids = list(submission_ids)
    lane = lane_of(task, stage, StageKind.REVIEW)
    items = [
        new_item(task, lane, position=position, subject_id=submission_id, round=round_number)
        for position, submission_id in zip(next_positions(len(ids)), ids, strict=True)
    ]
    WorkItem.objects.bulk_create(items)
    return [lane.pk]


def open_redo(task: Task, *, subject_id: int, round_number: int, author: Worker, until: datetime) -> WorkItem:
    """A new work item of the first stage for the rejected answer, its author's first for a time."""
    lane = lane_of(task, 0, StageKind.ATTEMPT)
    item = new_item(
        task,
        lane,
        position=next_positions(1)[0],
        subject_id=subject_id,
        round=round_number,
        reserved_for=author,
        reserved_until=until,
    )
    item.save()
    return item
