"""What a contractor's browser gets of an assignment: an allow-list, nothing else leaves.

Never metadata, tags, unique_id, callback or source URLs, file names, creation dates, people or names of the customer.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.utils.translation import get_language

from accounts.models import User
from files.models import File, RenditionKind
from files.signing import sign
from labeling import stopping
from labeling.answers import effective_params, latest_response
from labeling.models import Assignment, AssignmentStatus, Draft, Review, StageKind, Submission, WorkItem
from labeling.receipts import stamp
from labeling.reviewing import REASON_CLASSES
from labeling.situation import Shown
from projects import instructions
from projects.models import Attachment, ProjectVersion, Task
from task_types import registry

MEDIA_AFTER_LEASE = timedelta(minutes=10)
LOOKED_AT = timedelta(hours=1)


def payload(found: Shown, *, at: datetime) -> dict[str, Any]:
    """The payload of docs/workbench-api.md for the assignment's own worker."""
    assignment, now = found.assignment, found.surroundings
    item, version = assignment.work_item, assignment.version
    task = item.task
    media_until = assignment.lease_expires_at + MEDIA_AFTER_LEASE
    return {
        "id": assignment.public_id,
        "short_id": short_id(assignment),
        "status": assignment.status,
        "mode": "review" if item.kind == StageKind.REVIEW else "work",
        "stage": item.kind,
        "round": item.round,
        "codename": task.project.codename,
        "type": task.type,
        "lease_expires_at": stamp(assignment.lease_expires_at),
        "lease_s": version.lease_s,
        "server_time": stamp(at),
        "pay": {"amount_micros": assignment.rate_micros, "currency": assignment.currency},
        "instruction": instruction_of(version, task, user=assignment.worker.user, expires_at=media_until, at=at),
        "view": registry.get(task.type).worker_view(effective_params(version, task.content), version.taxonomy),
        "media": media_of(task, user=assignment.worker.user, expires_at=media_until) if now.has_files else [],
        "draft": draft_of(Draft.objects.filter(work_item=item, worker=assignment.worker).first())
        if now.has_draft
        else None,
        "subject": subject_of(item),
        "skips_left": max(0, version.skips_per_day - now.skips),
        "reason_classes": reason_classes(),
        "pauses": pauses_of(assignment, stopping.stops_over(assignment, at=at)) if now.is_paused else [],
    }


def short_id(assignment: Assignment) -> str:
    """For the eye and for support: says nothing about the task."""
    return f"{assignment.public_id[:4]}-{assignment.public_id[4:8]}".upper()


def shown(
    task: Task, version: ProjectVersion, response: Any, *, user: User, mode: str = "read_only", at: datetime
) -> dict[str, Any]:
    """The payload of an answer that is looked at: `mode` is read_only, or audit. The caller may see the task."""
    return {
        "id": "",
        "short_id": "",
        "status": "submitted",
        "mode": mode,
        "stage": StageKind.ATTEMPT,
        "round": 1,
        "codename": task.project.codename,
        "type": task.type,
        "lease_expires_at": None,
        "lease_s": 0,
        "server_time": stamp(at),
        "pay": None,
        "instruction": instruction_of(version, task, user=user, expires_at=at + LOOKED_AT, at=at),
        "view": registry.get(task.type).worker_view(effective_params(version, task.content), version.taxonomy),
        "media": media_of(task, user=user, expires_at=at + LOOKED_AT),
        "draft": None,
        "subject": {"response": response, "reason": None},
        "skips_left": 0,
        "reason_classes": reason_classes(),
        "pauses": [],
    }


def instruction_of(
    version: ProjectVersion, task: Task, *, user: User, expires_at: datetime, at: datetime
) -> dict[str, Any]:
    """With its pictures, by signed URLs for this person."""
    html = instructions.render(task.project, version.instruction, user=user, expires_at=expires_at, at=at)
    return {"number": version.number, "html": html}


def reason_classes() -> list[dict[str, str]]:
    return reason_classes_in(get_language())


@cache
def reason_classes_in(_language: str | None) -> list[dict[str, str]]:
    return [{"code": code, "name": str(name)} for code, name in REASON_CLASSES.items()]


def media_of(task: Task, *, user: User, expires_at: datetime) -> list[dict[str, Any]]:
    """The renditions of the task's files, by signed URLs for this person that end then."""
    attached = Attachment.objects.filter(task=task, file__isnull=False)
    rows = attached.select_related("file").prefetch_related("file__renditions").order_by("role", "position")
    found = [medium(row.role, row.file, user=user, expires_at=expires_at) for row in rows if row.file is not None]
    return [one for one in found if one is not None]


def medium(role: str, file: File, *, user: User, expires_at: datetime) -> dict[str, Any] | None:
    rendition = next((one for one in file.renditions.all() if one.kind == RenditionKind.FULL), None)
    if rendition is None:
        return None
    return {
        "role": role,
        "kind": "image" if rendition.width else "text",
        "url": sign(rendition, user=user, expires_at=expires_at),
        "width": file.width,
        "height": file.height,
        "shown_width": rendition.width,
        "shown_height": rendition.height,
    }


def draft_of(draft: Draft | None) -> dict[str, Any] | None:
    if draft is None:
        return None
    return {"revision": draft.revision, "document": draft.document, "saved_at": stamp(draft.saved_at)}


def subject_of(item: WorkItem) -> dict[str, Any] | None:
    """The answer under review, or one's own rejected answer with the reviewer's reason."""
    if item.subject is None:
        return None
    return {"response": latest_response(item.subject), "reason": reason_of(item.subject, item)}


def reason_of(subject: Submission, item: WorkItem) -> dict[str, Any] | None:
    if item.kind == StageKind.REVIEW:
        return None
    review = Review.objects.filter(submission=subject, verdict="rejected").order_by("-pk").first()
    if review is None:
        return None
    return {"reason_class": review.reason_class, "comment": review.comment, "evidence": review.evidence}


def pauses_of(assignment: Assignment, stops: list[stopping.Stop]) -> list[dict[str, Any]]:
    codename = assignment.work_item.task.project.codename
    return [
        {
            "policy": stop.pause.policy,
            "until": stamp(stop.pause.grace_until) if stop.pause.grace_until else None,
            "ends_at": stamp(stop.pause.ends_at) if stop.pause.ends_at else None,
            "message": stopping.sentence(stop, codename),
            "may_submit": stop.may_submit and assignment.status == AssignmentStatus.ACTIVE,
            "submit_until": stamp(stop.submit_until) if stop.submit_until else None,
        }
        for stop in stops
    ]
