"""The page that carries the workbench; everything on it comes by the workbench's own endpoints."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from labeling.models import StageKind
from workers.access import WorkerRequest, worker_required


@require_GET
@ensure_csrf_cookie
@worker_required
def bench(request: WorkerRequest) -> HttpResponse:
    """`?project=<codename>` and `?kind=attempt|review` narrow what is taken; `?assignment=<id>` opens one's own."""
    kind = request.GET.get("kind", "")
    return render(
        request,
        "labeling/bench.html",
        {
            "project": request.GET.get("project", "")[:64],
            "kind": kind if kind in StageKind.values else "",
            "assignment": request.GET.get("assignment", "")[:24],
            "test_hook": settings.DEV or settings.WORKBENCH_TEST_HOOK,
        },
    )
