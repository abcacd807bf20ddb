"""Who may be handed a project's work, and walls between customers, on the admin's side."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import PersonRequest, site_admin_required
from core.errors import BusinessError
from core.paging import keyset_page
from projects.condition_forms import RequirementsForm, WallForm
from projects.models import Project, Wall
from projects.requiring import change_requirements
from projects.walling import end_wall, start_wall


@require_http_methods(["GET", "HEAD", "POST"])
@site_admin_required
def requirements(request: PersonRequest, public_id: str) -> HttpResponse:
    visible = Project.objects.visible_to(request.user).select_related("organization")
    project = get_object_or_404(visible, public_id=public_id)
    form = RequirementsForm(request.POST if request.method == "POST" else None, project=project)
    if form.is_valid():
        try:
            change_requirements(project, form.requirements(), by=request.user, at=timezone.now())
        except BusinessError as error:
            form.add_error("skills", str(error))
        else:
            messages.success(request, _("It counts for whatever is handed out from now on."))
            return redirect("operations:project", public_id)
    context = {"project": project, "form": form}
    return render(request, "projects/requirements.html", context, status=422 if form.errors else 200)


@require_safe
@site_admin_required
def walls(request: PersonRequest) -> HttpResponse:
    visible = Wall.objects.visible_to(request.user).select_related("created_by", "ended_by")
    visible = visible.prefetch_related("members__organization")
    context = {
        "in_force": visible.filter(ended_at=None).order_by("-pk"),
        "page": keyset_page(visible.exclude(ended_at=None), request, size=25),
    }
    return render(request, "projects/walls.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@site_admin_required
def new_wall(request: PersonRequest) -> HttpResponse:
    form = WallForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        data = form.cleaned_data
        start_wall(data["name"], data["members"], length=form.length(), by=request.user, at=timezone.now())
        messages.success(request, _("The wall “%(name)s” stands.") % {"name": data["name"]})
        return redirect("operations:walls")
    return render(request, "projects/wall.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@site_admin_required
def end(request: PersonRequest, public_id: str) -> HttpResponse:
    wall = get_object_or_404(Wall.objects.visible_to(request.user), public_id=public_id)
    end_wall(wall, by=request.user, at=timezone.now())
    messages.success(request, _("The wall “%(name)s” has ended.") % {"name": wall.name})
    return redirect("operations:walls")
