"""Finished tasks without the queue: what delivery reads."""

from datetime import timedelta
from typing import Any

from files.models import File, FileState
from labeling.models import Resolution, ResolutionSource, ReviewStatus
from projects import adding, creating
from projects.models import Attachment, AttachmentState, Batch, Project, Task, TaskStatus
from projects.task_rows import NewTask
from tests.factories import NOON, OrganizationFactory
from tests.task_types.golden import golden


def make_picture_project(name: str = "Straßen 1", **terms: Any) -> Project:
    case = golden("imageannotation")
    params = {key: value for key, value in case["params"].items() if key != "attachment"}
    return creating.create_project(
        OrganizationFactory.create(),
        name=name,
        type="imageannotation",
        terms=creating.Terms(params=params, taxonomy=case["taxonomy"], **terms),
        by=None,
        at=NOON,
    )


def add_task(project: Project, *, batch: Batch | None = None, file_name: str = "", **more: Any) -> Task:
    """A task; with a file name it has a picture of 640 × 480."""
    batch = batch or project.batches.get(name=None)
    (task,) = adding.add_tasks(batch, [NewTask(**more)], by=None, at=NOON)
    if file_name:
        attach(task, file_name)
    return task


def attach(task: Task, file_name: str) -> File:
    file = File.objects.create(
        organization=task.organization,
        sha256=f"{task.pk:064}",
        key=f"test/{task.pk}",
        name=file_name,
        type="image/png",
        bytes=1,
        width=640,
        height=480,
        state=FileState.READY,
        created_at=NOON,
    )
    Attachment.objects.create(task=task, file=file, state=AttachmentState.READY)
    return file


def resolve(task: Task, response: dict[str, Any], *, source: str = ResolutionSource.ATTEMPT) -> Resolution:
    """The current answer; an earlier one is kept as an old version."""
    number = Resolution.objects.filter(task=task).count()
    Resolution.objects.filter(task=task).update(current=False)
    Task.objects.filter(pk=task.pk).update(status=TaskStatus.COMPLETED, completed_at=NOON + timedelta(hours=1))
    task.refresh_from_db()
    return Resolution.objects.create(
        task=task,
        number=number,
        source=source,
        response=response,
        resolved_at=NOON,
        review_status=ReviewStatus.FIXED if source == ResolutionSource.AUDIT else ReviewStatus.PENDING,
    )


def box(uuid: str, label: str = "Car", **attributes: Any) -> dict[str, Any]:
    return {
        "uuid": uuid, "type": "box", "label": label, "left": 10, "top": 20, "width": 30, "height": 40,
        "attributes": {"Moving": True, **attributes},
    }  # fmt: skip


def answer(*annotations: dict[str, Any]) -> dict[str, Any]:
    return {"annotations": list(annotations), "global_attributes": {"Weather": "dry"}}
