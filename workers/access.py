"""Who gets to a contractor's page: those with a Worker row. For others it does not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponseBase

from accounts.access import PersonRequest, to_sign_in
from accounts.models import User
from core.errors import BusinessError
from workers.models import Worker


class WorkerRequest(PersonRequest):
    """What a view behind `worker_required` gets."""

    worker: Worker


class SignInAgain(BusinessError):
    """A script's answer to a session that ended."""

    status = 401


def worker_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For pages: signs in first, 404 for who is no contractor."""

    @wraps(view)
    def check(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return to_sign_in(request)
        request.worker = find_worker(request)
        return view(request, *args, **kwargs)

    return check


def worker_script(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For the workbench's calls: 401 in JSON where a page would redirect."""

    @wraps(view)
    def check(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, User):
            raise SignInAgain("Sign in again to go on. Your work is saved.", code="signed_out")
        request.worker = find_worker(request)
        return view(request, *args, **kwargs)

    return check


def find_worker(request: WorkerRequest) -> Worker:
    try:
        return request.user.worker
    except Worker.DoesNotExist:
        raise Http404 from None
