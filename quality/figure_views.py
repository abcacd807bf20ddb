"""The customer's page of who worked on a project, and how it did."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, member_required
from core.paging import keyset_page
from projects.models import Project
from projects.views.finding import find_project
from quality import figures


@require_safe
@member_required(permission="organization.see_worker_figures")
def project_figures(request: MemberRequest, slug: str, project_id: str) -> HttpResponse:
    project = find_project(request, project_id)
    standings = figures.standings_in(Project.objects.filter(pk=project.pk))
    page = keyset_page(standings.select_related("worker__user", "project"), request, key="worker__pseudonym")
    found = figures.figures_of(page.rows)
    rows = [
        (standing, figures.address_of(standing), found[standing.worker_id, standing.project_id])
        for standing in page.rows
    ]
    context = {"slug": slug, "project": project, "here": "figures", "page": page, "rows": rows}
    return render(request, "quality/figures.html", context)
