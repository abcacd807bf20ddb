"""After a new version: pending tasks that nobody has had in hand move to it, a chunk at a time."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from core.actions import action
from events.models import Job
from events.running import Progress, start_job
from labeling import offering, pipeline, places
from labeling.models import Assignment, WorkItem
from projects import adding, readiness, waiting
from projects.models import Project, ProjectVersion, Task, TaskStatus

KIND = "move_tasks"
CHUNK = 100


def start(project: Project, version: ProjectVersion, *, by: User | None, at: datetime) -> Job:
    """In the transaction that publishes the version."""
    params = {"project": project.pk, "version": version.pk}
    return start_job(KIND, organization=project.organization, by=by, subject_id=project.public_id, params=params, at=at)


def movable(project_id: int, version: ProjectVersion) -> QuerySet[Task]:
    """Pending tasks of earlier versions without a single assignment, ended ones included: their history pins one."""
    begun = Assignment.objects.filter(work_item__task=OuterRef("pk"))
    older = Task.objects.filter(project_id=project_id, status=TaskStatus.PENDING, version__number__lt=version.number)
    return older.filter(~Exists(begun))


def step(job: Job) -> Progress:
    version = ProjectVersion.objects.get(pk=job.params["version"])
    if not job.checkpoint:  # what they have not committed no step would see
        adding.wait_for_adders(version.project_id)
    after = int(job.checkpoint.get("after", 0))
    ids = list(
        movable(job.params["project"], version).filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]
    )
    moved = move(ids, version, at=timezone.now()) if ids else 0
    done = job.done + moved
    return Progress(
        done=done,
        checkpoint={"after": ids[-1] if ids else after},
        finished=len(ids) < CHUNK,
        message_code="tasks_moved" if len(ids) < CHUNK else "",
        message_params={"count": done, "number": version.number},
    )


@action
def move(task_ids: list[int], version: ProjectVersion, *, at: datetime) -> int:
    """Those of the tasks that nobody has taken meanwhile; how many. A claim takes the item's lock: the look holds.

    Of those that are not on offer as yet the tasks are locked first: who offers them has done so, or sees the version.
    One on offer that could not be shown any more stays at its version; one that waited and can be shown is offered.
    """
    offering.locked_waiting(task_ids)
    items = places.locked(WorkItem.objects.filter(task_id__in=task_ids))
    free = list(movable(version.project_id, version).filter(pk__in=task_ids).values_list("pk", flat=True))
    seen = waiting.shown_of(free, version=version)
    unseen = Task.objects.filter(pk__in=set(free) - set(seen), offered_at=None)
    moved = unseen.update(version=version, is_shown=False, updated_at=at)
    waited = list(Task.objects.filter(pk__in=seen, is_shown=False).order_by("pk").values_list("pk", flat=True))
    moved += Task.objects.filter(pk__in=seen).update(version=version, is_shown=True, updated_at=at)
    count = pipeline.places_of(version.pipeline, 0)
    ids = [item.pk for item in items if item.task_id in set(seen)]
    WorkItem.objects.filter(pk__in=ids).update(places=count, places_left=count)
    readiness.settle(waited, at=at)
    return moved
