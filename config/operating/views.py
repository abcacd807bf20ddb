"""/readyz: JSON for machines, words for people."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils import timezone
from django.views.decorators.cache import never_cache

from config.operating.health import Health, health


@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and every migration is applied, else 503."""
    found = health(at=timezone.now())
    status = 200 if found.ready else 503
    if request.accepts("text/html") and "text/html" in request.headers.get("Accept", ""):
        # Without the request: neither the session nor a context processor may ask the database for anything.
        return HttpResponse(loader.get_template("config/readyz.html").render({"health": found}), status=status)
    return JsonResponse(as_json(found), status=status)


def as_json(found: Health) -> dict[str, object]:
    if not found.ready:
        return {"ready": False, "why": found.why}
    degraded = [{"code": finding.code, "message": finding.sentence} for finding in found.degraded]
    return {"ready": True, "degraded": degraded}
