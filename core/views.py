"""Error pages and health: they work when little else does."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from core.errors import BusinessError


def refused(request: HttpRequest, error: BusinessError) -> HttpResponse:
    """The page for what a rule refuses: its sentence and the way back."""
    return render(request, error.template, {"error": error, "back": where_from(request)}, status=error.status)


def where_from(request: HttpRequest) -> str:
    """The page of this site that the person came from, else the start."""
    address = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if ours else reverse("start")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request: neither the database nor a context processor can break it."""
    page = loader.get_template("errors/500.html").render({"request_id": getattr(request, "id", "")})
    return HttpResponse(page, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/csrf.html", status=403)


def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok", content_type="text/plain")
