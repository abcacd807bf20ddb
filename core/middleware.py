"""What every request gets: an id, a language and a time zone, and an answer to what a rule refuses."""

import re
import secrets
import zoneinfo
from collections.abc import Callable

import structlog
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone, translation

from core.errors import BusinessError
from core.views import refused

GetResponse = Callable[[HttpRequest], HttpResponse]
NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def request_id(get_response: GetResponse) -> GetResponse:
    """Takes the proxy's X-Request-Id or makes one; it stands in every log line, event and error page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request.id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.id)  # type: ignore[attr-defined]
        response = get_response(request)
        response["X-Request-Id"] = request.id  # type: ignore[attr-defined]
        return response

    return middleware


class ContentSecurityPolicy(CSPMiddleware):
    """Pages get the policy of the settings. What is no page may load and show nothing, and costs no policy to build."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith("application/json"):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, NOTHING)
        return response


def language_and_time_zone(get_response: GetResponse) -> GetResponse:
    """Before sign-in: the browser's language, UTC."""

    def middleware(request: HttpRequest) -> HttpResponse:
        translation.activate(translation.get_language_from_request(request))
        timezone.deactivate()
        response = get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response

    return middleware


def person(get_response: GetResponse) -> GetResponse:
    """After sign-in: the person's own language and time zone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            if user.language in dict(settings.LANGUAGES):
                translation.activate(user.language)
            timezone.activate(zoneinfo.ZoneInfo(user.time_zone))
            structlog.contextvars.bind_contextvars(user=user.public_id)
        return get_response(request)

    return middleware


class BusinessErrors:
    """Turns a BusinessError into JSON for scripts and into a page for people."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, BusinessError):
            return None
        if wants_json(request):
            error = {"code": exception.code, "message": str(exception), **exception.details}
            return JsonResponse({"error": error}, status=exception.status)
        return refused(request, exception)


business_errors = BusinessErrors


def wants_json(request: HttpRequest) -> bool:
    return request.content_type == "application/json" or request.accepts("text/html") is False
