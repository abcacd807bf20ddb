"""Pausing a project, or all of one's work, by the API: ours beyond Scale, by the actions and preview of the pages."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, Field

from accounts.models import ApiKey, Mode
from api import finding
from api.auth import ADMIN, KeyRequest
from api.times import moment
from api.tree import ok
from api.v1.listing import one_of
from api.v1.shapes import Error, Json
from core.errors import BusinessError
from delivery.scale_json import stamp
from labeling import pausing, resuming
from labeling.pausing import Order
from labeling.previewing import preview
from labeling.scope_names import hidden_names
from labeling.scopes import Scope
from projects.models import Pause, PausePolicy, PauseQuerySet, PauseReason, PauseScope

router = Router(tags=["Pauses"])
ERRORS = {400: Error, 401: Error, 403: Error, 404: Error, 429: Error}
MOST_MINUTES = 24 * 60


class PauseOrder(BaseModel):
    policy: str = Field(default="finish", description="What happens to work in hand: finish, grace, save_only, recall.")
    grace_minutes: int | None = Field(default=None, ge=1, le=MOST_MINUTES, description="With the policy grace alone.")
    until: str | None = Field(default=None, description="It ends by itself then, not before.")
    reason: str = PauseReason.CUSTOMER.value
    text_for_workers: str = Field(default="", max_length=2000, description="Names neither you nor the project.")
    text_for_staff: str = Field(default="", max_length=4000, description="Workers never see it.")
    reviews_go_on: bool = False
    preview: bool = Field(default=False, description="Count whom it would reach, and write nothing.")


class ResumeOrder(BaseModel):
    ramp_minutes: int = Field(default=0, ge=0, le=MOST_MINUTES, description="People come back step by step.")


class PauseSaid(BaseModel):
    pause: Json | None = None
    preview: Json | None = None


class ResumeSaid(BaseModel):
    resumed: list[Json]
    still_paused: list[Json]


class Pauses(BaseModel):
    pauses: list[Json]


@router.post(
    "/projects/{path:project}/pause", auth=ADMIN, response={200: PauseSaid, **ERRORS}, operation_id="pause_project"
)
def pause_project(request: KeyRequest, project: str, order: PauseOrder) -> HttpResponse:
    """Hand nothing of the project out any more, from the moment of the answer."""
    return paused(Scope.of(finding.project_named(request.auth, project)), order, at=timezone.now())


@router.post("/pause", auth=ADMIN, response={200: PauseSaid, **ERRORS}, operation_id="pause_all")
def pause_all(request: KeyRequest, order: PauseOrder) -> HttpResponse:
    """The same for all of one's work."""
    return paused(whole(request.auth), order, at=timezone.now())


@router.post(
    "/projects/{path:project}/resume", auth=ADMIN, response={200: ResumeSaid, **ERRORS}, operation_id="resume_project"
)
def resume_project(request: KeyRequest, project: str, order: ResumeOrder | None = None) -> HttpResponse:
    """End what the API has paused of the project as a whole; what stands besides is listed."""
    scope = Scope.of(finding.project_named(request.auth, project))
    return resumed(request.auth, scope, order or ResumeOrder(), at=timezone.now())


@router.post("/resume", auth=ADMIN, response={200: ResumeSaid, **ERRORS}, operation_id="resume_all")
def resume_all(request: KeyRequest, order: ResumeOrder | None = None) -> HttpResponse:
    """The same for all of one's work."""
    return resumed(request.auth, whole(request.auth), order or ResumeOrder(), at=timezone.now())


@router.get("/pauses", auth=ADMIN, response={200: Pauses, **ERRORS}, operation_id="pauses")
def pauses(request: KeyRequest) -> HttpResponse:
    """What stops one's work, or is going to, the newest first."""
    found = standing(request.auth).select_related("project", "batch").order_by("-starts_at", "-pk")
    return ok({"pauses": [pause_json(one, at=timezone.now()) for one in found]})


