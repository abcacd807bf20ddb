"""The pages of callbacks: the log, one delivery, and the settings. For those who manage the organization's keys."""

from typing import Any

import orjson
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, member_required
from accounts.models import Mode
from core.paging import keyset_page
from delivery import callbacks, webhooks
from delivery.bodies import body_of
from delivery.callback_forms import AgainForm, CallbackFilter, DefaultAddressForm, WebhookForm
from delivery.happenings import name_of
from delivery.models import Attempt, Delivery, Webhook
from delivery.wording import reason_of
from events import recording
from events.models import Job, Outbox
from events.showing import shown

PERMISSION = "organization.manage_keys"
# Of a longer body the page shows the beginning.
SHOWN_CHARACTERS = 100_000


def own(request: MemberRequest) -> Any:
    return Delivery.objects.visible_to(request.user).filter(organization=request.organization.pk)


@require_safe
@member_required(permission=PERMISSION)
def log(request: MemberRequest, slug: str) -> HttpResponse:
    return show_log(request, AgainForm(initial={"mode": mode_of(request)}))


def mode_of(request: MemberRequest) -> str:
    mode = request.GET.get("mode", "")
    return mode if mode in Mode.values else Mode.LIVE


def show_log(request: MemberRequest, again: AgainForm, *, status: int = 200) -> HttpResponse:
    form = CallbackFilter(request.GET or None)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = callbacks.deliveries_of(
        request.organization.pk,
        mode=mode_of(request),
        state=wanted.get("state", ""),
        kind=wanted.get("kind", ""),
    )
    page = keyset_page(rows.filter(pk__in=own(request).values("pk")), request)
    last = last_attempts([delivery.pk for delivery in page.rows])
    jobs = Job.objects.visible_to(request.user).filter(kind=callbacks.AGAIN, organization=request.organization)
    job = jobs.order_by("-pk").first()
    context = {
        "organization": request.organization,
        "form": form,
        "again": again,
        "page": page,
        "lines": [line_of(delivery, last.get(delivery.pk)) for delivery in page.rows],
        "is_filtered": any(wanted.values()),
        "job": shown(job, request.user) if job else None,
    }
    return render(request, "delivery/callbacks.html", context, status=status)


def last_attempts(deliveries: list[int]) -> dict[int, Attempt]:
    return {one.delivery_id: one for one in Attempt.objects.filter(delivery__in=deliveries).order_by("pk")}


def line_of(delivery: Delivery, last: Attempt | None) -> dict[str, Any]:
    return {"delivery": delivery, "what": name_of(delivery.kind), "last": last, "said": said_by(last)}


def said_by(attempt: Attempt | None) -> str:
    """What came back, in a word or a sentence; empty before the first try."""
    if attempt is None:
        return ""
    if attempt.status is not None:
        return str(attempt.status)
    return reason_of(attempt.error) if attempt.error else _("Taken by the mail server")


@require_safe
@member_required(permission=PERMISSION)
def delivery(request: MemberRequest, slug: str, public_id: str) -> HttpResponse:
    found = get_object_or_404(own(request).select_related("webhook"), public_id=public_id)
    body = body_of(found)
    text = orjson.dumps(body, option=orjson.OPT_INDENT_2).decode() if body is not None else ""
    attempts = found.attempts.order_by("-pk")
    context = {
        "organization": request.organization,
        "delivery": found,
        "what": name_of(found.kind),
        "body": text[:SHOWN_CHARACTERS],
        "is_cut": len(text) > SHOWN_CHARACTERS,
        "attempts": [{"attempt": one, "said": said_by(one), "reason": reason_of(one.error)} for one in attempts],
        "waits": Outbox.objects.unsent().filter(dedupe_key=found.outbox_key).first(),
    }
    return render(request, "delivery/callback.html", context)


@require_POST
@member_required(permission=PERMISSION)
def send_again(request: MemberRequest, slug: str, public_id: str) -> HttpResponse:
    found = get_object_or_404(own(request), public_id=public_id)
    callbacks.send_again(found, by=recording.by_user(request.user), at=now())
    messages.success(request, _("It is being sent again."))
    return redirect("customer:callback", slug=slug, public_id=public_id)


@require_POST
@member_required(permission=PERMISSION)
def send_range_again(request: MemberRequest, slug: str) -> HttpResponse:
    form = AgainForm(request.POST)
    if not form.is_valid():
        return show_log(request, form, status=422)
    callbacks.send_range_again(
        request.organization,
        **form.cleaned_data,
        by=recording.by_user(request.user),
        user=request.user,
        at=now(),
    )
    messages.success(request, _("What happened in this time is being sent again."))
    return redirect("customer:callbacks", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(permission=PERMISSION)
def settings(request: MemberRequest, slug: str) -> HttpResponse:
    """The key, the default address, and webhooks; a POST changes the address."""
    stored = callbacks.settings_of(request.organization.pk)
    form = DefaultAddressForm(request.POST if request.method == "POST" else None, initial={"address": stored.address})
    if form.is_valid():
        address = form.cleaned_data["address"]
        callbacks.change_address(request.organization, address, by=recording.by_user(request.user), at=now())
        messages.success(request, _("The address is kept."))
        return redirect("customer:callback_settings", slug=slug)
    return show_settings(request, form, WebhookForm(initial={"mode": Mode.LIVE}))


def show_settings(request: MemberRequest, form: DefaultAddressForm, webhook_form: WebhookForm) -> HttpResponse:
    told = Webhook.objects.visible_to(request.user).active().filter(organization=request.organization)
    context = {
        "organization": request.organization,
        "key": callbacks.key_of(request.organization.pk),
        "form": form,
        "webhook_form": webhook_form,
        "webhooks": [{"webhook": one, "kinds": [name_of(kind) for kind in one.kinds]} for one in told.order_by("pk")],
    }
    status = 422 if form.errors or webhook_form.errors else 200
    return render(request, "delivery/callback_settings.html", context, status=status)


@require_POST
@member_required(permission=PERMISSION)
def start_webhook(request: MemberRequest, slug: str) -> HttpResponse:
    form = WebhookForm(request.POST)
    if not form.is_valid():
        stored = callbacks.settings_of(request.organization.pk)
        return show_settings(request, DefaultAddressForm(initial={"address": stored.address}), form)
    webhooks.start_webhook(request.organization, **form.cleaned_data, by=request.user, at=now())
    messages.success(request, _("The webhook is told of what happens from now on."))
    return redirect("customer:callback_settings", slug=slug)


@require_POST
@member_required(permission=PERMISSION)
def renew_key(request: MemberRequest, slug: str) -> HttpResponse:
    callbacks.renew_key(request.organization, by=recording.by_user(request.user), at=now())
    messages.success(request, _("There is a new key. The old one is no longer used."))
    return redirect("customer:callback_settings", slug=slug)
