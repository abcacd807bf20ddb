"""What projects cost: completed tasks, and sums of the ledger. Never who earned what."""

from datetime import date, timedelta
from typing import Literal

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BaseModel, Field

from accounts.models import ApiKey
from api import finding
from api.auth import ADMIN, KeyRequest
from api.times import moment
from api.tree import ok
from api.v1.shapes import Error, Json
from core.errors import BusinessError
from core.money import decimal_text
from payments import costs
from payments.costs import Cost, Period
from projects.models import Project

router = Router(tags=["Costs"], auth=ADMIN)
ERRORS = {400: Error, 401: Error, 403: Error, 404: Error, 429: Error}
MOST = 100
MOST_DAYS = 366


class CostFilter(BaseModel):
    project: str | None = Field(default=None, description="The project's name.")
    since: str | None = Field(default=None, description="What happened at this time or later.")
    until: str | None = Field(default=None, description="What happened before this time.")
    by: Literal["day"] | None = Field(default=None, description=f"Day by day, at most {MOST_DAYS} days at once.")
    limit: int = Field(default=MOST, ge=1, le=MOST, description="Projects.")
    next_token: str | None = None


class Amounts(BaseModel):
    """Exact amounts with six digits behind the point."""

    completed_tasks: int = Field(description="Tasks that were completed.")
    cost: str = Field(description="What they cost, each at its version's price.")
    worked: str = Field(description="What was handed in, each answer at its rate.")
    accepted: str = Field(description="What was accepted, by review, audit or time, whenever it was handed in.")
    rejected: str = Field(description="What was rejected, and is not paid.")
    in_review: str = Field(description="What was handed in and is not decided yet.")


class DayOut(Amounts):
    day: str = Field(description="In the time zone of the account.")


class CostOut(Amounts):
    """A project in one currency."""

    project: str = Field(description="Its name; tasks that were ordered without a project are together in one.")
    project_id: str
    type: str
    currency: str = Field(description="ISO 4217.")
    days: list[DayOut] | None = Field(default=None, description="With `by=day`, without days on which nothing was.")


class CostPage(BaseModel):
    """A page of projects, the newest first."""

    docs: list[CostOut]
    time_zone: str = Field(description="Of the days.")
    limit: int
    has_more: bool
    next_token: str | None = Field(default=None, description="Ask with it for the next page; absent on the last one.")


@router.get("/costs", response={200: CostPage, **ERRORS}, operation_id="costs")
def listed(request: KeyRequest, wanted: Query[CostFilter]) -> HttpResponse:
    """What projects cost, in all or in a time. In the test world everything is 0."""
    key = request.auth
    period = period_of(wanted)
    found = list(behind(key, wanted).select_related("organization").order_by("-pk")[: wanted.limit + 1])
    shown, has_more = found[: wanted.limit], len(found) > wanted.limit
    page: Json = {
        "docs": docs_of(shown, period, zone=key.organization.time_zone if wanted.by else None),
        "time_zone": key.organization.time_zone,
        "limit": wanted.limit,
        "has_more": has_more,
    }
    return ok(page | {"next_token": shown[-1].public_id} if has_more else page)


def period_of(wanted: CostFilter) -> Period:
    """Raises BusinessError `bad_range` for an end before the beginning, and for days without end."""
    since = moment(wanted.since, "since") if wanted.since is not None else None
    until = moment(wanted.until, "until") if wanted.until is not None else None
    if since and until and since >= until:
        raise BusinessError(_("The end has to be after the beginning."), code="bad_range", status=400)
    if wanted.by and (since is None or until is None or until - since > timedelta(days=MOST_DAYS)):
        sentence = _("Day by day needs “since” and “until”, at most %(days)s days apart.") % {"days": MOST_DAYS}
        raise BusinessError(sentence, code="bad_range", status=400)
    return Period(since, until)


def behind(key: ApiKey, wanted: CostFilter) -> QuerySet[Project]:
    """Raises Http404 for a project or page that is not there."""
    own = finding.projects_of(key)
    rows = own.filter(pk=finding.project_named(key, wanted.project).pk) if wanted.project is not None else own
    if wanted.next_token is None:
        return rows
    token = wanted.next_token.replace("\0", "")
    last = own.filter(public_id=token).values_list("pk", flat=True).first()
    if last is None:
        raise Http404(_("There is no such page."))
    return rows.filter(pk__lt=last)


def docs_of(projects: list[Project], period: Period, *, zone: str | None) -> list[Json]:
    named = {project.pk: project for project in projects}
    found = sorted(costs.of_projects(projects, period).items(), key=lambda row: (-row[0][0], row[0][1]))
    daily = costs.by_day(projects, period, zone=zone) if zone else {}
    docs = []
    for (pk, currency), cost in found:
        project = named[pk]
        named_by = {"project": project.name, "project_id": project.public_id, "type": project.type}
        doc = named_by | {"currency": currency} | amounts(cost)
        docs.append(doc | {"days": days_json(daily.get((pk, currency), {}))} if zone else doc)
    return docs


def days_json(days: dict[date, Cost]) -> list[Json]:
    return [{"day": day.isoformat()} | amounts(cost) for day, cost in days.items()]


def amounts(cost: Cost) -> Json:
    return {
        "completed_tasks": cost.completed,
        "cost": decimal_text(cost.cost_micros),
        "worked": decimal_text(cost.worked_micros),
        "accepted": decimal_text(cost.accepted_micros),
        "rejected": decimal_text(cost.rejected_micros),
        "in_review": decimal_text(cost.in_review_micros),
    }
