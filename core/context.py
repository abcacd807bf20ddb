"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    return {"public_url": settings.PUBLIC_URL, "request_id": getattr(request, "id", ""), "dev": settings.DEV}
