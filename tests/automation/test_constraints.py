"""What the database itself refuses of rules, whatever the code above it does."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from automation.models import BudgetLevel, PauseRule, RuleFiring, Tally
from projects.models import Pause
from tests.automation.steps import beat, make_rule, work
from tests.factories import NOON, make_project

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("terms", "name"),
    [
        ({"watches": "project"}, "pause_rule_watches_its_subject"),
        ({"watches": "planet"}, "pause_rule_watches_its_subject"),
        ({"policy": "grace"}, "pause_rule_grace_has_minutes"),
        ({"grace_minutes": 5}, "pause_rule_grace_has_minutes"),
        ({"length_minutes": 0}, "pause_rule_has_spans"),
        ({"cool_down_minutes": 0}, "pause_rule_has_spans"),
        ({"window_minutes": 0}, "pause_rule_has_spans"),
        ({"threshold_percent": 0}, "pause_rule_has_a_threshold"),
        ({"times_usual": 0}, "pause_rule_has_a_threshold"),
    ],
)
def test_a_rule_is_whole(terms, name):
    rule = make_rule()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        PauseRule.objects.filter(pk=rule.pk).update(**terms)


def fired() -> RuleFiring:
    work(make_project(), reports=2)
    make_rule()
    (firing,) = beat(at=NOON + timedelta(minutes=5))
    return firing


@pytest.mark.parametrize(
    "change",
    [
        {"pause": None},
        {"until": None},
        {"outcome": "watched"},
        {"outcome": "cooling"},
        {"outcome": "paused"},
        {"outcome": "slept"},
    ],
)
def test_a_firing_has_what_its_outcome_says(change):
    firing = fired()

    with pytest.raises(IntegrityError, match="rule_firing_has_its_pause"), transaction.atomic():
        RuleFiring.objects.filter(pk=firing.pk).update(**change)


def test_a_firing_is_once_and_a_pause_has_one(django_assert_num_queries):
    firing = fired()
    again = {name: getattr(firing, name) for name in ("rule", "project", "at", "part", "whole", "outcome", "until")}

    for other in ({"pause": Pause.objects.get()}, {"pause": Pause.objects.get(), "at": NOON}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RuleFiring.objects.create(**again | other)


def test_a_count_and_a_level_are_once_a_minute():
    project = make_project()
    batch = project.batches.get()
    level = {"project": project, "span": "day", "minute": NOON, "used_micros": 1, "cap_micros": 2}
    Tally.objects.create(batch=batch, minute=NOON)
    BudgetLevel.objects.create(**level)

    with pytest.raises(IntegrityError), transaction.atomic():
        Tally.objects.create(batch=batch, minute=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        BudgetLevel.objects.create(**level)
