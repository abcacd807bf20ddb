"""Making a rule, changing it, switching it off and on."""

from datetime import datetime

from accounts.models import User
from automation.models import PauseRule
from core.actions import action
from events import recording
from events.models import Event
from events.verbs import Verb


@action
def make_rule(rule: PauseRule, *, by: User, at: datetime) -> PauseRule:
    """Store what is not stored yet."""
    rule.created_by, rule.created_at = by, at
    rule.save()
    recording.write(event_of(Verb.PAUSE_RULE_MADE, rule, by=by, at=at))
    return rule


@action
def change_rule(rule: PauseRule, *, by: User, at: datetime) -> PauseRule:
    """Store the terms that the rule has now; what it has done stays as it was."""
    PauseRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    rule.save()
    recording.write(event_of(Verb.PAUSE_RULE_CHANGED, rule, by=by, at=at))
    return rule


@action
def switch(rule: PauseRule, *, is_on: bool, by: User, at: datetime) -> bool:
    """False where it was so already. What a rule has paused stays paused until its end."""
    changed = PauseRule.objects.filter(pk=rule.pk, is_on=not is_on).update(is_on=is_on)
    if changed:
        rule.is_on = is_on
        recording.write(event_of(Verb.PAUSE_RULE_CHANGED, rule, by=by, at=at))
    return bool(changed)


def event_of(verb: Verb, rule: PauseRule, *, by: User, at: datetime) -> Event:
    return recording.event(
        verb,
        at=at,
        actor=recording.by_user(by),
        subject_type="pause_rule",
        subject_id=rule.public_id,
        data={
            "measure": rule.measure,
            "threshold_percent": str(rule.threshold_percent),
            "window_minutes": rule.window_minutes,
            "watches": rule.watches,
            "subject": rule.subject.public_id if rule.subject is not None else None,
            "policy": rule.policy,
            "is_on": rule.is_on,
            "acts": rule.acts,
        },
    )
