"""The admin's console: what is in somebody's hands, and why somebody does not get a task."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import PersonRequest, site_admin_required
from core.errors import BusinessError
from core.paging import keyset_page
from labeling import renewing, returning, transferring
from labeling import why as answers
from labeling.deciding import ProlongLeaseForm, TakeBackForm, ToldForm, TransferForm, WhyForm
from labeling.models import LEASED, Assignment, Draft, WorkInterval

ORDERS = {
    "lease": (gettext_lazy("Overdue first"), ("lease_expires_at", "id")),
    "age": (gettext_lazy("Longest in hand first"), ("claimed_at", "id")),
    "new": (gettext_lazy("Newest first"), ("-claimed_at", "-id")),
}


@require_GET
@site_admin_required
def assignments(request: PersonRequest) -> HttpResponse:
    """Everything reserved or active: of a project, of a worker, what is overdue first."""
    asked = {name: request.GET.get(name, "").strip()[:100] for name in ("project", "worker")}
    order = request.GET.get("order", "")
    order = order if order in ORDERS else "lease"
    found = matching(with_signs(Assignment.objects.leased()), **asked)
    context = {
        "page": keyset_page(found, request, order=ORDERS[order][1]),
        "now": timezone.now(),
        "asked": asked,
        "order": order,
        "orders": [(name, label) for name, (label, _fields) in ORDERS.items()],
    }
    return render(request, "labeling/assignments.html", context)


def matching(found: QuerySet[Assignment], *, project: str, worker: str) -> QuerySet[Assignment]:
    """By codename or customer, and by pseudonym or address, however they are written."""
    if project:
        of = "work_item__task__project"
        found = found.filter(
            Q(**{f"{of}__codename__icontains": project}) | Q(**{f"{of}__organization__name__icontains": project})
        )
    if worker:
        name = worker.removeprefix("Worker ")
        found = found.filter(Q(worker__pseudonym__icontains=name) | Q(worker__user__email__icontains=name))
    return found


def with_signs(found: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """With `seen_at`, the last sign of life of this stint, and `draft_saved_at`; None where there is none."""
    stint = WorkInterval.objects.filter(assignment=OuterRef("pk"), begins_at=OuterRef("claimed_at"))
    draft = Draft.objects.filter(work_item=OuterRef("work_item"), worker=OuterRef("worker"))
    return found.select_related("worker", "work_item__task__project__organization").annotate(
        seen_at=Subquery(stint.values("seen_at")[:1]), draft_saved_at=Subquery(draft.values("saved_at")[:1])
    )


@require_GET
@site_admin_required
def assignment(request: PersonRequest, public_id: str) -> HttpResponse:
    return assignment_page(request, public_id)


def find(public_id: str) -> Assignment:
    return get_object_or_404(with_signs(Assignment.objects.select_related("version")), public_id=public_id)


def assignment_page(request: PersonRequest, public_id: str, *, status: int = 200, **bound: forms.Form) -> HttpResponse:
    """What is known of it, and the three deeds while it is in hand; `bound` is the form that was refused."""
    found = find(public_id)
    now = timezone.now()
    context: dict[str, Any] = {
        "assignment": found,
        "is_leased": found.status in LEASED,
        "now": now,
        "limit": renewing.limit_of(found),
        "release": TakeBackForm(auto_id="release_%s"),
        "extend": ProlongLeaseForm(auto_id="extend_%s"),
        "transfer": TransferForm(auto_id="transfer_%s"),
    }
    return render(request, "labeling/assignment.html", context | bound, status=status)


def told_form(kind: type[ToldForm], request: PersonRequest, found: Assignment, name: str) -> ToldForm:
    project = found.work_item.task.project
    return kind(request.POST, auto_id=f"{name}_%s", hidden_names=(project.organization.name, project.name))


@require_POST
@site_admin_required
def take_back(request: PersonRequest, public_id: str) -> HttpResponse:
    found = find(public_id)
    form = told_form(TakeBackForm, request, found, "release")

    def deed() -> str:
        returning.take_back(found, text=form.cleaned_data["text"], by=request.user, at=timezone.now())
        return _("Its place is free again. The worker reads why; their draft is kept.")

    return decide(request, public_id, "release", form, deed)


@require_POST
@site_admin_required
def prolong(request: PersonRequest, public_id: str) -> HttpResponse:
    found = find(public_id)
    form = ProlongLeaseForm(request.POST, auto_id="extend_%s")

    def deed() -> str:
        renewing.prolong(found, minutes=form.cleaned_data["minutes"], by=request.user, at=timezone.now())
        return _("The lease is extended.")

    return decide(request, public_id, "extend", form, deed)


@require_POST
@site_admin_required
def transfer(request: PersonRequest, public_id: str) -> HttpResponse:
    found = find(public_id)
    form = told_form(TransferForm, request, found, "transfer")

    def deed() -> str:
        to, text = form.cleaned_data["to"], form.cleaned_data["text"]
        moved = transferring.transfer(found, to=to, by=request.user, text=text, at=timezone.now())
        with_draft = _("Worker %(name)s has it now, with the draft.")
        without = _("Worker %(name)s has it now. No draft was copied: there was none, or they had their own.")
        return (with_draft if moved.draft else without) % {"name": to.pseudonym}

    return decide(request, public_id, "transfer", form, deed)


def decide(
    request: PersonRequest, public_id: str, name: str, form: forms.Form, deed: Callable[[], str]
) -> HttpResponse:
    """Do it and go back to the list; what is refused is said above the form, which keeps what was written."""
    if not form.is_valid():
        return assignment_page(request, public_id, status=422, **{name: form})
    try:
        said = deed()
    except BusinessError as error:
        form.add_error(None, error.message)
        return assignment_page(request, public_id, status=error.status, **{name: form})
    messages.success(request, said)
    return redirect("operations:assignments")


@require_GET
@site_admin_required
def why(request: PersonRequest) -> HttpResponse:
    """`?worker=` and `?task=`: what stands between the two, item by item."""
    asked = any(request.GET.get(name) for name in ("worker", "task"))
    is_whole = all(request.GET.get(name) for name in ("worker", "task"))
    form = WhyForm(request.GET if is_whole else None, initial=request.GET.dict() if asked else None)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        worker, task = form.cleaned_data["worker"], form.cleaned_data["task"]
        context |= {"worker": worker, "task": task, "answers": answers.why(worker, task, at=timezone.now())}
    return render(request, "labeling/why.html", context, status=422 if form.errors else 200)
