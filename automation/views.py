"""Rules that pause by themselves, on the admin's side."""

from typing import Any

from django.contrib import messages
from django.db.models import Max, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import PersonRequest, site_admin_required
from automation import drawing, making
from automation.dry_running import MOST_STOPS, dry_run
from automation.evaluating import RELATED, terms_of
from automation.forms import RuleForm
from automation.measures import MEASURES
from automation.models import PauseRule, RuleFiring
from core.paging import keyset_page
from labeling.scope_names import name_of
from labeling.scopes import Scope


@require_GET
@site_admin_required
def rules(request: PersonRequest) -> HttpResponse:
    """Each with its measure, what it watches, and when it last fired."""
    stopping = Q(firings__until__isnull=False)
    found = PauseRule.objects.visible_to(request.user).select_related(*RELATED)
    page = keyset_page(found.annotate(fired_at=Max("firings__at", filter=stopping)), request)
    return render(request, "automation/rules.html", {"page": page, "rows": [row_of(one) for one in page.rows]})


def row_of(rule: PauseRule) -> dict[str, Any]:
    return {"rule": rule, "measure": MEASURES[rule.measure], "watches": name_of(Scope.of(rule.subject))}


@require_http_methods(["GET", "POST"])
@site_admin_required
def new_rule(request: PersonRequest) -> HttpResponse:
    """The form; “Show” sends it without storing anything, and shows the dry run below."""
    form = RuleForm(request.POST or None, user=request.user, watches=request.GET.get("watches", "site"))
    return answer(request, form, PauseRule(), back=reverse("operations:rules"))


@require_http_methods(["GET", "POST"])
@site_admin_required
def change_rule(request: PersonRequest, public_id: str) -> HttpResponse:
    rule = rule_or_404(request, public_id)
    form = RuleForm(request.POST or None, user=request.user, rule=rule)
    return answer(request, form, rule, back=reverse("operations:rule", args=[public_id]))


def answer(request: PersonRequest, form: RuleForm, rule: PauseRule, *, back: str) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "rule": rule if rule.pk else None, "back_url": back}
    if request.method == "POST" and form.is_valid():
        filled = form.filled(rule)
        if "show" not in request.POST:
            store = making.change_rule if filled.pk else making.make_rule
            store(filled, by=request.user, at=timezone.now())
            messages.success(request, _("The rule “%(name)s” is saved.") % {"name": filled.name})
            return redirect("operations:rule", filled.public_id)
        context["dry"] = dry_context(filled, days=form.cleaned_data["days"] or 7)
    return render(request, "automation/rule_form.html", context, status=422 if form.errors else 200)


def dry_context(rule: PauseRule, *, days: int) -> dict[str, Any]:
    run = dry_run(rule, days=days, at=timezone.now())
    return {
        "run": run,
        "days": days,
        "charts": drawing.charts(run, terms_of(rule)),
        "ticks": drawing.ticks(run),
        "unshown": max(0, run.all_stops - MOST_STOPS),
        "measure": MEASURES[rule.measure],
    }


@require_GET
@site_admin_required
def rule(request: PersonRequest, public_id: str) -> HttpResponse:
    """One rule: its terms, and each time that it was passed."""
    one = rule_or_404(request, public_id)
    firings = RuleFiring.objects.visible_to(request.user).filter(rule=one)
    page = keyset_page(firings.select_related("project", "batch", "pause"), request, key="pk", size=25)
    return render(request, "automation/rule.html", row_of(one) | {"page": page})


@require_POST
@site_admin_required
def switch_rule(request: PersonRequest, public_id: str) -> HttpResponse:
    """On or off, as the button said: two people who press it do not undo each other."""
    one = rule_or_404(request, public_id)
    is_on = request.POST.get("on") == "1"
    making.switch(one, is_on=is_on, by=request.user, at=timezone.now())
    said = (
        _("The rule “%(name)s” is on.") if is_on else _("The rule “%(name)s” is off. What it has paused stays paused.")
    )
    messages.success(request, said % {"name": one.name})
    return redirect("operations:rule", public_id)


def rule_or_404(request: PersonRequest, public_id: str) -> PauseRule:
    own = PauseRule.objects.visible_to(request.user).select_related(*RELATED, "created_by")
    return get_object_or_404(own, public_id=public_id)
