"""Putting work on offer: the first work items of ready tasks, and what the pipeline opens after them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from core import copying
from core.copying import Rows
from core.prepared import Prepared
from labeling import pipeline, places
from labeling.models import Lane, StageKind, WorkItem
from labeling.positions import next_positions
from projects.models import Batch, Task, TaskStatus
from projects.versions import version as version_of
from workers.models import Worker


def lane_of(order: Task | Batch, stage: int, kind: str, *, priority: int) -> Lane:
    """The lane of a batch, or of a task's batch, at the stage; made when its first work item comes."""
    of_the_batch = {"project_id": order.project_id, "organization_id": order.organization_id}
    batch_id = order.pk if isinstance(order, Batch) else order.batch_id
    lane, _made = Lane.objects.get_or_create(
        batch_id=batch_id, stage=stage, priority=priority, defaults={"kind": kind, **of_the_batch}
    )
    return lane


def offer(tasks: Sequence[Task], *, at: datetime) -> None:
    """One work item for the first stage of each task that has none yet; inside a transaction."""
    waiting = locked_waiting([task.pk for task in tasks])
    if not waiting:
        return
    lanes: dict[tuple[int, int], Lane] = {}
    items = []
    for task in waiting:
        key = (task.batch_id, task.priority)
        if key not in lanes:
            lanes[key] = lane_of(task, 0, StageKind.ATTEMPT, priority=task.priority)
        count = pipeline.places_of(version_of(task.version_id).pipeline, 0)
        items.append((task.pk, lanes[key].pk, count, count))
    columns = copying.columns(["task", "lane", "places", "places_left"], items)
    copying.insert_all([attempts(columns, len(items))])
    Task.objects.filter(pk__in=[task.pk for task in waiting]).update(offered_at=at)
    places.bump(lane.pk for lane in lanes.values())


def locked_waiting(task_ids: Sequence[int]) -> list[Task]:
    """Those of the tasks that are not on offer as yet, locked by id: who offers them and who moves them meet here."""
    waiting = Task.objects.filter(pk__in=task_ids, offered_at=None, status=TaskStatus.PENDING)
    # Nothing is joined: PostgreSQL would pass over a task that got another version while we waited for it.
    return list(waiting.order_by("pk").select_for_update(no_key=True))


def offer_begun(tasks: Sequence[tuple[int, int]], batch: Batch) -> None:
    """As `offer`, for the (key, priority) of tasks that this transaction has written: nobody else knows them."""
    assert batch.project.current_version is not None  # written with the project
    count = pipeline.places_of(batch.project.current_version.pipeline, 0)
    priorities = dict.fromkeys(priority for _key, priority in tasks)
    lanes = lanes_of(batch, priorities)
    columns = copying.columns(["task", "lane"], [(key, lanes[priority]) for key, priority in tasks])
    copying.insert_all_at_end([attempts(columns, len(tasks), places=count, places_left=count)])
    places.bump_at_end(lanes.values())


LANES = Prepared(lambda batch: Lane.objects.filter(batch_id=batch, stage=0).values_list("priority", "pk"), batch=int)


def lanes_of(batch: Batch, priorities: Iterable[int]) -> dict[int, int]:
    """The key of the first stage's lane for each priority; made when its first work item comes."""
    known = dict(LANES.rows(batch=batch.pk))
    for priority in priorities:
        if priority not in known:
            known[priority] = lane_of(batch, 0, StageKind.ATTEMPT, priority=priority).pk
    return {priority: known[priority] for priority in priorities}


def attempts(columns: dict[str, Sequence[int]], count: int, **same: int) -> Rows:
    """So many open work items of the first stage, in this order: their tasks, lanes and places."""
    columns = {**columns, "position": next_positions(count)}
    return Rows(WorkItem, columns, {"stage": 0, "kind": StageKind.ATTEMPT, "open": True, **same})


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
    lane = lane_of(task, stage, StageKind.REVIEW, priority=task.priority)
    items = [
        new_item(task, lane, position=position, subject_id=submission_id, round=round_number)
        for position, submission_id in zip(next_positions(len(ids)), ids, strict=True)
    ]
    WorkItem.objects.bulk_create(items)
    return [lane.pk]


def open_redo(task: Task, *, subject_id: int, round_number: int, author: Worker, until: datetime) -> WorkItem:
    """A new work item of the first stage for the rejected answer, its author's first for a time."""
    lane = lane_of(task, 0, StageKind.ATTEMPT, priority=task.priority)
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
