"""The rules at work: what each finds in the last closed minute, and the pause that it makes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.utils.translation import gettext as _

from automation import announcing
from automation.deciding import COOLING, PAUSED, STOPS, Found, Segment, Terms, decide
from automation.histories import history, watched_projects
from automation.measures import MEASURES
from automation.minutes import MINUTE
from automation.models import Outcome, PauseRule, RuleFiring
from automation.standing import standing_over, states_of
from core import formats, gate
from core.actions import action
from events import recording
from events.models import Event
from events.verbs import Verb
from labeling import beginning, pausing
from labeling.pausing import Order
from labeling.scope_names import hidden_names
from labeling.scopes import Scope
from projects.models import Pause, PausePolicy, Project

log = structlog.get_logger(__name__)
RELATED = ["organization", "project__organization", "batch__project__organization", "owner"]


def evaluate_rules(*, closed: datetime, at: datetime) -> int:
    """Each rule that is on, over the minutes before `closed`; how many times one was passed."""
    fired = 0
    for rule in PauseRule.objects.watching().select_related(*RELATED).order_by("pk"):
        try:
            fired += len(evaluate(rule, closed=closed, at=at))
        except Exception:  # the edge of a job's loop: one rule must not keep the others from acting
            log.exception("pause_rule.failed", rule=rule.public_id)
    return fired


def evaluate(rule: PauseRule, *, closed: datetime, at: datetime) -> list[RuleFiring]:
    """What the rule does now. When this returns nothing of what it has stopped is handed out any more."""
    terms = terms_of(rule)
    seen = history(rule, since=closed, until=closed + MINUTE)
    over = {pk: own for pk, own in seen.items() if any(terms.exceeded_by(one) for one in own)}
    found = decided(rule, over, closed=closed) if over else {}
    firings = []
    for pk in sorted(found):
        firing = fire(rule, pk, over[pk], closed=closed, at=at)
        if firing is not None and firing.outcome == Outcome.STOPPED:
            # The row is committed; whoever read the stops before that is waited for here.
            gate.drain()
        firings += [firing] if firing is not None else []
    return firings


def terms_of(rule: PauseRule) -> Terms:
    return Terms(
        threshold=int(rule.threshold_percent * 100),
        least_count=0 if MEASURES[rule.measure].is_level else rule.least_count,
        length=rule.length,
        cool_down=rule.cool_down,
        times_usual=int((rule.times_usual or 0) * 10),
    )


def decided(rule: PauseRule, over: dict[int, list[Segment]], *, closed: datetime) -> dict[int, Found]:
    """By project; reads only."""
    projects = list(watched_projects(rule).filter(pk__in=over))
    standing = standing_over(rule, projects, since=closed, until=closed + MINUTE)
    states = states_of(rule, over)
    found = {
        one.pk: decide(over[one.pk], terms_of(rule), standing=standing[one.pk], state=states[one.pk])
        for one in projects
    }
    return {pk: own[0] for pk, own in found.items() if own}


@action
def fire(rule: PauseRule, project_id: int, over: list[Segment], *, closed: datetime, at: datetime) -> RuleFiring | None:
    """The firing and, of a rule that acts, its pause in one transaction; None when another beat was faster.

    Under the lock of the rule's row it is decided again: of two beats the second sees what the first has done.
    """
    own = PauseRule.objects.watching().select_related(*RELATED).select_for_update(of=("self",), no_key=True)
    locked = own.filter(pk=rule.pk).first()
    found = decided(locked, {project_id: over}, closed=closed).get(project_id) if locked is not None else None
    if locked is None or found is None:
        return None
    project = Project.objects.select_related("organization").get(pk=project_id)
    firing = RuleFiring.objects.create(
        rule=locked,
        project=project,
        batch=locked.batch,
        at=found.at,
        part=found.segment.part,
        whole=found.segment.whole,
        outcome=outcome_of(found, locked),
        until=found.until,
        pause=pause_of(found, locked, project, at=at),
    )
    recording.write(fired_event(firing, at=at))
    announcing.tell_owner(firing, at=at)
    return firing


def outcome_of(found: Found, rule: PauseRule) -> Outcome:
    stops = Outcome.STOPPED if rule.acts else Outcome.WATCHED
    return {STOPS: stops, COOLING: Outcome.COOLING, PAUSED: Outcome.PAUSED}[found.outcome]


def pause_of(found: Found, rule: PauseRule, project: Project, *, at: datetime) -> Pause | None:
    """The pause that is made now, or the one that stood already."""
    if found.outcome == PAUSED:
        return Pause.objects.get(public_id=found.by)
    if found.outcome != STOPS or not rule.acts:
        return None
    scope = Scope.of(rule.batch or project)
    order = order_of(rule, project, found)
    pausing.refuse(order, at=at)
    pauses = pausing.write_group([scope], order, starts_at=at, ends_at=order.ends_at, by=None, at=at)
    beginning.begin(pauses, by=None, at=at)
    return pauses[0]


def order_of(rule: PauseRule, project: Project, found: Found) -> Order:
    measure = MEASURES[rule.measure]
    why = _("Rule “%(name)s”: %(measure)s %(share)s.") % {
        "name": rule.name,
        "measure": measure.name,
        "share": formats.percent(found.segment.share or 0),
    }
    return Order(
        policy=rule.policy,
        reason=measure.reason,
        grace=timedelta(minutes=rule.grace_minutes or 0) if rule.policy == PausePolicy.GRACE else None,
        ends_at=found.until,
        text_for_staff=f"{why}\n{rule.text_for_staff}".strip(),
        text_for_workers=without_names(rule.text_for_workers, hidden_names(Scope.of(project))),
        text_for_customer=rule.text_for_customer,
    )


def without_names(text: str, names: Sequence[str]) -> str:
    """The rule's text was checked when it was written; a customer or a project that came later may be named in it."""
    if any(name.casefold() in text.casefold() for name in names):
        return _("Something is being checked.")
    return text


def fired_event(firing: RuleFiring, *, at: datetime) -> Event:
    return recording.event(
        Verb.PAUSE_RULE_FIRED,
        at=at,
        actor=recording.by_site(),
        subject_type="pause_rule",
        subject_id=firing.rule.public_id,
        data={
            "project": firing.project.public_id,
            "measure": firing.rule.measure,
            "part": firing.part,
            "whole": firing.whole,
            "outcome": firing.outcome,
            "pause": firing.pause.public_id if firing.pause is not None else None,
        },
    )
