"""Stopping and resuming, on the admin's side."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import PersonRequest, site_admin_required
from accounts.models import Organization, User
from core import codes, formats
from core.paging import keyset_page
from core.tables import csv_response
from labeling import pause_history, pausing, previewing, quieting
from labeling.pause_forms import OwnPauseForm, PauseForm, ProlongForm
from labeling.scopes import Scope
from projects.models import Batch, Pause, PauseScope, Project, QuietHours
from projects.wording import kind_name
from task_types import registry
from workers.models import Skill

FOR_ROW = ["organization", "project__organization", "batch__project__organization", "skill", "created_by", "ended_by"]

COUNT_NAMES = [
    ("people", gettext_lazy("People concerned")),
    ("in_hand", gettext_lazy("Tasks in hand")),
    ("drafts_without_lease", gettext_lazy("Drafts without a lease")),
    ("open_places", gettext_lazy("Open places")),
]


@require_GET
@site_admin_required
def pauses(request: PersonRequest) -> HttpResponse:
    """What stands still, why, since when; and what did."""
    visible = Pause.objects.visible_to(request.user).select_related(*FOR_ROW)
    now = timezone.now()
    page = keyset_page(visible.exclude(ended_at=None).exclude(begun_at=None), request, size=25)
    context = {
        "in_force": [row_of(one) for one in visible.in_force(at=now).order_by("-starts_at")],
        "to_come": [row_of(one) for one in visible.to_come(at=now).filter(quiet_hours=None).order_by("starts_at")],
        "quiet": [quiet_row(one) for one in QuietHours.objects.filter(ended_at=None).order_by("pk")],
        "page": page,
        "over": [row_of(one) for one in page.rows],
    }
    return render(request, "labeling/pauses.html", context)


def row_of(one: Pause) -> dict[str, Any]:
    return {"pause": one, "name": name_of(Scope.of_pause(one))}


def quiet_row(quiet: QuietHours) -> dict[str, Any]:
    """With the next of their pauses, and what stands still then."""
    ahead = quiet.pauses.filter(ended_at=None).select_related(*FOR_ROW).order_by("starts_at", "pk")
    first = ahead.first()
    together = ahead.filter(group=first.group) if first is not None else []
    return {
        "quiet": quiet,
        "name": ", ".join(name_of(Scope.of_pause(one)) for one in together),
        "days": ", ".join(str(WEEKDAYS_ABBR[day]) for day in quiet.weekdays),
        "next": first,
    }


def name_of(scope: Scope) -> str:
    """What an admin calls it."""
    match scope.subject:
        case Batch() as batch:
            return f"{batch.project.codename} / {batch}"
        case Project() as project:
            return project.codename
        case Organization() | Skill() as named:
            return named.name
    if scope.kind == PauseScope.COUNTRY:
        return formats.country(str(scope.subject))
    return _("the whole site") if scope.kind == PauseScope.SITE else kind_name(str(scope.subject))


@require_GET
@site_admin_required
def history(request: PersonRequest, public_id: str) -> HttpResponse:
    """One pause: what was ordered, what it reached, who was told, how it ended."""
    one = get_object_or_404(Pause.objects.visible_to(request.user).select_related(*FOR_ROW), public_id=public_id)
    named = dict(COUNT_NAMES)
    context = {
        **row_of(one),
        "timeline": pause_history.timeline_of(one),
        "mails": pause_history.mails_of(one),
        "counts": [(named[name], one.counts.get(name), one.counts_after.get(name)) for name in named],
    }
    return render(request, "labeling/pause_history.html", context)


@require_GET
@site_admin_required
def history_csv(request: PersonRequest) -> HttpResponseBase:
    return csv_response("pauses.csv", pause_history.table(name_of))


@require_GET
@site_admin_required
def choose(request: PersonRequest) -> HttpResponse:
    """What is to stand still; what is chosen leads on to its form."""
    kind, name = (request.GET.get(asked, "") for asked in ("kind", "name"))
    if kind and name:
        scope_or_404(request, kind, name)
        return redirect("operations:pause", kind, name)
    skills = Skill.objects.visible_to(request.user).in_use().order_by("name", "pk").select_related("organization")
    groups = [
        (PauseScope.TYPE, _("Kind of work"), [(one, kind_name(one)) for one in registry.NAMES]),
        (PauseScope.SKILL, _("Skill"), [(skill.public_id, skill.name) for skill in skills]),
        (PauseScope.COUNTRY, _("Country"), codes.countries()),
    ]
    return render(request, "labeling/pause_what.html", {"groups": [one for one in groups if one[2]]})


@require_http_methods(["GET", "POST"])
@site_admin_required
def pause(request: PersonRequest, kind: str, public_id: str = "") -> HttpResponse:
    """The form with its preview; sending it stops the scope before the answer comes."""
    scope = scope_or_404(request, kind, public_id)
    form = PauseForm(
        request.POST or None, hidden_names=hidden_names(scope), initial={"time_zone": zone_of(request, scope)}
    )
    if request.method == "POST" and form.is_valid():
        messages.success(request, order_pause(scope, form, by=request.user) % {"name": name_of(scope)})
        return redirect("operations:pauses")
    return render(request, "labeling/pause.html", preview_context(scope, form), status=422 if form.errors else 200)


def order_pause(scope: Scope, form: PauseForm, *, by: User) -> str:
    """What was done, in words."""
    if form.weekly:
        quieting.start([scope], form.weekly, form.order(), by=by, at=timezone.now())
        return _("%(name)s has quiet hours from now on.")
    (one,) = pausing.pause([scope], form.order(), by=by, at=timezone.now())
    return _("Paused: %(name)s.") if one.begun_at else _("The pause of %(name)s is set.")


def zone_of(request: PersonRequest, scope: Scope) -> str:
    """Whose clock quiet hours follow unless somebody says otherwise."""
    return scope.organization.time_zone if scope.organization is not None else request.user.time_zone


def preview_context(scope: Scope, form: PauseForm) -> dict[str, Any]:
    now = timezone.now()
    data = form.data if form.is_bound else {}
    goes_on = bool(data.get("reviews_go_on"))
    return {
        "form": form,
        "scope": scope,
        "name": name_of(scope),
        "preview": previewing.preview(scope, reviews_go_on=goes_on, at=now),
        "standing": [row_of(one) for one in standing_over(scope)],
        "back": _("Pauses"),
        "back_url": reverse("operations:pauses"),
        "may_repeat": not isinstance(form, OwnPauseForm),
    }


def standing_over(scope: Scope) -> list[Pause]:
    """The pauses in force that the scope lies in, or that stop the same: lifting one of them lifts no other."""
    found = Pause.objects.in_force(at=timezone.now()).select_related(*FOR_ROW)
    over = Q(scope=PauseScope.SITE) | (Q(scope=scope.kind) & subject_is(scope))
    if scope.organization is not None:
        over |= Q(organization=scope.organization)
    if (project := scope.project) is not None:
        over |= Q(project=project) | Q(scope=PauseScope.TYPE, type=project.type)
        over |= Q(skill__in=project.required_skills.values("skill"))
    return list(found.filter(over).order_by("starts_at"))


def subject_is(scope: Scope) -> Q:
    return Q() if scope.subject is None else Q(**{scope.kind: scope.subject})


def hidden_names(scope: Scope) -> tuple[str, ...]:
    """Names that workers must not read in this pause's text."""
    return tuple(one.name for one in (scope.organization, scope.project) if one is not None)


