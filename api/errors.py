"""Whatever goes wrong is answered as `{"status_code", "error"}` with a sentence, as Scale's client reads it."""

from typing import Any

import orjson
import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from api.limiting import TooManyError
from core import limits
from core.errors import BusinessError

log = structlog.get_logger(__name__)

# What a repeat with the same name or id means. Everything else that a rule refuses is 400: at a 409 Scale's client
# looks into the body that it sent, and fails where that is a list or nothing.
CONFLICTS = {"name_taken", "unique_id_taken", "reference_taken"}
WHERE = {"body", "query", "path", "form", "file"}


def answer(status: int, sentence: str, **more: Any) -> HttpResponse:
    body = {"status_code": status, "error": sentence, **more}
    return HttpResponse(orjson.dumps(body), status=status, content_type="application/json")


def install(api: NinjaAPI) -> None:
    """Teach the tree what each error is answered with."""
    api.add_exception_handler(Http404, not_found)
    api.add_exception_handler(BusinessError, refused)
    api.add_exception_handler(AuthenticationError, unauthorized)
    api.add_exception_handler(HttpError, http_error)
    api.add_exception_handler(ValidationError, invalid)
    api.add_exception_handler(TooManyError, too_many)
    api.add_exception_handler(RequestDataTooBig, too_big)
    api.add_exception_handler(Exception, failed)


def not_found(request: HttpRequest, error: Any) -> HttpResponse:
    said = str(error)
    # Django's own sentence names the model and the query.
    is_ours = said and "matches the given query" not in said
    return answer(404, said if is_ours else _("There is no such thing here."))


def refused(request: HttpRequest, error: Any) -> HttpResponse:
    status = error.status
    if status == 409 and error.code not in CONFLICTS:
        status = 400
    return answer(status, error.message, code=error.code)


def unauthorized(request: HttpRequest, error: Any) -> HttpResponse:
    response = answer(401, _("This is no valid API key, or it has ended."))
    response["WWW-Authenticate"] = 'Basic realm="Plumbline API", charset="UTF-8"'
    return response


def http_error(request: HttpRequest, error: Any) -> HttpResponse:
    cause = error.__cause__
    if isinstance(cause, BusinessError):
        return refused(request, cause)
    return answer(error.status_code, error.message)


def invalid(request: HttpRequest, error: Any) -> HttpResponse:
    """400 with the first parameter that is wrong, by name."""
    first = error.errors[0]
    place = [part for part in first["loc"] if part not in WHERE]
    return answer(400, sentence_of({**first, "loc": place[1:] or place}))


def sentence_of(fault: Any) -> str:
    """What pydantic found wrong, by the parameter's name."""
    name = ".".join(str(part) for part in fault["loc"]) or "body"
    if fault["type"] == "missing":
        return f'Parameter is invalid, reason: "{name}" is required'
    return f'Parameter is invalid, reason: "{name}": {fault["msg"]}'


def too_many(request: HttpRequest, error: Any) -> HttpResponse:
    sentence = _("This key may ask %(limit)s times in a minute. Wait %(wait)s s.")
    response = answer(429, sentence % {"limit": error.limit, "wait": error.wait_s})
    response["Retry-After"] = str(error.wait_s)
    return response


def too_big(request: HttpRequest, error: Any) -> HttpResponse:
    return answer(413, _("This is larger than %(limit)s bytes.") % {"limit": limits.API_BODY})


def failed(request: HttpRequest, error: Any) -> HttpResponse:
    log.error("api.failed", exc_info=error)
    sentence = _("Something went wrong on our side. Nothing was changed; the log has the number %(id)s.")
    return answer(500, sentence % {"id": getattr(request, "id", "")})
