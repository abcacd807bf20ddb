"""The site admin's pages: mail, and what happened."""

import re
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PersonRequest, site_admin_required
from accounts.models import Organization
from core.paging import KeysetPage, keyset_page
from events import checking, mailbox, sending
from events.forms import EventFilter
from events.models import Event, Outbox, OutboxState
from events.showing import shown

MAILS_PER_PAGE = 20
NUMBER = re.compile(r"[0-9]{1,18}")


@require_safe
@site_admin_required
def mail(request: PersonRequest) -> HttpResponse:
    mails = Outbox.objects.filter(kind="mail")
    failed = mails.filter(state=OutboxState.FAILED)
    context = {
        "page": mail_page(request),
        "kept": mailbox.is_used(),
        "waiting": mails.unsent().count(),
        "failed": failed.order_by("-pk")[:MAILS_PER_PAGE],
        "failed_count": failed.count(),
    }
    return render(request, "events/mail_page.html", context)


def mail_page(request: HttpRequest) -> KeysetPage[Any]:
    """By file name, which begins with the time."""
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    if before:
        found = mailbox.names(above=before)[-MAILS_PER_PAGE - 1 :]
        more, shown_names = len(found) > MAILS_PER_PAGE, found[-MAILS_PER_PAGE:]
    else:
        found = mailbox.names(below=after)[: MAILS_PER_PAGE + 1]
        more, shown_names = len(found) > MAILS_PER_PAGE, found[:MAILS_PER_PAGE]
    return KeysetPage(
        rows=[mailbox.read(name) for name in shown_names],
        after=shown_names[-1] if shown_names and (more or before) else None,
        before=shown_names[0] if shown_names and (after or (before and more)) else None,
        size=MAILS_PER_PAGE,
    )


@require_POST
@site_admin_required
def send_mail_again(request: PersonRequest) -> HttpResponse:
    """Give every mail that was given up another twenty tries."""
    count = sending.revive("mail", at=now())
    sentence = ngettext("%(count)s mail is being sent again.", "%(count)s mails are being sent again.", count)
    messages.success(request, sentence % {"count": count})
    return redirect("operations:mail")


@require_safe
@site_admin_required
def events(request: PersonRequest) -> HttpResponse:
    """One chain, newest first; what is not sealed yet appears with its number a moment later."""
    form = EventFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    organization = wanted.get("organization")
    job = checking.last_check(organization)
    context = {
        "form": form,
        "organization": organization,
        "page": event_page(matching(wanted), request),
        "check": shown(job, request.user) if job else None,
    }
    return render(request, "events/events.html", context)


def matching(wanted: dict[str, Any]) -> QuerySet[Event]:
    organization = wanted.get("organization")
    chain = {"organization": organization} if organization else {"organization__isnull": True}
    found = Event.objects.filter(seq__isnull=False, **chain)
    if verb := wanted.get("verb"):
        found = found.filter(verb=verb)
    if subject := wanted.get("subject"):
        found = found.filter(subject_id=subject)
    return found


def event_page(found: QuerySet[Event], request: HttpRequest) -> KeysetPage[Event]:
    """By number in the chain."""
    if not all(NUMBER.fullmatch(request.GET.get(name, "0")) for name in ("after", "before")):
        raise Http404
    return keyset_page(found, request, order=("-seq",), key="seq")


@require_POST
@site_admin_required
def check_events(request: PersonRequest) -> HttpResponse:
    """Begin to check a chain."""
    form = EventFilter(request.POST)
    if not form.is_valid():
        messages.error(request, _("There is no such organization."))
        return redirect("operations:events")
    organization: Organization | None = form.cleaned_data["organization"]
    checking.start_check(organization, by=request.user, at=now())
    query = f"?organization={organization.slug}" if organization else ""
    return redirect(reverse("operations:events") + query)
