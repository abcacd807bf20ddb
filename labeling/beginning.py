"""What begins with a pause: its count, its event, the notices and the job; at once, or by beat when its time comes."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from accounts.models import User
from core.actions import action
from events import recording, running
from events.models import Event
from events.verbs import Verb
from labeling import customer_notices
from labeling.announcing import tell_of_what_comes, tell_workers
from labeling.previewing import preview
from labeling.scopes import Scope, Together
from projects.models import Pause


def begin(pauses: Sequence[Pause], *, by: User | None, at: datetime) -> None:
    """Record the begin of the pauses of one group, and tell and treat whom and what they concern. Inside an action.

    They have one event, as they had one order, or one for each customer: who may read their events sees their own.
    """
    for one in pauses:
        one.counts = preview(Scope.of_pause(one), reviews_go_on=one.reviews_go_on, at=at).counts()
        one.begun_at = at
        Pause.objects.filter(pk=one.pk).update(counts=one.counts, begun_at=at)
        running.start_job("apply_pause", organization=None, by=by, subject_id=one.public_id, params={}, at=at)
    recording.write(*pause_events(Verb.PAUSE_STARTED, pauses, by=by, at=at))
    tell_workers(pauses, at=at)
    customer_notices.tell_of_pause(pauses, at=at)


def pause_events(verb: Verb, pauses: Sequence[Pause], *, by: User | None, at: datetime) -> list[Event]:
    """One for all that an act concerns of the same customer, or of none."""
    own: dict[int | None, list[Pause]] = defaultdict(list)
    for one in pauses:
        organization = Scope.of_pause(one).organization
        own[organization.pk if organization is not None else None].append(one)
    return [pause_event(verb, ones, organization_id, by=by, at=at) for organization_id, ones in own.items()]


def pause_event(
    verb: Verb, pauses: Sequence[Pause], organization_id: int | None, *, by: User | None, at: datetime
) -> Event:
    """Its subject is the first of them, the others are named in it."""
    first = pauses[0]
    return recording.event(
        verb,
        at=at,
        actor=recording.by_user_or_site(by),
        subject_type="pause",
        subject_id=first.public_id,
        organization_id=organization_id,
        data={
            "scope": first.scope,
            "policy": first.policy,
            "reason": first.reason,
            "counts": counts_of(verb, pauses, at=at),
            "ends_at": first.ends_at.isoformat() if first.ends_at else None,
            **({"ramp_s": first.ramp_s} if first.ramp_s else {}),
            **({"pauses": [one.public_id for one in pauses]} if len(pauses) > 1 else {}),
        },
    )


def counts_of(verb: Verb, pauses: Sequence[Pause], *, at: datetime) -> dict[str, int]:
    """What it reached, each person and task once; as the row has it where it is one."""
    if len(pauses) == 1:
        kept: dict[str, int] = pauses[0].counts_after if verb == Verb.PAUSE_ENDED else pauses[0].counts
        return kept
    if verb not in {Verb.PAUSE_STARTED, Verb.PAUSE_ENDED}:
        return {}
    reach = Together(tuple(Scope.of_pause(one) for one in pauses))
    return preview(reach, reviews_go_on=pauses[0].reviews_go_on, at=at).counts()


def begin_due_pauses(*, at: datetime) -> int:
    """Begin what is in force and not begun yet; the number of pauses. Nobody was handed any of it since its start."""
    due = Pause.objects.in_force(at=at).filter(begun_at=None).order_by("group", "pk")
    return sum(begin_group([one.pk for one in ones], at=at) for _group, ones in groupby(due, lambda one: one.group))


@action
def begin_group(ids: list[int], *, at: datetime) -> int:
    """Those of them that nobody has begun or called off meanwhile."""
    own = Pause.objects.filter(pk__in=ids, begun_at=None, ended_at=None)
    pauses = list(own.order_by("pk").select_for_update(no_key=True))
    if pauses:
        begin(pauses, by=None, at=at)
    return len(pauses)


def warn_of_pauses(*, at: datetime) -> int:
    """Tell people of the pauses that begin soon, once; the number of pauses."""
    due = Pause.objects.to_come(at=at).filter(warns_at__lte=at, warned_at=None).order_by("group", "pk")
    return sum(warn_of([one.pk for one in ones], at=at) for _group, ones in groupby(due, lambda one: one.group))


@action
def warn_of(ids: list[int], *, at: datetime) -> int:
    own = Pause.objects.filter(pk__in=ids, warned_at=None, begun_at=None, ended_at=None)
    pauses = list(own.order_by("pk").select_for_update(no_key=True))
    if pauses:
        Pause.objects.filter(pk__in=[one.pk for one in pauses]).update(warned_at=at)
        tell_of_what_comes(pauses, at=at)
    return len(pauses)
