"""A contractor's own time, day by day, and their corrections of it."""

from datetime import date, datetime, timedelta

from django.contrib import messages
from django.db.models import Min
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import formats
from core.errors import BusinessError
from labeling import correcting, hours, timing
from labeling.day_page import drawn
from labeling.forms import CorrectionForm
from labeling.models import CorrectionStatus, TimeCorrection, WorkInterval
from labeling.timeline import day_window, seen, stretch_of, with_corrections
from workers.access import WorkerRequest, worker_required
from workers.models import Worker

# Days recorded before intervals ended at midnight may differ by an idle limit.
ROUGHLY = timedelta(minutes=5)
FIRST_DAY = date(2000, 1, 1)


@require_GET
@worker_required
def today(request: WorkerRequest) -> HttpResponse:
    now = timezone.now()
    which = timing.day_of(request.worker, at=now)
    return day_page(request, which, form_for(request, which), at=now)


@require_http_methods(["GET", "HEAD", "POST"])
@worker_required
def day(request: WorkerRequest, day: str) -> HttpResponse:
    """The page of a day; what is posted to it is a correction."""
    now = timezone.now()
    which = day_from(day, request.worker, at=now)
    form = form_for(request, which)
    if request.method == "POST" and form.is_valid():
        try:
            correcting.ask(request.worker, form.wish(), note=form.cleaned_data["note"], at=now)
        except BusinessError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Sent. You are told what was decided."))
            return redirect("my:day", day)
    return day_page(request, which, form, at=now)


def form_for(request: WorkerRequest, which: date) -> CorrectionForm:
    data = request.POST if request.method == "POST" else None
    return CorrectionForm(data, day=which, zone=timing.zone_of(request.worker))


def day_from(text: str, worker: Worker, *, at: datetime) -> date:
    """Raises Http404 for what is no day, or one that has not begun."""
    try:
        which = date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if not FIRST_DAY <= which <= timing.day_of(worker, at=at) or text != which.isoformat():
        raise Http404
    return which


def day_page(request: WorkerRequest, which: date, form: CorrectionForm, *, at: datetime) -> HttpResponse:
    worker, today = request.worker, timing.day_of(request.worker, at=at)
    window = day_window(worker, which)
    corrections = list(TimeCorrection.objects.within(worker, window.begins_at, window.ends_at).order_by("pk"))
    accepted = [one for one in corrections if one.status == CorrectionStatus.ACCEPTED]
    pending = [one for one in corrections if one.status == CorrectionStatus.PENDING]
    found = with_corrections(seen(worker, window), sorted(accepted, key=lambda one: (one.decided_at, one.pk)))
    of_day, of_week = hours.hours_of(worker, which)
    context = {
        "day": which,
        "title": formats.date_in_full(which),
        "before": which - timedelta(days=1) if which > first_day(worker, today) else None,
        "after": which + timedelta(days=1) if which < today else None,
        "is_today": which == today,
        "timeline": found,
        "cut_total": sum((one.length for one in found.cut), timedelta()),
        "drawn": drawn(found, pending, timing.zone_of(worker)),
        "of_day": of_day,
        "of_week": of_week,
        "counts_otherwise": abs(of_day.worked - found.total) > ROUGHLY,
        "corrections": [(one, correcting.in_words(stretch_of(one), worker)) for one in corrections],
        "can_correct": which >= today - timedelta(days=correcting.DAYS_BACK),
        "days_back": correcting.DAYS_BACK,
        "idle_limit": timing.IDLE_LIMIT // timedelta(minutes=1),
        "form": form,
    }
    return render(request, "labeling/time.html", context, status=422 if form.errors else 200)


def first_day(worker: Worker, today: date) -> date:
    """Before it there is nothing to look at, and nothing to correct."""
    earliest = WorkInterval.objects.filter(worker=worker).aggregate(first=Min("begins_at"))["first"]
    began = timing.day_of(worker, at=min(earliest or worker.created_at, worker.created_at))
    return min(began, today - timedelta(days=correcting.DAYS_BACK))


@require_POST
@worker_required
def withdraw(request: WorkerRequest, public_id: str) -> HttpResponse:
    mine = TimeCorrection.objects.filter(worker=request.worker).select_related("worker")
    correction = get_object_or_404(mine, public_id=public_id)
    correcting.withdraw(correction, at=timezone.now())
    messages.success(request, _("The correction is withdrawn."))
    return redirect("my:day", correction.day.isoformat())
