"""What stands in a rule's way: other pauses over the same work, and what the rule itself has done."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q

from automation.deciding import COOLING, LONG_AGO, NEVER, Standing, State
from automation.models import Outcome, PauseRule, RuleFiring
from projects import stopping
from projects.models import Pause, PauseScope, Project


def standing_over(
    rule: PauseRule, projects: Sequence[Project], *, since: datetime, until: datetime
) -> dict[int, list[Standing]]:
    """By project: the pauses between these moments that hold all that the rule watches of it, but the rule's own."""
    found: dict[int, list[Standing]] = {project.pk: [] for project in projects}
    skills = stopping.skills_of(projects)
    for pause in pauses_between(rule, since, until):
        for project in projects:
            if holds(pause, project, skills[project.pk], rule.batch_id):
                found[project.pk].append(Standing(pause.public_id, pause.starts_at, end_of(pause)))
    return found


def pauses_between(rule: PauseRule, since: datetime, until: datetime) -> Iterable[Pause]:
    """People of a country are a part of those who work: their pause leaves the rest to be watched."""
    pauses = Pause.objects.filter(Q(ended_at=None) | Q(ended_at__gt=since), starts_at__lt=until)
    pauses = pauses.filter(Q(quiet_hours=None) | Q(ends_at__gt=since)).exclude(scope=PauseScope.COUNTRY)
    own = RuleFiring.objects.filter(rule=rule.pk, outcome=Outcome.STOPPED) if rule.pk else RuleFiring.objects.none()
    return pauses.exclude(pk__in=own.values("pause"))


def holds(pause: Pause, project: Project, skills: set[int], batch_id: int | None) -> bool:
    """Whether it stops all of the project that is watched: of one batch, where there is one."""
    if pause.scope == PauseScope.BATCH:
        return pause.batch_id == batch_id
    return stopping.concerns(pause, project, skills)


def end_of(pause: Pause) -> datetime | None:
    """Quiet hours are over by the clock, all others when they are ended."""
    ends = [pause.ended_at, pause.ends_at if pause.quiet_hours_id else None]
    return min((end for end in ends if end is not None), default=None)


def states_of(rule: PauseRule, projects: Iterable[int]) -> dict[int, State]:
    """By project: what the rule has done there. A rule that acts is not held by what it did when it only watched."""
    firings = RuleFiring.objects.filter(rule=rule, project__in=projects).select_related("pause").order_by("at")
    found: dict[int, State] = defaultdict(State)
    for firing in firings:
        found[firing.project_id] = followed(found[firing.project_id], firing, rule)
    return found


def followed(state: State, firing: RuleFiring, rule: PauseRule) -> State:
    match firing.outcome:
        case Outcome.COOLING:
            return State(state.stopped_until, state.cooling_until, state.noted | {COOLING})
        case Outcome.PAUSED if firing.pause is not None:
            return State(state.stopped_until, state.cooling_until, state.noted | {firing.pause.public_id})
        case Outcome.WATCHED if rule.acts:
            return state
    until = stopped_until(firing)
    return State(until, until + rule.cool_down if until < NEVER else NEVER, state.noted - {COOLING})


def stopped_until(firing: RuleFiring) -> datetime:
    """A pause that somebody has lifted or prolonged stands as they say; its own end needs nobody to be recorded."""
    pause = firing.pause
    if pause is None:
        return firing.until or LONG_AGO
    ends_at = pause.ends_at or NEVER
    return min(ends_at, pause.ended_at or NEVER)
