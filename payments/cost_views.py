"""What the work costs its customer: by project, and of one project by day."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, member_required
from accounts.models import Mode
from core import formats
from core.paging import keyset_page
from payments import costs
from payments.costs import Cost, Period
from payments.forms import MOST_DAYS, CostFilter, period_of
from projects.models import Project

Json = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """A project in one currency, or one day of it."""

    currency: str
    cost: Cost
    project: Project | None = None
    day: date | None = None


@require_safe
@member_required
def cost(request: MemberRequest, slug: str) -> HttpResponse:
    """Of the month that runs, unless the address says another time. The live world alone costs anything."""
    zone = request.organization.time_zone
    today = timezone.localdate(timezone=ZoneInfo(zone))
    form = CostFilter(request.GET or {"since": today.replace(day=1)})
    context: Json = {"organization": request.organization, "form": form, "zone": zone}
    if not form.is_valid():
        return render(request, "payments/cost.html", context, status=422)
    own = Project.objects.visible_to(request.user).filter(organization=request.organization, mode=Mode.LIVE)
    wanted = form.cleaned_data
    period = period_of(wanted["since"], wanted["until"], zone=zone)
    if wanted["project"]:
        project = get_object_or_404(own, public_id=wanted["project"])
        return render(request, "payments/cost.html", context | by_day(project, period, zone=zone))
    return render(request, "payments/cost.html", context | by_project(request, own, period))


def by_project(request: MemberRequest, own: QuerySet[Project], period: Period) -> Json:
    page = keyset_page(own.select_related("organization"), request)
    found = costs.of_projects(page.rows, period)
    projects = {project.pk: project for project in page.rows}
    rows = [Row(currency, one, project=projects[pk]) for (pk, currency), one in found.items()]
    rows.sort(key=lambda row: (-row.project.pk if row.project else 0, row.currency))
    totals = costs.in_all(request.organization, period)
    return {"page": page, "rows": rows, "totals": [tiles(one, currency) for currency, one in sorted(totals.items())]}


def by_day(project: Project, period: Period, *, zone: str) -> Json:
    """The newest day first, at most MOST_DAYS of them."""
    found = costs.by_day([project], period, zone=zone)
    rows = [Row(currency, one, day=day) for (_pk, currency), days in found.items() for day, one in days.items()]
    rows.sort(key=lambda row: (row.day or date.min, row.currency), reverse=True)
    totals = costs.of_projects([project], period)
    shown = [tiles(one, currency) for (_pk, currency), one in sorted(totals.items())]
    return {"project": project, "rows": rows[:MOST_DAYS], "more": len(rows) > MOST_DAYS, "totals": shown}


def tiles(found: Cost, currency: str) -> list[Json]:
    count = ngettext("one completed task", "%(count)s completed tasks", found.completed)
    amounts = [
        (_("Cost"), found.cost_micros, count % {"count": formats.number(found.completed)}),
        (_("Worked"), found.worked_micros, _("handed in, at the rate of each answer")),
        (_("Accepted"), found.accepted_micros, _("by review, by your audit or by time")),
        (_("In review"), found.in_review_micros, _("handed in and not decided yet")),
    ]
    return [{"label": label, "value": formats.money(amount, currency), "note": note} for label, amount, note in amounts]
