"""One's own account: who am I here, how do I get in, where am I signed in."""

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import actions
from accounts.access import PersonRequest, person_required
from accounts.forms import ProfileForm, time_zones
from accounts.models import User


@person_required
def account(request: PersonRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        actions.change_profile(request.user, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("account")
    sessions = UserSession.objects.purge_and_list(request.user)
    context = {
        "form": form,
        "time_zones": time_zones(),
        "has_second_step": is_mfa_enabled(request.user),
        "sessions": sorted(sessions, key=lambda session: session.last_seen_at, reverse=True),
    }
    return render(request, "accounts/account.html", context, status=422 if form.errors else 200)


@require_POST
@person_required
def end_session(request: PersonRequest) -> HttpResponse:
    """Ends one other session, or all others where none is named."""
    sessions = UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key)
    if number := request.POST.get("session", ""):
        sessions = sessions.filter(pk=int(number)) if number.isdecimal() else sessions.none()
    ended = [session.end() for session in sessions]
    text = ngettext("%(count)d session ended.", "%(count)d sessions ended.", len(ended))
    messages.success(request, text % {"count": len(ended)})
    return redirect("account")
