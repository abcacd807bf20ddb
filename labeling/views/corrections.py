"""What contractors say of their recorded time: an admin decides."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import PersonRequest, site_admin_required
from core.errors import BusinessError, StaleState
from core.paging import keyset_page
from labeling import correcting
from labeling.models import TimeCorrection, WorkDay
from labeling.timeline import stretch_of

MOST_WORDS = 500


@require_GET
@site_admin_required
def corrections(request: PersonRequest) -> HttpResponse:
    return page_of(request)


def page_of(request: PersonRequest, *, refused: dict[str, Any] | None = None) -> HttpResponse:
    """The oldest first; `refused` is the correction that could not be decided, with its words and why."""
    pending = TimeCorrection.objects.visible_to(request.user).pending().select_related("worker__user")
    page = keyset_page(pending, request, order=("id",))
    days = WorkDay.objects.filter(
        worker__in={one.worker_id for one in page.rows}, day__in={one.day for one in page.rows}
    )
    recorded = {(one.worker_id, one.day): one.worked for one in days}
    rows = [
        {
            "correction": one,
            "stretch": correcting.in_words(stretch_of(one), one.worker),
            "length": one.ends_at - one.begins_at,
            "recorded": recorded.get((one.worker_id, one.day)),
            "refused": refused if refused and refused["public_id"] == one.public_id else None,
        }
        for one in page.rows
    ]
    context = {"page": page, "rows": rows, "most_words": MOST_WORDS}
    return render(request, "labeling/corrections.html", context, status=422 if refused else 200)


@require_POST
@site_admin_required
def decide(request: PersonRequest, public_id: str) -> HttpResponse:
    visible = TimeCorrection.objects.visible_to(request.user).select_related("worker__user")
    correction = get_object_or_404(visible, public_id=public_id)
    accepted = request.POST.get("decision") == "accept"
    answer = request.POST.get("answer", "").strip()[:MOST_WORDS]
    try:
        correcting.decide(correction, accepted=accepted, answer=answer, by=request.user, at=timezone.now())
    except StaleState:
        raise
    except BusinessError as error:
        return page_of(request, refused={"public_id": public_id, "answer": answer, "why": error.message})
    messages.success(request, _("Accepted; the day's total has changed.") if accepted else _("Refused."))
    return redirect("operations:corrections")