def whole(key: ApiKey) -> Scope:
    """Raises BusinessError for a key of the test world: the pause would stop people's work in the other one."""
    if key.mode != Mode.LIVE:
        raise BusinessError(_("A test key pauses no live work: use a live one."), code="test_key", status=400)
    return Scope.of(key.organization)


def paused(scope: Scope, wanted: PauseOrder, *, at: datetime) -> HttpResponse:
    order = order_of(wanted, scope)
    pausing.refuse(order, at=at)
    if wanted.preview:
        counted = preview(scope, reviews_go_on=order.reviews_go_on, at=at)
        last = counted.last_lease_at
        return ok({"preview": counted.counts() | {"last_lease_at": stamp(last) if last else None}})
    (one,) = pausing.pause([scope], order, by=None, at=at)
    return ok({"pause": pause_json(one, at=at)})


def order_of(wanted: PauseOrder, scope: Scope) -> Order:
    """Raises BusinessError for an unknown policy or reason, or a text that names the customer or the project."""
    text = wanted.text_for_workers
    for name in hidden_names(scope):
        if name.casefold() in text.casefold():
            sentence = _("This names the customer or the project: “%(name)s”.") % {"name": name}
            raise BusinessError(sentence, code="text_for_workers", status=400)
    return Order(
        policy=one_of(wanted.policy, PausePolicy.values, "policy"),
        reason=one_of(wanted.reason, PauseReason.values, "reason"),
        grace=timedelta(minutes=wanted.grace_minutes) if wanted.grace_minutes is not None else None,
        ends_at=moment(wanted.until, "until") if wanted.until else None,
        reviews_go_on=wanted.reviews_go_on,
        text_for_workers=text,
        text_for_staff=wanted.text_for_staff,
        is_customers=True,
    )


def resumed(key: ApiKey, scope: Scope, wanted: ResumeOrder, *, at: datetime) -> HttpResponse:
    """Raises BusinessError where the API has paused nothing of that scope: a person's pause is theirs to lift."""
    own = standing(key).in_force(at=at).filter(is_customers=True, created_by=None, **{scope.kind: scope.subject})
    found = list(own.select_related("project", "batch").order_by("pk"))
    if not found:
        raise BusinessError(_("The API has paused nothing here."), code="not_paused", status=400)
    lifted = resuming.write_resume(found, timedelta(minutes=wanted.ramp_minutes), by=None, at=at)
    left = standing(key).in_force(at=at).select_related("project", "batch").order_by("pk")
    return ok({
        "resumed": [pause_json(one, at=at) for one in lifted],
        "still_paused": [pause_json(one, at=at) for one in left],
    })  # fmt: skip


def standing(key: ApiKey) -> PauseQuerySet:
    """Those that stop work of the key's customer in the key's world, and have not ended."""
    own = Q(project__in=finding.projects_of(key)) | Q(batch__in=finding.batches_of(key))
    return Pause.objects.filter(own | Q(organization=key.organization_id) | Q(scope=PauseScope.SITE), ended_at=None)


def pause_json(one: Pause, *, at: datetime) -> Json:
    """What the customer may know of it: of the site's pauses the text that is meant for them."""
    found = {
        "id": one.public_id,
        "scope": one.scope,
        "project": one.project.name if one.project else None,
        "batch": one.batch.name if one.batch else None,
        "policy": one.policy,
        "grace_until": stamp(one.grace_until) if one.grace_until else None,
        "reviews_go_on": one.reviews_go_on,
        "reason": one.reason,
        "text_for_workers": one.text_for_workers if one.is_customers else None,
        "text_for_customer": one.text_for_customer or None,
        "is_own": one.is_customers,
        "by_api": one.is_customers and one.created_by_id is None,
        "in_force": one.ended_at is None and one.starts_at <= at,
        "starts_at": stamp(one.starts_at),
        "until": stamp(one.ends_at) if one.ends_at else None,
        "ended_at": stamp(one.ended_at) if one.ended_at else None,
    }
    return {key: value for key, value in found.items() if value is not None}