def scope_or_404(request: PersonRequest, kind: str, name: str) -> Scope:
    """`name`: the public id of a row, a kind of work, a country's code; of the site nothing."""
    match kind:
        case PauseScope.SITE if not name:
            return Scope(kind)
        case PauseScope.TYPE if name in registry.NAMES:
            return Scope(kind, name)
        case PauseScope.COUNTRY if name in codes.country_codes():
            return Scope(kind, name)
    rows: dict[str, Any] = {
        PauseScope.ORGANIZATION: Organization.objects.all(),
        PauseScope.PROJECT: Project.objects.select_related("organization"),
        PauseScope.BATCH: Batch.objects.select_related("project__organization"),
        PauseScope.SKILL: Skill.objects.all(),
    }
    if kind not in rows:
        raise Http404
    return Scope(kind, get_object_or_404(rows[kind].visible_to(request.user), public_id=name))


@require_POST
@site_admin_required
def resume(request: PersonRequest, public_id: str) -> HttpResponse:
    one = get_object_or_404(Pause.objects.visible_to(request.user).select_related(*FOR_ROW), public_id=public_id)
    pausing.resume(one, by=request.user, at=timezone.now())
    if one.begun_at is None:
        messages.success(request, _("The pause of %(name)s is called off.") % {"name": name_of(Scope.of_pause(one))})
        return redirect("operations:pauses")
    left = standing_over(Scope.of_pause(one))
    name = name_of(Scope.of_pause(one))
    if left:
        causes = ", ".join(name_of(Scope.of_pause(cause)) for cause in left)
        messages.warning(request, _("This pause is lifted. %(causes)s still stands.") % {"causes": causes})
    else:
        messages.success(request, _("Open again: %(name)s.") % {"name": name})
    return redirect("operations:pauses")


@require_POST
@site_admin_required
def end_quiet_hours(request: PersonRequest, public_id: str) -> HttpResponse:
    quiet = get_object_or_404(QuietHours, public_id=public_id)
    quieting.end(quiet, by=request.user, at=timezone.now())
    messages.success(request, _("There are no more of these quiet hours."))
    return redirect("operations:pauses")


@require_POST
@site_admin_required
def prolong(request: PersonRequest, public_id: str) -> HttpResponse:
    one = get_object_or_404(Pause.objects.visible_to(request.user), public_id=public_id)
    form = ProlongForm(request.POST)
    if form.is_valid():
        pausing.prolong(one, ends_at=form.cleaned_data["ends_at"], by=request.user, at=timezone.now())
        messages.success(request, _("The expected end is changed."))
    else:
        messages.error(request, _("This is not a moment: choose a day and a time."))
    return redirect("operations:pauses")
