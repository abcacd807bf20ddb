"""What a callback says. Built when it is sent, of what never changes afterwards, so that a late one tells its own time.

Of a task that is the resolution of the delivery's number: a task that was sent back meanwhile, or has a newer answer,
is still told as it was completed then. Metadata and tags are those of now.
"""

from typing import Any

from delivery import happenings
from delivery.models import Delivery
from delivery.reading import Answer, DeliveredTask, next_page
from delivery.scale_json import batch_json, delivered_json, stamp
from events.models import Event, Job
from labeling.models import Resolution
from projects.models import Batch, BatchStatus, Pause, Project, Task, TaskStatus

Json = dict[str, Any]


def body_of(delivery: Delivery) -> Json | None:
    """None where what it is about is no longer there."""
    if delivery.webhook_id is not None:
        return event_body(delivery)
    if delivery.kind == happenings.BATCH_COMPLETED:
        return batch_body(delivery)
    return task_body(delivery)


def task_body(delivery: Delivery) -> Json | None:
    own = Task.objects.filter(public_id=delivery.subject_id, organization=delivery.organization_id)
    page = next_page(own, after=0, size=1)
    if not page:
        return None
    told = as_it_was(page[0], delivery)
    if told is None:
        return None
    task = delivered_json(told)
    body = {
        "task_id": told.task.public_id,
        "response": task.get("response", {}),
        "task": task,
        "status": task["status"],
    }
    if told.task.status == TaskStatus.ERROR:
        body["error"] = told.task.error_code
    return body


def as_it_was(delivered: DeliveredTask, delivery: Delivery) -> DeliveredTask | None:
    """The task when that happened of which the delivery tells."""
    task = delivered.task._replace(callback_succeeded=None)
    if delivery.kind == happenings.TASK_ERRORED:
        return delivered._replace(task=task)
    found = Resolution.objects.filter(task=task.pk, number=delivery.number).first()
    if found is None:
        return None
    then = found.resolved_at
    task = task._replace(status=TaskStatus.COMPLETED, completed_at=then, updated_at=then)
    return delivered._replace(task=task, resolution=Answer(found.response, found.source, found.review_status))


def batch_body(delivery: Delivery) -> Json | None:
    own = Batch.objects.filter(public_id=delivery.subject_id, organization=delivery.organization_id)
    batch = own.select_related("project").first()
    if batch is None:
        return None
    batch.status, batch.completed_at = BatchStatus.COMPLETED, delivery.at
    return batch_json(batch)


def event_body(delivery: Delivery) -> Json | None:
    """Thin: what happened to what, by name. Content is had by the API, with the rights of a key."""
    if delivery.kind == happenings.TEST:
        return test_body(delivery)
    event = Event.objects.filter(organization=delivery.organization_id, seq=delivery.number).first()
    if event is None:
        return None
    return {
        "event": delivery.kind,
        "number": event.seq,
        "created_at": stamp(event.at),
        "is_test": delivery.mode == "test",
        "data": data_of(event),
    }


def test_body(delivery: Delivery) -> Json:
    """As every webhook's, but without a number: no event is behind it."""
    return {
        "event": delivery.kind,
        "created_at": stamp(delivery.at),
        "is_test": delivery.mode == "test",
        "data": {"webhook_id": delivery.subject_id},
    }


def data_of(event: Event) -> Json:
    match event.subject_type:
        case "task":
            return task_data(event)
        case "batch":
            batch = Batch.objects.select_related("project").filter(public_id=event.subject_id).first()
            return {"batch": batch.name, "project": batch.project.name} if batch else {}
        case "pause":
            return pause_data(event)
        case "job":
            return export_data(event)
        case _:
            name = Project.objects.filter(public_id=event.subject_id).values_list("name", flat=True).first()
            return {"project": name} if name else {}


def task_data(event: Event) -> Json:
    task = Task.objects.select_related("project", "batch").filter(public_id=event.subject_id).first()
    found: Json = {"task_id": event.subject_id}
    if task is not None:
        found |= {"project": task.project.name, "batch": task.batch.name, "unique_id": task.unique_id}
    return {key: value for key, value in found.items() if value is not None}


def pause_data(event: Event) -> Json:
    """What stands still; without names it is all of the organization's work."""
    pause = Pause.objects.select_related("project", "batch__project").filter(public_id=event.subject_id).first()
    found: Json = {"scope": event.data.get("scope"), "ends_at": event.data.get("ends_at")}
    if pause is not None and pause.batch is not None:
        found |= {"project": pause.batch.project.name, "batch": pause.batch.name}
    elif pause is not None and pause.project is not None:
        found["project"] = pause.project.name
    return {key: value for key, value in found.items() if value is not None}


def export_data(event: Event) -> Json:
    found = {"export_id": event.subject_id, **event.data}
    job = Job.objects.filter(public_id=event.subject_id).first()
    if job is not None:
        name = Project.objects.filter(public_id=job.subject_id).values_list("name", flat=True).first()
        found |= {"project": name} if name else {}
    return found
