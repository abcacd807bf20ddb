"""Messages, for everybody; and long work."""

from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PersonRequest, person_required
from core.paging import keyset_page
from core.views import where_from
from events import running, telling
from events.models import Job, Notice
from events.showing import shown
from events.wording import Said, say


@dataclass(frozen=True)
class Message:
    """A notice with its words in the reader's language; `mail` says whether its mail was sent, if there is one."""

    notice: Notice
    said: Said
    mail: str


def in_words(notices: list[Notice]) -> list[Message]:
    states = telling.mail_states(notices)
    return [Message(notice, say(notice.code, notice.params), states.get(notice.pk, "")) for notice in notices]


@require_safe
@person_required
def messages(request: PersonRequest, *_slug: str) -> HttpResponse:
    """The same list on each side of the site; the slug is the customer's in whose pages the reader is."""
    own = Notice.objects.visible_to(request.user)
    page = keyset_page(unread_first(own), request, order=("was_read", "-id"))
    context = {"messages_told": in_words(page.rows), "page": page, "unread": own.unread().count()}
    return render(request, "events/messages.html", context)


def unread_first(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    was_read = ExpressionWrapper(Q(read_at__isnull=False), output_field=BooleanField())
    return notices.annotate(was_read=was_read)


@require_POST
@person_required
def message_read(request: PersonRequest, public_id: str) -> HttpResponse:
    own = Notice.objects.visible_to(request.user)
    notice = get_object_or_404(own, public_id=public_id)
    telling.mark_read(own.filter(pk=notice.pk), at=now())
    if request.headers.get("HX-Request"):
        notice.refresh_from_db()
        return render(request, "events/_message.html", {"message": in_words([notice])[0]})
    return redirect(where_from(request))


@require_POST
@person_required
def messages_read(request: PersonRequest) -> HttpResponse:
    telling.mark_read(Notice.objects.visible_to(request.user), at=now())
    return redirect(where_from(request))


@require_safe
@person_required
def job(request: PersonRequest, public_id: str) -> HttpResponse:
    """The whole page, or for htmx the component alone."""
    found = get_object_or_404(Job.objects.visible_to(request.user).select_related("by"), public_id=public_id)
    template = "events/_job.html" if request.headers.get("HX-Request") else "events/job.html"
    return render(request, template, shown(found, request.user))


@require_POST
@person_required
def job_cancel(request: PersonRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(Job.objects.visible_to(request.user), public_id=public_id)
    if not found.may_be_managed_by(request.user):
        return render(request, "errors/403.html", status=403)
    running.cancel(found, by=request.user, at=now())
    if not request.headers.get("HX-Request"):
        return redirect("events:job", public_id=public_id)
    found.refresh_from_db()
    return render(request, "events/_job.html", shown(found, request.user))
