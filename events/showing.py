"""A job as its component shows it."""

from typing import Any

from django.urls import reverse

from accounts.models import User
from events.models import ENDED_JOBS, Job, JobState
from events.running import HANDLERS, title_of
from events.wording import say


def shown(job: Job, user: User) -> dict[str, Any]:
    """What events/_job.html takes: the job in the reader's words, and what this person may do with it."""
    here = {"public_id": job.public_id}
    may_cancel = job.state not in ENDED_JOBS and job.may_be_managed_by(user)
    return {
        "job": job,
        "title": title_of(job.kind),
        "message": say(job.message_code, job.message_params).subject if job.message_code else "",
        "url": reverse("events:job", kwargs=here),
        "cancel_url": reverse("events:job_cancel", kwargs=here) if may_cancel else "",
        "link": result_link(job),
    }


def result_link(job: Job) -> str:
    """Where the result is to be had; empty when there is none yet."""
    handler = HANDLERS.get(job.kind)
    if job.state != JobState.DONE or handler is None or handler.link is None:
        return ""
    return handler.link(job)
