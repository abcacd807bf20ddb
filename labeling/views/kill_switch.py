"""The kill switch of one customer, on the admin's side: what it would stop, the act, and what was done before."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import PersonRequest, site_admin_required
from accounts.models import KillSwitch, Organization
from accounts.permissions import may
from accounts.reauthenticating import page_for
from core.errors import StaleState
from events import running
from labeling import kill_switch, previewing
from labeling.kill_switch_forms import KillSwitchForm
from labeling.scopes import Scope
from labeling.views.ordering_pauses import standing_over

# What can be done next, by the state of the switch; `withdraw` can be, too, wherever it was only asked for.
ACTS = {
    "throw": (gettext_lazy("Cut this customer off"), "organization.cut_off"),
    "confirm": (gettext_lazy("Confirm, and cut this customer off"), "organization.cut_off"),
    "withdraw": (gettext_lazy("Do not cut them off after all"), "organization.cut_off"),
    "lift": (gettext_lazy("Let this customer in again"), "organization.let_in_again"),
    "confirm_lift": (gettext_lazy("Confirm, and let this customer in again"), "organization.let_in_again"),
}
MOST_SHOWN = 50


@require_http_methods(["GET", "POST"])
@site_admin_required
def switch(request: PersonRequest, public_id: str) -> HttpResponse:
    """Nothing is done by somebody who has not proved within five minutes that it is they."""
    organization = get_object_or_404(Organization.objects.visible_to(request.user), public_id=public_id)
    found = KillSwitch.objects.visible_to(request.user).open().filter(organization=organization)
    now = found.select_related("asked_by", "thrown_by", "lift_asked_by").first()
    act = next_act(now)
    form = KillSwitchForm(
        request.POST if request.POST.get("act") == act else None,
        name=organization.name,
        confirms=act.startswith("confirm"),
    )
    if request.method == "POST":
        if to_prove := page_for(request, request.user):
            return redirect(to_prove)
        asked = request.POST.get("act", "")
        if asked == "withdraw" or (asked == act and form.is_valid()):
            do(request, organization, now, asked, form)
            return redirect("operations:kill_switch", organization.public_id)
        if asked != act:
            raise StaleState(_("Somebody else was faster. Look at what stands now."), code="stale")
    context = page_context(request, organization, now, act) | {"form": form}
    return render(request, "labeling/kill_switch.html", context, status=422 if form.errors else 200)


def next_act(now: KillSwitch | None) -> str:
    if now is None:
        return "throw"
    if not now.is_thrown:
        return "confirm"
    return "confirm_lift" if now.lift_asked_at is not None else "lift"


def do(
    request: PersonRequest, organization: Organization, now: KillSwitch | None, act: str, form: KillSwitchForm
) -> None:
    """The act, and what is said of it."""
    if not may(request.user, ACTS[act][1], organization):
        raise PermissionDenied
    by, at, reason = request.user, timezone.now(), form.cleaned_data.get("reason", "") if form.is_bound else ""
    said = {"name": organization.name}
    match act:
        case "throw" if kill_switch.needs_two():
            kill_switch.ask(organization, reason=reason, by=by, at=at)
            messages.warning(request, _("Asked for. Nothing is stopped until a second site admin confirms it."))
        case "throw" | "confirm":
            kill_switch.throw(organization, reason=reason, by=by, at=at)
            messages.success(request, _("%(name)s is cut off.") % said)
        case "withdraw" if now is not None:
            kill_switch.withdraw(now, by=by, at=at)
            messages.success(request, _("%(name)s is not cut off.") % said)
        case "lift" if now is not None and kill_switch.needs_two():
            kill_switch.ask_lift(now, reason=reason, by=by, at=at)
            messages.warning(request, _("Asked for. Nothing is opened until a second site admin confirms it."))
        case "lift" | "confirm_lift" if now is not None:
            kill_switch.lift(now, reason=reason, by=by, at=at)
            messages.success(request, _("%(name)s is let in again.") % said)
        case _:
            raise StaleState(_("Somebody else was faster. Look at what stands now."), code="stale")


def page_context(
    request: PersonRequest, organization: Organization, now: KillSwitch | None, act: str
) -> dict[str, Any]:
    asked_by = now and (now.lift_asked_by if act == "confirm_lift" else now.asked_by)
    history = KillSwitch.objects.visible_to(request.user).filter(organization=organization)
    related = ["asked_by", "thrown_by", "lift_asked_by", "ended_by"]
    return {
        "organization": organization,
        "now": now,
        "act": act,
        "label": ACTS[act][0],
        "withdraw_label": ACTS["withdraw"][0],
        "waits_for_another": act.startswith("confirm") and kill_switch.needs_two() and asked_by == request.user,
        "needs_two": kill_switch.needs_two(),
        "to_prove": page_for(request, request.user),
        "preview": None if now and now.is_thrown else previewing.preview(Scope.of(organization), at=timezone.now()),
        "standing": [{"pause": one, "name": organization.name} for one in standing_over(Scope.of(organization))],
        "jobs": running_jobs(organization),
        "history": history.select_related(*related).order_by("-pk")[:MOST_SHOWN],
    }


def running_jobs(organization: Organization) -> dict[str, int]:
    """By kind how many exports and imports run."""
    own = running.needing_access(organization).order_by()
    return dict(own.values_list("kind").annotate(count=Count("pk")))
