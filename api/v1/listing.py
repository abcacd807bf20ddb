"""A page of tasks: filters, the key behind which the next page begins, how many there are in all."""

import time
from typing import Any

from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from pydantic import BaseModel, Field

from accounts.models import ApiKey
from api import finding
from api.times import moment
from core.errors import BusinessError
from labeling.models import Resolution, ReviewStatus
from projects.models import Task, TaskStatus, TaskTag

MOST = 100
# A large count is kept for so many times as long as it took: it is never more than a hundredth of the work.
KEPT_TIMES = 100
LARGE = 50_000


class TaskFilter(BaseModel):
    """What `GET /v1/tasks` understands; other parameters are passed over."""

    start_time: str | None = Field(default=None, description="Created at this time or later.")
    end_time: str | None = Field(default=None, description="Created before this time.")
    completed_after: str | None = None
    completed_before: str | None = None
    updated_after: str | None = None
    updated_before: str | None = None
    status: str | None = None
    type: str | None = None
    project: str | None = Field(default=None, description="The project's name.")
    batch: str | None = Field(default=None, description="The batch's name.")
    customer_review_status: str | None = Field(default=None, description="One or several, with commas.")
    unique_id: list[str] = Field(default=[], description="May be there several times.")
    tags: list[str] = Field(default=[], description="May be there several times: tasks with one of them.")
    limit: int = Field(default=MOST, ge=1, le=MOST)
    next_token: str | None = None
    include_attachment_url: bool = False
    limited_response: bool = False


BOUNDS = {
    "start_time": "created_at__gte",
    "end_time": "created_at__lt",
    "completed_after": "completed_at__gte",
    "completed_before": "completed_at__lt",
    "updated_after": "updated_at__gte",
    "updated_before": "updated_at__lt",
}


def matching(key: ApiKey, wanted: TaskFilter) -> QuerySet[Task]:
    """Raises Http404 for a project or batch that is not there, BusinessError (400) for an impossible value."""
    tasks = finding.tasks_of(key)
    if wanted.project is not None:
        tasks = tasks.filter(project=finding.project_named(key, wanted.project))
    if wanted.batch is not None:
        tasks = tasks.filter(batch=finding.batch_named(key, wanted.batch))
    bounds = {bound: moment(text, name) for name, bound in BOUNDS.items() if (text := getattr(wanted, name))}
    tasks = tasks.filter(**bounds)
    if wanted.status is not None:
        tasks = tasks.filter(status=one_of(wanted.status, TaskStatus.values, "status"))
    if wanted.type is not None:
        tasks = tasks.filter(type=wanted.type)
    if wanted.unique_id:
        tasks = tasks.filter(unique_id__in=wanted.unique_id)
    if wanted.tags:
        tasks = tasks.filter(Exists(TaskTag.objects.filter(task=OuterRef("pk"), tag__in=wanted.tags)))
    if wanted.customer_review_status:
        tasks = tasks.filter(judged(wanted.customer_review_status.split(",")))
    return tasks


def judged(statuses: list[str]) -> Q:
    for status in statuses:
        one_of(status, ReviewStatus.values, "customer_review_status")
    answers = Resolution.objects.filter(task=OuterRef("pk"), current=True, review_status__in=statuses)
    return Q(Exists(answers), status=TaskStatus.COMPLETED)


def one_of(value: str, values: list[Any], name: str) -> str:
    if value not in values:
        sentence = _("“%(name)s” is one of %(values)s.")
        said = sentence % {"name": name, "values": ", ".join(values)}
        raise BusinessError(said, code="bad_value", status=400)
    return value


def behind(tasks: QuerySet[Task], key: ApiKey, token: str | None) -> QuerySet[Task]:
    """Those that come after the task whose id the token is. New ones are newer: they move no page."""
    if token is None:
        return tasks
    last = finding.tasks_of(key).filter(public_id=token[:64].replace("\0", "")).values_list("created_at", "pk").first()
    if last is None:
        raise Http404(_("There is no such page."))
    created_at, pk = last
    return tasks.filter(Q(created_at__lt=created_at) | Q(created_at=created_at, pk__lt=pk))


def total(tasks: QuerySet[Task], key: ApiKey, wanted: TaskFilter) -> int:
    """How many match on all pages. A large one is believed for a moment."""
    asked = wanted.model_dump_json(exclude={"limit", "next_token", "include_attachment_url", "limited_response"})
    name = f"api-total:{key.organization_id}:{key.mode}:{hash(asked)}"
    known = cache.get(name)
    if known is not None:
        return int(known)
    begun = time.monotonic()
    found = tasks.count()
    if found >= LARGE:
        cache.set(name, found, (time.monotonic() - begun) * KEPT_TIMES)
    return found


def page(tasks: QuerySet[Task], key: ApiKey, wanted: TaskFilter) -> tuple[list[Task], bool]:
    """The tasks of the page, of which only the keys are read, and whether there are more."""
    ordered = behind(tasks, key, wanted.next_token).order_by("-created_at", "-pk").only("pk", "public_id")
    found = list(ordered[: wanted.limit + 1])
    return found[: wanted.limit], len(found) > wanted.limit
