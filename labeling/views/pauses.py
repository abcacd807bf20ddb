"""What stands still, what did, and going on, on the admin's side."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import PersonRequest, site_admin_required
from core.paging import keyset_page
from core.tables import csv_response
from labeling import pause_history, pausing, quieting
from labeling.pause_forms import ProlongForm
from labeling.scope_names import RELATED, name_of, row_of
from labeling.scopes import Scope
from labeling.views.ordering_pauses import standing_over
from projects.models import Pause, QuietHours

COUNT_NAMES = [
    ("people", gettext_lazy("People concerned")),
    ("in_hand", gettext_lazy("Tasks in hand")),
    ("drafts_without_lease", gettext_lazy("Drafts without a lease")),
    ("open_places", gettext_lazy("Open places")),
]


@require_GET
@site_admin_required
def pauses(request: PersonRequest) -> HttpResponse:
    """What stands still, why, since when; and what did."""
    visible = Pause.objects.visible_to(request.user).select_related(*RELATED)
    hours = QuietHours.objects.visible_to(request.user)
    now = timezone.now()
    page = keyset_page(visible.exclude(ended_at=None).exclude(begun_at=None), request, size=25)
    context = {
        "in_force": [row_of(one) for one in visible.in_force(at=now).order_by("-starts_at")],
        "to_come": [row_of(one) for one in visible.to_come(at=now).filter(quiet_hours=None).order_by("starts_at")],
        "quiet": [quiet_row(one) for one in hours.filter(ended_at=None).order_by("pk")],
        "page": page,
        "over": [row_of(one) for one in page.rows],
    }
    return render(request, "labeling/pauses.html", context)


def quiet_row(quiet: QuietHours) -> dict[str, Any]:
    """With the next of their pauses, and what stands still then."""
    ahead = quiet.pauses.filter(ended_at=None).select_related(*RELATED).order_by("starts_at", "pk")
    first = ahead.first()
    together = ahead.filter(group=first.group) if first is not None else []
    return {
        "quiet": quiet,
        "name": ", ".join(name_of(Scope.of_pause(one)) for one in together),
        "days": ", ".join(str(WEEKDAYS_ABBR[day]) for day in quiet.weekdays),
        "next": first,
    }


@require_GET
@site_admin_required
def history(request: PersonRequest, public_id: str) -> HttpResponse:
    """One pause: what was ordered, what it reached, who was told, how it ended."""
    one = get_object_or_404(Pause.objects.visible_to(request.user).select_related(*RELATED), public_id=public_id)
    named = dict(COUNT_NAMES)
    context = {
        **row_of(one),
        "origin": pause_history.origin_of(one),
        "timeline": pause_history.timeline_of(one),
        "mails": pause_history.mails_of(one),
        "counts": [(named[name], one.counts.get(name), one.counts_after.get(name)) for name in named],
    }
    return render(request, "labeling/pause_history.html", context)


@require_GET
@site_admin_required
def history_csv(request: PersonRequest) -> HttpResponseBase:
    return csv_response("pauses.csv", pause_history.table(name_of))


@require_POST
@site_admin_required
def resume(request: PersonRequest, public_id: str) -> HttpResponse:
    one = get_object_or_404(Pause.objects.visible_to(request.user).select_related(*RELATED), public_id=public_id)
    pausing.resume(one, by=request.user, at=timezone.now())
    if one.begun_at is None:
        messages.success(request, _("The pause of %(name)s is called off.") % {"name": name_of(Scope.of_pause(one))})
        return redirect("operations:pauses")
    left = standing_over(Scope.of_pause(one))
    name = name_of(Scope.of_pause(one))
    if left:
        causes = ", ".join(name_of(Scope.of_pause(cause)) for cause in left)
        messages.warning(request, _("This pause is lifted. %(causes)s still stands.") % {"causes": causes})
    else:
        messages.success(request, _("Open again: %(name)s.") % {"name": name})
    return redirect("operations:pauses")


@require_POST
@site_admin_required
def end_quiet_hours(request: PersonRequest, public_id: str) -> HttpResponse:
    quiet = get_object_or_404(QuietHours.objects.visible_to(request.user), public_id=public_id)
    quieting.end(quiet, by=request.user, at=timezone.now())
    messages.success(request, _("There are no more of these quiet hours."))
    return redirect("operations:pauses")


@require_POST
@site_admin_required
def prolong(request: PersonRequest, public_id: str) -> HttpResponse:
    one = get_object_or_404(Pause.objects.visible_to(request.user), public_id=public_id)
    form = ProlongForm(request.POST)
    if form.is_valid():
        pausing.prolong(one, ends_at=form.cleaned_data["ends_at"], by=request.user, at=timezone.now())
        messages.success(request, _("The expected end is changed."))
    else:
        messages.error(request, _("This is not a moment: choose a day and a time."))
    return redirect("operations:pauses")
