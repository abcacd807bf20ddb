"""`{% load jobs %}{% job some_job %}`: the component of long work, on any page."""

from typing import Any

from django import template
from django.template.context import RequestContext

from accounts.models import User
from events.models import Job
from events.showing import shown

register = template.Library()


@register.inclusion_tag("events/_job.html", takes_context=True)
def job(context: RequestContext, job: Job) -> dict[str, Any]:
    """State, progress and Cancel; asks for itself again while the job runs."""
    user = context.request.user
    assert isinstance(user, User)  # jobs stand on pages of people who are signed in
    return shown(job, user)
