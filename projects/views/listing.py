"""The projects of an organization."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, member_required
from accounts.models import Mode
from core.paging import keyset_page
from projects import counting, stopping
from projects.counting import Counts
from projects.models import Project
from projects.views.finding import may_change


@dataclass(frozen=True)
class ProjectRow:
    """A project as its row shows it."""

    project: Project
    counts: Counts
    state: str
    currency: str


@require_safe
@member_required
def projects(request: MemberRequest, slug: str) -> HttpResponse:
    """`?mode=test` shows the other world, `?archived=1` what was put away."""
    mode = Mode.TEST if request.GET.get("mode") == Mode.TEST else Mode.LIVE
    is_archive = request.GET.get("archived") == "1"
    own = Project.objects.visible_to(request.user).filter(organization=request.organization, mode=mode)
    page = keyset_page(own.filter(archived_at__isnull=not is_archive).select_related("current_version"), request)
    context = {
        "slug": slug,
        "page": page,
        "rows": rows_of(page.rows),
        "mode": mode,
        "is_archive": is_archive,
        "may_change": may_change(request),
    }
    return render(request, "projects/projects.html", context)


def rows_of(projects: list[Project]) -> list[ProjectRow]:
    counts = counting.of_projects(projects)
    pauses = stopping.over_projects(projects, at=timezone.now())
    return [
        ProjectRow(
            project,
            counts[project.pk],
            stopping.state_of(project, pauses[project.pk], pending=counts[project.pk].pending),
            project.current_version.currency if project.current_version else "",
        )
        for project in projects
    ]
