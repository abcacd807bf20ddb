"""The page of one webhook: changed, tried out, ended. For those who manage the organization's keys."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, member_required
from delivery import webhooks
from delivery.callback_forms import WebhookChangeForm
from delivery.callback_views import PERMISSION
from delivery.models import Webhook
from events import recording


def find(request: MemberRequest, public_id: str) -> Webhook:
    own = Webhook.objects.visible_to(request.user).filter(organization=request.organization)
    return get_object_or_404(own.select_related("organization"), public_id=public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(permission=PERMISSION)
def webhook(request: MemberRequest, slug: str, public_id: str) -> HttpResponse:
    """A POST changes it. One that has ended is shown, and refuses."""
    found = find(request, public_id)
    initial = {"address": found.address, "kinds": found.kinds}
    form = WebhookChangeForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        webhooks.change_webhook(found, **form.cleaned_data, by=recording.by_user(request.user), at=now())
        messages.success(request, _("The webhook is changed. What waits goes to its address as it is now."))
        return redirect("customer:callback_settings", slug=slug)
    context = {"organization": request.organization, "webhook": found, "form": form}
    return render(request, "delivery/webhook.html", context, status=422 if form.errors else 200)


@require_POST
@member_required(permission=PERMISSION)
def send_test(request: MemberRequest, slug: str, public_id: str) -> HttpResponse:
    """To the page of what is sent, which says what was answered."""
    sent = webhooks.send_test(find(request, public_id), by=recording.by_user(request.user), at=now())
    messages.success(request, _("A test is being sent. Load this page again to see what was answered."))
    return redirect("customer:callback", slug=slug, public_id=sent.public_id)


@require_POST
@member_required(permission=PERMISSION)
def end_webhook(request: MemberRequest, slug: str, public_id: str) -> HttpResponse:
    webhooks.end_webhook(find(request, public_id), by=recording.by_user(request.user), at=now())
    messages.success(request, _("The webhook has ended."))
    return redirect("customer:callback_settings", slug=slug)
