"""Webhooks: what happened is read from the sealed events, so that no kind of event costs whoever makes it anything.

A webhook knows the number of the last event that it was told of. Numbers are given after the commit and without gaps:
whoever has read up to one has missed nothing.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, OuterRef, Subquery

from core.actions import action
from delivery.happenings import KIND_OF
from delivery.models import Webhook
from delivery.noting import Told, write
from events.models import Event, Job, SealChain
from projects.models import Batch, Pause, Project, Task

EVENTS_AT_ONCE = 500


def follow(*, at: datetime) -> int:
    """How many deliveries were noted."""
    last = SealChain.objects.filter(organization=OuterRef("organization")).values("last_seq")[:1]
    behind = Webhook.objects.active().annotate(last=Subquery(last)).filter(last__gt=F("seq"))
    return sum(follow_one(pk, at=at) for pk in list(behind.order_by("pk").values_list("pk", flat=True)))


@action
def follow_one(pk: int, *, at: datetime) -> int:
    """The next events of the webhook's organization; 0 where somebody else looks at them."""
    webhook = Webhook.objects.active().filter(pk=pk).select_for_update(skip_locked=True, of=("self",)).first()
    if webhook is None:
        return 0
    events = list(
        Event.objects.filter(organization=webhook.organization_id, seq__gt=webhook.seq).order_by("seq")[:EVENTS_AT_ONCE]
    )
    if not events:
        return 0
    told = told_of(webhook, events)
    write(told, at=at)
    Webhook.objects.filter(pk=webhook.pk).update(seq=events[-1].seq)
    return len(told)


def told_of(webhook: Webhook, events: Sequence[Event]) -> list[Told]:
    asked_for = [event for event in events if KIND_OF.get(event.verb) in webhook.kinds]
    modes = modes_of(asked_for)
    return [
        Told(
            key=f"{webhook.public_id}:{event.seq}",
            organization_id=webhook.organization_id,
            mode=webhook.mode,
            kind=KIND_OF[event.verb],
            subject_id=event.subject_id,
            address=webhook.address,
            number=event.seq or 0,
            webhook=webhook,
        )
        for event in asked_for
        if modes.get(event.subject_id, webhook.mode) == webhook.mode
    ]


def modes_of(events: Sequence[Event]) -> dict[str, str]:
    """By the subject's id; nothing for what concerns both, as the pause of an organization does."""
    ids: dict[str, list[str]] = {}
    for event in events:
        ids.setdefault(event.subject_type, []).append(event.subject_id)
    found: dict[str, str] = {}
    for name, model in (("task", Task), ("batch", Batch), ("project", Project)):
        found |= dict(model.objects.filter(public_id__in=ids.get(name, [])).values_list("public_id", "mode"))
    found |= modes_of_pauses(ids.get("pause", []))
    return found | modes_of_jobs(ids.get("job", []))


def modes_of_pauses(ids: Sequence[str]) -> dict[str, str]:
    rows = Pause.objects.filter(public_id__in=ids).values_list("public_id", "project__mode", "batch__mode")
    return {public_id: project or batch for public_id, project, batch in rows if project or batch}


def modes_of_jobs(ids: Sequence[str]) -> dict[str, str]:
    projects = dict(Job.objects.filter(public_id__in=ids).values_list("public_id", "subject_id"))
    modes = dict(Project.objects.filter(public_id__in=projects.values()).values_list("public_id", "mode"))
    return {job: modes[project] for job, project in projects.items() if project in modes}
