"""The job that checks one chain of events."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import Organization, User
from core.actions import action
from events import running, sealing, wording
from events.models import Job
from events.running import Progress

KIND = "check_chain"
MOST_SHOWN = 20


@action
def start_check(organization: Organization | None, *, by: User, at: datetime) -> Job:
    """The job has no organization of its own: a customer does not see who checked."""
    pk = organization.pk if organization else None
    return running.start_job(
        KIND,
        organization=None,
        by=by,
        subject_id=subject_of(organization),
        params={"organization": pk},
        total=sealing.length(pk),
        at=at,
    )


def last_check(organization: Organization | None) -> Job | None:
    own = Job.objects.filter(kind=KIND, subject_id=subject_of(organization))
    return own.select_related("by").order_by("-pk").first()


def subject_of(organization: Organization | None) -> str:
    return organization.public_id if organization else ""


def step(job: Job) -> Progress:
    """Check one page of the chain."""
    seq, previous, broken = start_of(job)
    part = sealing.check_part(job.params["organization"], seq=seq, previous=previous)
    broken += part.broken
    code, params = message(broken, count=part.seq) if part.finished else ("", {})
    return Progress(
        done=part.seq,
        checkpoint={"seq": part.seq, "previous": part.previous, "broken": broken},
        finished=part.finished,
        message_code=code,
        message_params=params,
    )


def start_of(job: Job) -> tuple[int, str, list[int]]:
    return job.checkpoint.get("seq", 0), job.checkpoint.get("previous", ""), job.checkpoint.get("broken", [])


def message(broken: list[int], *, count: int) -> tuple[str, dict[str, Any]]:
    if not broken:
        return "chain_whole", {"count": count}
    return "chain_broken", {"count": len(broken), "numbers": ", ".join(map(str, broken[:MOST_SHOWN]))}


def register() -> None:
    running.register(KIND, step, title=_("Check of the events"), tells=False)
    whole = ngettext_lazy("%(count)s event is what was sealed.", "All %(count)s events are what was sealed.", "count")
    wording.register("chain_whole", wording.Wording(subject=whole))
    broken = ngettext_lazy(
        "%(count)s event is not what was sealed: number %(numbers)s.",
        "%(count)s events are not what was sealed: numbers %(numbers)s.",
        "count",
    )
    wording.register("chain_broken", wording.Wording(subject=broken))
