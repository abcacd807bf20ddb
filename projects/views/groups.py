"""Groups of a project's own people, and to whom a batch is given. All of it is for those who assign people."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, member_required
from core.errors import BusinessError
from projects import giving, grouping
from projects.giving import Given
from projects.group_forms import GivenForm, GroupForm
from projects.grouping import GroupChange
from projects.models import Group, Project, Workforce
from projects.views.finding import ASSIGN, find_batch, find_project
from workers.models import Worker


def find_own_project(request: MemberRequest, project_id: str) -> Project:
    """404 where the site's contractors do the work, too: there is nobody to group."""
    project = find_project(request, project_id)
    if project.workforce != Workforce.OWN:
        raise Http404
    return project


def find_group(request: MemberRequest, project: Project, group_id: str) -> Group:
    own = Group.objects.visible_to(request.user).filter(project=project).select_related("project__organization")
    return get_object_or_404(own, public_id=group_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(permission=ASSIGN)
def new_group(request: MemberRequest, slug: str, project_id: str) -> HttpResponse:
    project = find_own_project(request, project_id)
    form = GroupForm(request.POST if request.method == "POST" else None, project=project)
    if form.is_valid():
        name, people = form.cleaned_data["name"], list(form.cleaned_data["people"])
        try:
            group = grouping.create_group(project, name, people, by=request.user, at=timezone.now())
        except BusinessError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("The group “%(name)s” is there.") % {"name": group.name})
            return redirect("customer:project_people", slug, project_id)
    return group_page(request, form, slug=slug, project=project)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(permission=ASSIGN)
def group(request: MemberRequest, slug: str, project_id: str, group_id: str) -> HttpResponse:
    project = find_own_project(request, project_id)
    found = find_group(request, project, group_id)
    there = list(Worker.objects.filter(groups__group=found))
    initial = {"name": found.name, "people": [worker.public_id for worker in there]}
    form = GroupForm(request.POST if request.method == "POST" else None, project=project, initial=initial)
    if form.is_valid():
        ticked = list(form.cleaned_data["people"])
        add, remove = ([one for one in ticked if one not in there], [one for one in there if one not in ticked])
        change = GroupChange(form.cleaned_data["name"], add, remove)
        try:
            grouping.change_group(found, change, by=request.user, at=timezone.now())
        except BusinessError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("Saved. It counts for whatever is handed out from now on."))
            return redirect("customer:project_people", slug, project_id)
    return group_page(request, form, slug=slug, project=project, group=found, batches=grouping.given_to(found))


def group_page(request: HttpRequest, form: GroupForm, **context: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "projects/group.html", {"form": form, **context}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(permission=ASSIGN)
def delete_group(request: MemberRequest, slug: str, project_id: str, group_id: str) -> HttpResponse:
    project = find_own_project(request, project_id)
    found = find_group(request, project, group_id)
    if request.method == "POST":
        grouping.delete_group(found, by=request.user, at=timezone.now())
        messages.success(request, _("The group “%(name)s” is deleted.") % {"name": found.name})
        return redirect("customer:project_people", slug, project_id)
    batches, alone = list(grouping.given_to(found)), list(grouping.given_to_it_alone(found))
    context = {"slug": slug, "project": project, "group": found, "batches": batches, "alone": alone}
    return render(request, "projects/delete_group.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(permission=ASSIGN)
def batch_people(request: MemberRequest, slug: str, project_id: str, batch_id: str) -> HttpResponse:
    """Who may work on the batch."""
    project = find_own_project(request, project_id)
    batch = find_batch(request, project, batch_id)
    form = GivenForm(request.POST if request.method == "POST" else None, project=project, given=Given.of(batch))
    if form.is_valid():
        try:
            giving.give_batch(batch, form.given(), by=request.user, at=timezone.now())
        except BusinessError as error:
            form.add_error("whom", str(error))
        else:
            messages.success(request, _("Saved. It counts for whatever is handed out from now on."))
            return redirect("customer:project_batches", slug, project_id)
    context = {"slug": slug, "project": project, "batch": batch, "form": form}
    return render(request, "projects/batch_people.html", context, status=422 if form.errors else 200)
