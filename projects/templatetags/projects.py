"""Tags of the pages of a project: `{% load projects %}`."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.template.context import RequestContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import may
from events.models import Job
from events.showing import shown
from projects import stopping, wording
from projects.models import Project

register = template.Library()
register.filter("kind_name", wording.kind_name)


@dataclass(frozen=True)
class Tab:
    """A page of a project. One whose page does not exist yet has no URL of that name and is left out.

    `permission`: what it takes to see it; none: every member may.
    """

    code: str
    label: str | Promise
    url_name: str
    permission: str = ""
    own_workforce_only: bool = False


TABS = [
    Tab("overview", _("Overview"), "customer:project"),
    Tab("data", _("Data"), "customer:project_data"),
    Tab("tasks", _("Tasks"), "customer:project_tasks"),
    Tab("batches", _("Batches"), "customer:project_batches"),
    Tab("taxonomy", _("Taxonomy"), "customer:project_taxonomy"),
    Tab("instructions", _("Instructions"), "customer:project_instructions"),
    Tab("people", _("People"), "customer:project_people", "organization.assign_people", own_workforce_only=True),
    Tab("figures", _("Figures"), "customer:project_figures", "organization.see_worker_figures"),
    Tab("audit", _("Audit"), "customer:project_audit", "organization.audit"),
    Tab("quality", _("Quality"), "customer:project_quality", "organization.audit"),
    Tab("deliveries", _("Deliveries"), "delivery:exports", "organization.export"),
    Tab("settings", _("Settings"), "customer:project_settings"),
]


@register.inclusion_tag("projects/_tabs.html", takes_context=True)
def project_tabs(context: RequestContext, project: Project, slug: str, here: str) -> dict[str, Any]:
    """The pages of the project that the reader may see; `here` is the code of the open one."""
    tabs = [
        tab
        for tab in TABS
        if (not tab.own_workforce_only or project.workforce == "own")
        and (not tab.permission or may(context["user"], tab.permission, project.organization))
    ]
    found = [(tab, address(tab.url_name, slug, project.public_id)) for tab in tabs]
    return {"tabs": [(tab, url) for tab, url in found if url], "here": here}


@register.inclusion_tag("events/_job.html", takes_context=True)
def import_job(context: RequestContext, job: Job) -> dict[str, Any]:
    """The component of long work without the way to its result: this page is its result."""
    user = context.request.user
    assert isinstance(user, User)  # these pages are for members
    return {**shown(job, user), "link": ""}


def address(name: str, slug: str, project_id: str) -> str:
    try:
        return reverse(name, args=[slug, project_id])
    except NoReverseMatch:
        return ""


@register.inclusion_tag("projects/_head.html", takes_context=True)
def project_head(context: RequestContext, project: Project, slug: str) -> dict[str, Any]:
    """Name, state, and the ways to pause for whoever may, to export and to audit where these pages exist."""
    may_pause = may(context["user"], "organization.pause", project.organization)
    return {
        "project": project,
        "slug": slug,
        "state": stopping.current_state(project, at=timezone.now()),
        "pause_url": address("customer:pause_project", slug, project.public_id) if may_pause else "",
        "export_url": address("delivery:exports", slug, project.public_id),
        "audit_url": address("customer:project_audit", slug, project.public_id),
    }
