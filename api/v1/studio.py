"""An organization's own workforce on its projects, and the order of its batches."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router
from pydantic import BaseModel, Field

from accounts.models import ApiKey
from api import finding
from api.auth import ADMIN, KeyRequest
from api.tree import ok
from api.v1.shapes import Error
from projects import counting, giving, ordering, own_people
from projects.models import Batch, BatchKind, Enrollment
from workers.models import Worker

router = Router(tags=["Studio"])
ERRORS = {400: Error, 401: Error, 403: Error, 404: Error, 429: Error}
Assignments = dict[str, list[str]]
BATCH_TYPES = {
    BatchKind.PRODUCTION: "Production",
    BatchKind.CALIBRATION: "Calibration",
    BatchKind.SELF_LABEL: "SelfLabel",
}


class AssignmentOrder(BaseModel):
    emails: list[str] = Field(min_length=1, max_length=own_people.MOST_AT_ONCE)
    projects: list[str] = Field(min_length=1, max_length=own_people.MOST_AT_ONCE, description="Names.")


class NamedBatch(BaseModel):
    name: str


class BatchOrder(BaseModel):
    batches: list[NamedBatch] = Field(description="All that are pending, the first one first.")


class StudioBatch(BaseModel):
    id: str
    name: str
    project_id: str = Field(alias="projectId")
    project_name: str = Field(alias="projectName")
    batch_type: str = Field(alias="batchType", description="`Production`, `Calibration` or `SelfLabel`.")
    studio_priority: int | None = Field(
        default=None, alias="studioPriority", description="Its place, from 1; absent where it is over."
    )
    total: int = Field(description="Tasks, without cancelled ones.")
    completed: int
    groups: list[str] = Field(
        description="To whom it is given: names of groups, addresses of people; empty: everybody on the project."
    )


@router.get("/studio/assignments", response={200: Assignments, **ERRORS}, auth=ADMIN, operation_id="studio_assignments")
def assignments(request: KeyRequest) -> HttpResponse:
    """The projects of everybody of the own workforce, by address."""
    return assigned(request.auth)


@router.post("/studio/assignments/add", response={200: Assignments, **ERRORS}, auth=ADMIN, operation_id="assign_people")
def add_assignments(request: KeyRequest, order: AssignmentOrder) -> HttpResponse:
    """Put everybody who is named on every project that is named; a member who has never labeled may now."""
    projects = finding.projects_named(request.auth, order.projects)
    own_people.put_on(request.auth.organization, order.emails, projects, by=None, at=timezone.now())
    return assigned(request.auth)


@router.post(
    "/studio/assignments/remove", response={200: Assignments, **ERRORS}, auth=ADMIN, operation_id="unassign_people"
)
def remove_assignments(request: KeyRequest, order: AssignmentOrder) -> HttpResponse:
    """Take everybody who is named off every project that is named. What they have in hand they may finish."""
    projects = finding.projects_named(request.auth, order.projects)
    own_people.take_off(request.auth.organization, order.emails, projects, by=None, at=timezone.now())
    return assigned(request.auth)


@router.get(
    "/studio/batches", response={200: list[StudioBatch], **ERRORS}, by_alias=True, operation_id="studio_batches"
)
def batches(request: KeyRequest) -> HttpResponse:
    """All batches that have a name and are not over, in the order in which they are handed out."""
    return in_order(request.auth)


@router.post(
    "/studio/batches/set_priorities",
    response={200: list[StudioBatch], **ERRORS},
    by_alias=True,
    auth=ADMIN,
    operation_id="order_studio_batches",
)
def set_priorities(request: KeyRequest, order: BatchOrder) -> HttpResponse:
    """Hand them out in this order, from the next task that somebody takes. 400 names those that are missing."""
    names = [batch.name for batch in order.batches]
    key = request.auth
    ordering.set_order(key.organization, names, by=None, at=timezone.now(), mode=key.mode)
    return in_order(key)


@router.post(
    "/studio/batches/reset_priorities",
    response={200: list[StudioBatch], **ERRORS},
    by_alias=True,
    auth=ADMIN,
    operation_id="reset_studio_batches",
)
def reset_priorities(request: KeyRequest) -> HttpResponse:
    """Back to the recommended order: calibration first, then by age."""
    ordering.reset_order(request.auth.organization, by=None, at=timezone.now(), mode=request.auth.mode)
    return in_order(request.auth)


def assigned(key: ApiKey) -> HttpResponse:
    """Two queries. Who is on no project has an empty list."""
    workers = Worker.objects.filter(organization=key.organization_id, user__is_active=True)
    on = Enrollment.objects.active().filter(worker__in=workers, project__in=finding.projects_of(key))
    names: dict[int, list[str]] = defaultdict(list)
    for worker_id, name in on.order_by("project__name").values_list("worker_id", "project__name"):
        names[worker_id].append(name)
    people = workers.order_by("user__email").values_list("pk", "user__email")
    return ok({email: names[pk] for pk, email in people})


def in_order(key: ApiKey) -> HttpResponse:
    """Three queries: the batches, their counts, to whom they are given."""
    found = list(ordering.open_named(key.organization_id, key.mode).select_related("project"))
    ids = [batch.pk for batch in found]
    counts, given = counting.of_batches(ids), giving.names_of(ids)
    answers = [studio_batch(batch, counts[batch.pk], given[batch.pk]) for batch in found]
    return ok([{**answer, "studioPriority": place} for place, answer in enumerate(answers, start=1)])


def one_batch(batch: Batch) -> HttpResponse:
    counts, given = counting.of_batches([batch.pk]), giving.names_of([batch.pk])
    place = ordering.place_of(batch)
    answer = studio_batch(batch, counts[batch.pk], given[batch.pk])
    return ok(answer | ({} if place is None else {"studioPriority": place}))


def studio_batch(batch: Batch, counts: counting.Counts, groups: Sequence[str]) -> dict[str, Any]:
    return {
        "id": batch.public_id,
        "name": batch.name,
        "projectId": batch.project.public_id,
        "projectName": batch.project.name,
        "batchType": BATCH_TYPES[BatchKind(batch.kind)],
        "total": counts.total,
        "completed": counts.completed,
        "groups": groups,
    }
