"""What stands still, what did, and going on, on the admin's side."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import PersonRequest, site_admin_required
from core import formats
from core.paging import keyset_page
from core.tables import csv_response
from labeling import pause_history, pausing, quieting, resuming
from labeling.pause_forms import ProlongForm, ResumeForm
from labeling.scope_names import RELATED, name_of, names_of, row_of, rows_of
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
    page = keyset_page(visible.filter(first_of_its_act()).exclude(begun_at=None), request, size=25)
    over = visible.filter(group__in=[one.group for one in page.rows], ended_at__in=[one.ended_at for one in page.rows])
    context = {
        "in_force": rows_of(visible.in_force(at=now).order_by("-starts_at", "pk")),
        "ramping": rows_of(visible.ramping(at=now).order_by("ramp_ends_at", "pk")),
        "to_come": rows_of(visible.to_come(at=now).filter(quiet_hours=None).order_by("starts_at", "pk")),
        "quiet": [quiet_row(one) for one in hours.filter(ended_at=None).order_by("pk")],
        "page": page,
        "over": rows_of(over.order_by("-pk")),
        "resume": ResumeForm(),
    }
    return render(request, "labeling/pauses.html", context)


def first_of_its_act() -> Q:
    """Of those that are over and were ordered and lifted together the latest."""
    later = Pause.objects.filter(group=OuterRef("group"), ended_at=OuterRef("ended_at"), pk__gt=OuterRef("pk"))
    return Q(~Exists(later), ended_at__isnull=False)


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
    together = Pause.objects.filter(group=one.group).select_related(*RELATED).order_by("pk")
    context = {
        "pause": one,
        "name": names_of(map(Scope.of_pause, together)),
        "origin": pause_history.origin_of(one),
        "timeline": pause_history.timeline_of(one),
        "mails": pause_history.mails_of(one),
        "reached": [row_of(each) | {"counts": counts_of(each)} for each in together],
    }
    return render(request, "labeling/pause_history.html", context)


def counts_of(one: Pause) -> list[tuple[str, int | None, int | None]]:
    """Name, at its begin, at its end."""
    return [(str(label), one.counts.get(name), one.counts_after.get(name)) for name, label in COUNT_NAMES]


@require_GET
@site_admin_required
def history_csv(request: PersonRequest) -> HttpResponseBase:
    return csv_response("pauses.csv", pause_history.table(name_of))


@require_POST
@site_admin_required
def resume(request: PersonRequest, public_id: str) -> HttpResponse:
    """This one; with `all` what was ordered with it, too."""
    one = get_object_or_404(Pause.objects.visible_to(request.user).select_related(*RELATED), public_id=public_id)
    order: Any = {"ramp": ResumeForm(request.POST).ramp(), "by": request.user, "at": timezone.now()}
    together = bool(request.POST.get("all"))
    lifted = resuming.resume_group(one, **order) if together else [resuming.resume(one, **order)]
    for say, text in said_of(lifted):
        say(request, text)
    return redirect("operations:pauses")


def said_of(lifted: Sequence[Pause]) -> Iterator[tuple[Callable[[HttpRequest, str], None], str]]:
    """What was done, and what still stands: how to say it, and the sentence."""
    scopes = [Scope.of_pause(one) for one in lifted]
    first, name = lifted[0], {"name": names_of(scopes)}
    if first.begun_at is None:
        yield messages.success, _("The pause of %(name)s is called off.") % name
        return
    left = {one.pk: one for scope in scopes for one in standing_over(scope)}
    if left:
        causes = names_of(map(Scope.of_pause, left.values()))
        yield messages.warning, _("This pause is lifted. %(causes)s still stands.") % {"causes": causes}
    elif first.all_in_at is not None:
        until = formats.moment(first.all_in_at, now=timezone.now())
        yield messages.success, _("Open again, step by step until %(until)s: %(name)s.") % (name | {"until": until})
    else:
        yield messages.success, _("Open again: %(name)s.") % name


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
    """With all that was ordered with it."""
    one = get_object_or_404(Pause.objects.visible_to(request.user), public_id=public_id)
    form = ProlongForm(request.POST)
    if form.is_valid():
        pausing.prolong_group(one, ends_at=form.cleaned_data["ends_at"], by=request.user, at=timezone.now())
        messages.success(request, _("The expected end is changed."))
    else:
        messages.error(request, _("This is not a moment: choose a day and a time."))
    return redirect("operations:pauses")
