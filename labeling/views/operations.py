"""The admin's overview: is anything wrong, what is stuck, who must act; projects; reports of broken tasks."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, F, Min, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import PersonRequest, site_admin_required
from accounts.models import Organization
from core.paging import keyset_page
from events.models import Job, Outbox, OutboxState
from files.models import File, FileState
from labeling import reporting
from labeling.models import Assignment, AssignmentStatus, Report, ReportDecision, TimeCorrection
from labeling.offers import open_places
from projects.models import Hold, Pause, Project, Task, TaskStatus
from projects.stopping import over_projects

STUCK_AFTER = timedelta(minutes=10)


@require_GET
@site_admin_required
def overview(request: PersonRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "now": now,
        "stuck": stuck(at=now),
        "pauses": Pause.objects.in_force(at=now).count(),
        "holds": Hold.objects.in_force(at=now).count(),
        "reports": Report.objects.filter(decision=ReportDecision.OPEN).count(),
        "corrections": TimeCorrection.objects.pending().count(),
        "in_hand": Assignment.objects.active().count(),
        "waiting_mail": Outbox.objects.filter(kind="mail", state=OutboxState.WAITING).count(),
        "failed_mail": Outbox.objects.filter(kind="mail", state=OutboxState.FAILED).count(),
    }
    return render(request, "labeling/overview.html", context)


def stuck(*, at: datetime) -> list[dict[str, Any]]:
    """What should have moved and has not: a sentence, how many, since when; nothing when all is well."""
    before = at - STUCK_AFTER
    checks = [
        (
            _("Files wait to be read"),
            File.objects.filter(state=FileState.UPLOADED, created_at__lt=before),
            "created_at",
        ),
        (
            _("Mail waits to be sent"),
            Outbox.objects.unsent().filter(kind="mail", next_at__lt=before),
            "next_at",
        ),
        (_("Mail could not be sent"), Outbox.objects.filter(kind="mail", state=OutboxState.FAILED), "created_at"),
        (_("Long work gives no sign of life"), Job.objects.stalled(before=before), "heartbeat_at"),
        (_("Leases are over and not given back"), Assignment.objects.expired(at=before), "lease_expires_at"),
        (
            _("Tasks are ready and not offered"),
            Task.objects.filter(
                status=TaskStatus.PENDING, offered_at=None, mode="live", is_shown=True, created_at__lt=before
            ).exclude(attachments__state="waiting"),
            "created_at",
        ),
        (_("Pauses are past their end"), Pause.objects.filter(ended_at=None, ends_at__lt=before), "ends_at"),
    ]
    found = []
    for sentence, rows, moment in checks:
        sums = rows.aggregate(count=Count("pk"), oldest=Min(moment))
        if sums["count"]:
            found.append({"sentence": sentence, "count": sums["count"], "since": sums["oldest"]})
    return found


@require_GET
@site_admin_required
def projects(request: PersonRequest) -> HttpResponse:
    """Every customer's projects by codename: state, open work, people, what stops them."""
    visible = Project.objects.visible_to(request.user).filter(archived_at=None).select_related("organization")
    if term := request.GET.get("q", "").strip()[:100]:
        visible = visible.filter(Q(codename__icontains=term) | Q(organization__name__icontains=term))
    page = keyset_page(visible, request)
    return render(
        request, "labeling/operations_projects.html", {"page": page, "rows": project_rows(page.rows), "q": term}
    )


def project_rows(found: list[Project]) -> list[dict[str, Any]]:
    now = timezone.now()
    ids = [project.pk for project in found]
    stops = over_projects(found, at=now)
    open_counts = open_places(ids)
    hands = dict(
        Assignment.objects.filter(status=AssignmentStatus.ACTIVE, work_item__task__project__in=ids)
        .values_list("work_item__task__project")
        .annotate(total=Count("pk"))
        .order_by()
    )
    people = dict(
        Project.objects.filter(pk__in=ids)
        .annotate(total=Count("enrollments", filter=Q(enrollments__state="active")))
        .values_list("pk", "total")
    )
    return [
        {
            "project": project,
            "stops": stops[project.pk],
            "open": sum(open_counts[project.pk].values()),
            "in_hand": hands.get(project.pk, 0),
            "people": people.get(project.pk, 0),
        }
        for project in found
    ]


@require_GET
@site_admin_required
def customers(request: PersonRequest) -> HttpResponse:
    """Every customer, with the number of projects and members, and what stops them."""
    visible = Organization.objects.visible_to(request.user).annotate(
        projects_count=Count("projects", filter=Q(projects__archived_at=None), distinct=True),
        members_count=Count("memberships", distinct=True),
    )
    page = keyset_page(visible, request)
    # Of several the one of a kill switch is shown.
    stops = Pause.objects.in_force(at=timezone.now()).filter(organization__in=page.rows)
    stops = stops.order_by(F("kill_switch").asc(nulls_first=True))
    stopped = {one.organization_id: one for one in stops}
    rows = [(organization, stopped.get(organization.pk)) for organization in page.rows]
    return render(request, "labeling/customers.html", {"page": page, "rows": rows})


@require_GET
@site_admin_required
def reports(request: PersonRequest) -> HttpResponse:
    """Tasks that workers say are broken: a person decides."""
    found = Report.objects.select_related("assignment__worker", "assignment__work_item__task__project")
    page = keyset_page(found.filter(decision=ReportDecision.OPEN), request, order=("id",))
    return render(request, "labeling/reports.html", {"page": page})


@require_POST
@site_admin_required
def decide_report(request: PersonRequest, public_id: str) -> HttpResponse:
    report = get_object_or_404(Report, public_id=public_id)
    confirmed = request.POST.get("decision") == ReportDecision.CONFIRMED
    reporting.decide(report, confirmed=confirmed, by=request.user, at=timezone.now())
    messages.success(request, _("The task ends with an error.") if confirmed else _("The task stays in work."))
    return redirect("operations:reports")
