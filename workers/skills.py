"""Operations → People → Skills: what projects may ask for, and who has it."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import inviting
from accounts.access import PersonRequest, site_admin_required
from core.errors import BusinessError
from core.paging import keyset_page
from workers import actions
from workers.forms import SkillForm
from workers.models import Skill, WorkerSkill


@require_http_methods(["GET", "HEAD", "POST"])
@site_admin_required
def skills(request: PersonRequest) -> HttpResponse:
    """All of them, and a new one of the site."""
    form = SkillForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            skill = actions.create_skill(form.cleaned_data["name"], by=request.user, at=timezone.now())
            messages.success(request, _("“%(name)s” can be granted and asked for now.") % {"name": skill.name})
            return redirect("operations:skills")
        except BusinessError as error:
            form.add_error("name", str(error))
    now = timezone.now()
    valid = Q(grants__revoked_at=None) & (Q(grants__expires_at=None) | Q(grants__expires_at__gt=now))
    visible = Skill.objects.visible_to(request.user).select_related("organization")
    context = {
        "page": keyset_page(visible.annotate(holders=Count("grants", filter=valid)), request),
        "form": form,
        "open_invitations": len(inviting.of_the_site(at=now)),
    }
    return render(request, "workers/skills.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@site_admin_required
def skill(request: PersonRequest, public_id: str) -> HttpResponse:
    """Its name, and who has it."""
    found = find(request, public_id)
    form = SkillForm(request.POST if request.method == "POST" else None, initial={"name": found.name})
    if form.is_valid():
        try:
            actions.rename_skill(found, name=form.cleaned_data["name"], by=request.user, at=timezone.now())
            messages.success(request, _("The name is changed."))
            return redirect("operations:skill", public_id)
        except BusinessError as error:
            form.add_error("name", str(error))
    holders = WorkerSkill.objects.valid(at=timezone.now()).filter(skill=found).select_related("worker__user")
    page = keyset_page(holders, request, key="worker__public_id")
    context = {"skill": found, "form": form, "page": page}
    return render(request, "workers/skill.html", context, status=422 if form.errors else 200)


@require_POST
@site_admin_required
def retire(request: PersonRequest, public_id: str) -> HttpResponse:
    """`to=restore` takes it into use again."""
    found = find(request, public_id)
    if request.POST.get("to") == "restore":
        actions.restore_skill(found, by=request.user, at=timezone.now())
        messages.success(request, _("“%(name)s” is in use again.") % {"name": found.name})
    else:
        actions.retire_skill(found, by=request.user, at=timezone.now())
        messages.success(
            request, _("“%(name)s” is retired: nobody gets it, and no project asks for it anew.") % {"name": found.name}
        )
    return redirect("operations:skill", public_id)


def find(request: PersonRequest, public_id: str) -> Skill:
    return get_object_or_404(Skill.objects.visible_to(request.user).select_related("organization"), public_id=public_id)
