"""A pause as the crowd meets it: what it may still do to what was in hand, by name, and what must not be handed out."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from labeling import scopes
from labeling.beginning import begin_due_pauses
from labeling.models import LEASED, Assignment, AssignmentStatus
from labeling.pausing import Order, pause
from labeling.recalling import recall_chunk, shorten_chunk
from labeling.resuming import resume
from labeling.scopes import Scope
from projects.models import Batch, Pause, PausePolicy, PauseScope, Project
from tests.proof.crowd import Crowd, dawdle
from workers.models import Skill, Worker

Handed = set[tuple[int, datetime]]
RAMP = timedelta(seconds=2)
GRACES = [timedelta(0), timedelta(milliseconds=300), timedelta(seconds=5)]


@dataclass(frozen=True)
class Standing:
    """A pause that holds: all that had been handed out in its scope by then, and what of it was in hand, by name."""

    pause: Pause
    order: Order
    scope: Scope
    handed: Handed
    in_hand: frozenset[int]
    since: datetime


def some_scope() -> Scope:
    project = Project.objects.select_related("organization").order_by("?")[0]
    kind = random.choice(PauseScope.values)
    subjects = {
        PauseScope.SITE: None,
        PauseScope.TYPE: project.type,
        PauseScope.SKILL: Skill.objects.get(),
        PauseScope.COUNTRY: random.choice(Worker.objects.values_list("country", flat=True).distinct()),
        PauseScope.ORGANIZATION: project.organization,
        PauseScope.PROJECT: project,
        PauseScope.BATCH: Batch.objects.filter(project=project).order_by("?")[0],
    }
    return Scope(kind, subjects[PauseScope(kind)])


def some_order(at: datetime) -> Order:
    """Any policy; a third of them begin later, half of those drain before."""
    policy = random.choice(PausePolicy.values)
    grace = random.choice(GRACES) if policy == PausePolicy.GRACE else None
    later = at + timedelta(seconds=random.uniform(0.05, 0.5)) if random.random() < 1 / 3 else None
    drains = later is not None and random.random() < 1 / 2
    return Order(policy, "data", grace=grace, text_for_workers="New data comes.", starts_at=later, drains=drains)


def handed_out(scope: Scope) -> Handed:
    """Reactivated and activated ones too: each hand-out has its moment."""
    return set(Assignment.objects.filter(scopes.work_of(scope)).values_list("pk", "claimed_at"))


def in_hand(scope: Scope) -> frozenset[int]:
    return frozenset(scopes.in_hand(scope).values_list("pk", flat=True))


def stop(crowd: Crowd, scope: Scope) -> Standing:
    """Pause somehow, and wait until it holds; a later one by the clock alone, before anybody has begun it."""
    named = in_hand(scope)
    at = timezone.now()
    order = some_order(at)
    (one,) = pause([scope], order, by=None, at=at)
    stored = timezone.now()  # on a crowded machine this may be behind its start
    handed = handed_out(scope)
    if order.starts_at is not None:
        named = in_hand(scope)
        while timezone.now() < order.starts_at:
            dawdle(20)
        crowd.wait_for_a_step_of_each()
        drained, handed = handed, handed_out(scope)
        assert not order.drains or handed == drained, f"handed out while it drains: {handed - drained}"
        late = [moment for _pk, moment in handed if moment >= max(order.starts_at, stored)]
        assert not late, f"handed out by the clock after its start: {late}"
        begin_due_pauses(at=timezone.now())
        one.refresh_from_db()
    treat(one)
    return Standing(one, order, scope, handed, named, timezone.now())


def treat(one: Pause) -> None:
    """As the job of a pause does."""
    if one.policy == PausePolicy.RECALL:
        while recall_chunk(one, at=timezone.now()):
            pass
    if one.policy == PausePolicy.GRACE:
        while shorten_chunk(one):
            pass


def faults(standing: Standing) -> list[str]:
    """What is other than the pause has announced; nothing where all is well."""
    late = handed_out(standing.scope) - standing.handed
    named = Assignment.objects.filter(pk__in=standing.in_hand)
    return [f"handed out late: {pk}" for pk, _moment in late] + [
        f"{standing.pause.policy}: {found.pk} is {found.status} since {found.ended_at}"
        for found in named
        if not is_as_announced(standing, found)
    ]


def is_as_announced(standing: Standing, found: Assignment) -> bool:
    """The race that each policy allows is an answer whose clock was read before the pause held."""
    one = standing.pause
    handed_in = found.ended_at if found.status == AssignmentStatus.SUBMITTED else None
    match one.policy:
        case PausePolicy.RECALL:
            return found.status not in LEASED and (handed_in is None or handed_in <= standing.since)
        case PausePolicy.SAVE_ONLY:
            return handed_in is None or handed_in <= standing.since
        case PausePolicy.GRACE:
            assert one.grace_until is not None  # a constraint
            return handed_in is None or handed_in <= max(one.grace_until, standing.since)
    # It takes nothing from anybody; another one over the same work may.
    return found.status != AssignmentStatus.RECALLED or is_anothers(found)


def is_anothers(found: Assignment) -> bool:
    """Whether a pause that recalls stood when this was taken back."""
    recalling = Pause.objects.filter(policy=PausePolicy.RECALL, begun_at__lte=found.ended_at)
    return recalling.filter(Q(ended_at=None) | Q(ended_at__gte=found.ended_at)).exists()


def lift(standing: Standing, crowd: Crowd | None = None) -> bool:
    """Resume it; before a crowd a third of them step by step, and nobody is let in before their turn. Whether so."""
    if crowd is None or random.random() > 1 / 3:
        resume(standing.pause, by=None, at=timezone.now())
        return False
    handed = handed_out(standing.scope)
    one = resume(standing.pause, ramp=RAMP, by=None, at=timezone.now())
    crowd.wait_for_a_step_of_each()
    found = Assignment.objects.filter(pk__in=[pk for pk, _moment in handed_out(standing.scope) - handed])
    early = [new.pk for new in found if one.ramp_s and new.claimed_at < one.turn_of(new.worker_id)]
    assert not early, f"handed out before their holder's turn: {early}"
    return one.ramp_s > 0
