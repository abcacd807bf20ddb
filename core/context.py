"""What every template knows."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

LIVE_PATH = "/live/events"


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "public_url": settings.PUBLIC_URL,
        "request_id": getattr(request, "id", ""),
        "dev": settings.DEV,
        "live_url": live_url(request),
    }


def live_url(request: HttpRequest) -> str:
    """Where this page hears of what happens; empty where it cannot.

    On a port of the same machine the name has to be the one by which the page was asked for, whose cookie it is.
    """
    if not settings.LIVE_EVENTS:
        return ""
    if settings.LIVE_ORIGIN or not settings.LIVE_PORT:
        return f"{settings.LIVE_ORIGIN}{LIVE_PATH}"
    origin = f"http://{urlsplit(f'//{request.get_host()}').hostname}:{settings.LIVE_PORT}"
    return f"{origin}{LIVE_PATH}" if origin in settings.LIVE_SOURCES else ""
