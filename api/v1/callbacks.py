"""The log of callbacks, and sending again: one, or all of a range of time."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BaseModel, Field

from accounts.models import ApiKey
from api import finding
from api.auth import ADMIN, KeyRequest
from api.times import moment
from api.tree import ok
from api.v1.jobs import JobOut, job_json
from api.v1.listing import one_of
from api.v1.shapes import Error, Json
from core.errors import BusinessError
from delivery import callbacks
from delivery.models import Delivery, DeliveryState
from events import recording

router = Router(tags=["Callbacks"], auth=ADMIN)
ERRORS = {400: Error, 401: Error, 403: Error, 404: Error, 429: Error}
MOST = 100


class CallbackFilter(BaseModel):
    state: str | None = Field(default=None, description="`waiting`, `delivered` or `failed`.")
    task: str | None = Field(default=None, description="The id of a task: what was told of it.")
    limit: int = Field(default=MOST, ge=1, le=MOST)
    next_token: str | None = None


class CallbackOut(BaseModel):
    """One thing that happened and had to reach one address, with its attempts, the newest first."""

    id: str
    event: str = Field(description="`task.completed` and so on.")
    subject_id: str
    address: str
    state: str
    is_test: bool
    created_at: str
    ended_at: str | None
    next_try_at: str | None
    attempts: list[Json]


class CallbackPage(BaseModel):
    """A page of callbacks, the newest first."""

    docs: list[CallbackOut]
    limit: int
    has_more: bool
    next_token: str | None = Field(default=None, description="Ask with it for the next page; absent on the last one.")


class RangeOrder(BaseModel):
    since: str = Field(description="What happened at this time or later.")
    until: str = Field(description="What happened before this time.")
    state: str | None = Field(default=None, description="`failed` for what was given up; without it everything.")


@router.get("/callbacks", response={200: CallbackPage, **ERRORS}, operation_id="callbacks")
def log(request: KeyRequest, wanted: Query[CallbackFilter]) -> HttpResponse:
    """Callbacks, the newest first, a page at a time."""
    key = request.auth
    rows = callbacks.deliveries_of(key.organization_id, mode=key.mode, state=checked_state(wanted.state))
    if wanted.task is not None:
        rows = rows.filter(subject_id=finding.task_with_id(key, wanted.task).public_id)
    if wanted.next_token is not None:
        rows = rows.filter(pk__lt=callback_with_id(key, wanted.next_token).pk)
    found = list(rows.order_by("-pk")[: wanted.limit + 1])
    shown, has_more = found[: wanted.limit], len(found) > wanted.limit
    page: Json = {"docs": callbacks.logs_json(shown), "limit": wanted.limit, "has_more": has_more}
    return ok(page | {"next_token": shown[-1].public_id} if has_more else page)


@router.post("/callbacks/send_again", response={200: JobOut, **ERRORS}, operation_id="send_callbacks_again")
def send_range_again(request: KeyRequest, order: RangeOrder) -> HttpResponse:
    """Begin to send again what happened in a range of time, in the order in which it happened."""
    since, until = moment(order.since, "since"), moment(order.until, "until")
    if since >= until:
        raise BusinessError(_("The end has to be after the beginning."), code="bad_range", status=400)
    key = request.auth
    job = callbacks.send_range_again(
        key.organization,
        mode=key.mode,
        since=since,
        until=until,
        state=checked_state(order.state),
        by=recording.by_key(key),
        user=None,
        at=timezone.now(),
    )
    return ok(job_json(job))


@router.get("/callbacks/{callback_id}", response={200: CallbackOut, **ERRORS}, operation_id="callback")
def callback(request: KeyRequest, callback_id: str) -> HttpResponse:
    """One callback, with what was answered at each attempt."""
    return ok(callbacks.log_json(callback_with_id(request.auth, callback_id)))


@router.post(
    "/callbacks/{callback_id}/send_again", response={200: CallbackOut, **ERRORS}, operation_id="send_callback_again"
)
def send_again(request: KeyRequest, callback_id: str) -> HttpResponse:
    """Begin anew with it, whatever became of it; 400 while a try is under way."""
    key = request.auth
    found = callback_with_id(key, callback_id)
    callbacks.send_again(found, by=recording.by_key(key), at=timezone.now())
    found.refresh_from_db()
    return ok(callbacks.log_json(found))


def checked_state(state: str | None) -> str:
    return one_of(state, DeliveryState.values, "state") if state else ""


def callback_with_id(key: ApiKey, public_id: str) -> Delivery:
    """Raises Http404, whatever shape the id has."""
    rows = callbacks.deliveries_of(key.organization_id, mode=key.mode)
    found = rows.filter(public_id=public_id).first() if "\0" not in public_id else None
    if found is None:
        raise Http404(_("There is no callback with the id “%(id)s”.") % {"id": public_id[:100]})
    return found
