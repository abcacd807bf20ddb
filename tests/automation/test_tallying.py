"""Counting from the events: each once, in its minute, and a closed minute never again."""

from datetime import timedelta
from typing import Any

import pytest

from automation import levels, tallying
from automation.models import BudgetLevel, BudgetSpan, Tally, TallyMark
from events.models import Event
from events.sealing import seal
from events.verbs import Verb
from projects.creating import create_batch
from tests.automation.steps import MINUTE, counted, work
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import REJECTED, judged, make_reviewer, submitted, taken

pytestmark = pytest.mark.django_db


def rows() -> list[tuple[Any, ...]]:
    columns = ["minute", *tallying.COLUMNS]
    return list(Tally.objects.order_by("minute", "batch").values_list(*columns))


def test_everything_is_counted_in_its_minute_and_once():
    project = make_project(reviews=1)
    work(project, reports=2, skips=1, others=3)
    make_tasks(project)
    submitted(make_worker(project), at=NOON + MINUTE)
    judged(make_reviewer(project), REJECTED, at=NOON + 2 * MINUTE)

    counted(at=NOON + 5 * MINUTE)
    counted(at=NOON + 5 * MINUTE)

    assert rows() == [
        (NOON, 6, 1, 2, 0, 0),
        (NOON + MINUTE, 1, 0, 0, 0, 0),
        (NOON + 2 * MINUTE, 1, 0, 0, 1, 1),
    ]


def test_batches_are_counted_apart():
    project = make_project()
    other = create_batch(project, name="Second", by=None, at=NOON)
    make_tasks(project)
    make_tasks(project, batch=other)
    taken(make_worker(project))
    taken(make_worker(project))

    counted(at=NOON + MINUTE)

    assert dict(Tally.objects.values_list("batch", "handed_out")) == {project.batches.get(name=None).pk: 1, other.pk: 1}


def test_what_comes_late_is_counted_in_the_first_minute_that_is_not_closed():
    project = make_project()
    work(project, others=1)
    counted(at=NOON + 5 * MINUTE)

    work(project, others=1, at=NOON + MINUTE)
    counted(at=NOON + 6 * MINUTE)

    assert [row[:2] for row in rows()] == [(NOON, 1), (NOON + 5 * MINUTE, 1)]


def test_only_what_has_settled_is_counted():
    """A transaction that is still open may come before it."""
    work(make_project(), others=1)

    assert tallying.tally(at=NOON + MINUTE) == NOON + MINUTE
    assert rows() == []
    seal()
    tallying.tally(at=NOON + MINUTE)
    assert [row[:2] for row in rows()] == [(NOON + MINUTE, 1)]


def test_the_first_count_goes_in_chunks_and_closes_nothing_before_its_end(monkeypatch):
    monkeypatch.setattr(tallying, "EVENTS_PER_CHUNK", 2)
    work(make_project(), reports=2, others=1)
    seal()

    assert tallying.tally(at=NOON + MINUTE, longest_s=-1) is None
    assert TallyMark.objects.get().closed_until is None
    assert tallying.tally(at=NOON + MINUTE) == NOON + MINUTE
    assert [row[:4] for row in rows()] == [(NOON, 3, 0, 2)]


def test_events_of_what_is_no_task_any_more_or_too_old_are_passed_over():
    work(make_project(), others=1, at=NOON - tallying.KEPT - MINUTE)
    Event.objects.create(
        verb=Verb.ASSIGNMENT_SKIPPED, at=NOON, actor_kind="site", subject_type="assignment", data={"task": "gone"}
    )

    counted(at=NOON + MINUTE)

    assert rows() == []


def test_a_clock_that_goes_back_closes_nothing_again():
    make_project()

    assert counted(at=NOON + 5 * MINUTE) == counted(at=NOON) == NOON + 5 * MINUTE


def test_old_counts_are_forgotten():
    project = make_project(price_micros=1000, day_cap_micros=10_000)
    work(project, others=1)
    counted(at=NOON + MINUTE)
    tallying.forget(at=NOON + tallying.KEPT)
    assert (Tally.objects.count(), BudgetLevel.objects.count()) == (1, 1)

    tallying.forget(at=NOON + tallying.KEPT + 2 * MINUTE)

    assert (Tally.objects.count(), BudgetLevel.objects.count()) == (0, 0)


def noted() -> list[tuple[Any, ...]]:
    return list(
        BudgetLevel.objects.order_by("minute", "span").values_list("span", "minute", "used_micros", "cap_micros")
    )


def test_a_budget_is_noted_when_it_changes_and_each_hour():
    project = make_project(price_micros=1000, day_cap_micros=10_000, total_cap_micros=50_000)
    make_project(price_micros=1000)

    for minute in (1, 2, 3):
        counted(at=NOON + minute * MINUTE)
    work(project, others=2, at=NOON + 3 * MINUTE)
    for minute in (4, 5, 5, 64, 65, 66):
        counted(at=NOON + minute * MINUTE)

    assert noted() == [
        ("all", NOON, 0, 50_000),
        ("day", NOON, 0, 10_000),
        ("all", NOON + 3 * MINUTE, 2000, 50_000),
        ("day", NOON + 3 * MINUTE, 2000, 10_000),
        ("all", NOON + 63 * MINUTE, 2000, 50_000),
        ("day", NOON + 63 * MINUTE, 2000, 10_000),
    ]


def test_the_next_day_in_the_customers_time_zone_begins_with_nothing():
    project = make_project(price_micros=1000, day_cap_micros=10_000)
    work(project, others=1)
    counted(at=NOON + MINUTE)

    counted(at=NOON + timedelta(days=1))

    assert [row[2] for row in noted()] == [1000, 0]


def test_a_cap_that_is_taken_away_is_noted_as_none():
    project = make_project(price_micros=1000, day_cap_micros=10_000)
    counted(at=NOON + MINUTE)
    project.current_version.day_cap_micros = None
    project.current_version.save()

    counted(at=NOON + 2 * MINUTE)
    counted(at=NOON + 3 * MINUTE)

    assert noted() == [(BudgetSpan.DAY, NOON, 0, 10_000), (BudgetSpan.DAY, NOON + MINUTE, 0, 0)]


@pytest.mark.parametrize("projects", [1, 3])
def test_a_count_needs_as_many_queries_for_many_projects(projects, django_assert_max_num_queries):
    for _number in range(projects):
        work(make_project(price_micros=1000, day_cap_micros=10_000), others=1)
    seal()

    with django_assert_max_num_queries(24):
        levels.note_levels(closed=tallying.tally(at=NOON + MINUTE), at=NOON + MINUTE)
