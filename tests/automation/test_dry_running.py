"""A dry run says what the rule would have done; over what has happened it says what the rule has done."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from automation import drawing
from automation.deciding import Segment
from automation.dry_running import dry_run
from automation.evaluating import terms_of
from automation.histories import Spans, segments
from automation.models import Outcome, PauseRule, RuleFiring, TallyMark
from labeling.resuming import end_due_pauses, resume
from tests.automation.steps import MINUTE, beat, counted, make_rule, tallies, work
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import taken
from tests.labeling.stops import stop

DAY = timedelta(days=1)


def closed(minutes: int) -> None:
    TallyMark.objects.update_or_create(pk=1, defaults={"closed_until": NOON + minutes * MINUTE})


@pytest.mark.django_db
def test_it_says_when_how_long_and_whom(monkeypatch):
    project = make_project()
    rule = make_rule(acts=False)
    work(project, reports=2)
    make_tasks(project, 3)
    first, second = make_worker(project), make_worker(project)
    for worker, minute in ((first, 1), (second, 30), (make_worker(project), 31)):
        taken(worker, at=NOON + minute * MINUTE, project=project)
    counted(at=NOON + 60 * MINUTE)

    run = dry_run(rule, days=1, at=NOON + 60 * MINUTE)

    (stopped,) = run.stops
    assert (stopped.project, stopped.at, stopped.length) == (project, NOON + MINUTE, 30 * MINUTE)
    assert (stopped.people, stopped.handed_out) == (2, 2)
    assert (run.since, run.until) == (NOON + 60 * MINUTE - DAY, NOON + 60 * MINUTE)
    assert (run.all_stops, run.held_back, run.left_out) == (1, 0, 0)


@pytest.mark.django_db
def test_length_cool_down_and_other_pauses_are_respected():
    project = make_project()
    tallies(project, [(number, 4, 4) for number in range(200)])
    closed(200)
    (other,) = stop(project, at=NOON + 100 * MINUTE)
    resume(other, by=None, at=NOON + 120 * MINUTE)

    run = dry_run(make_rule(project), days=1, at=NOON)

    assert [(one.at - NOON) // MINUTE for one in run.stops] == [1, 46, 91, 136, 181]
    paused = [one for one in run.runs[0].found if one.outcome == "paused"]
    assert [one.by for one in paused] == []
    run = dry_run(make_rule(project, length_minutes=5, cool_down_minutes=5), days=1, at=NOON)
    assert other.public_id in [one.by for one in run.runs[0].found]
    assert not any(100 <= (one.at - NOON) // MINUTE < 120 for one in run.stops)


@pytest.mark.django_db
def test_a_replay_says_what_the_rule_has_done():
    """Beat after beat over recorded events, pauses by hand and by rule in between; then the same days at once."""
    bad, calm = make_project(), make_project()
    rule = make_rule(window_minutes=7, length_minutes=6, cool_down_minutes=5, times_usual=1.1)
    script = {0: (2, 2), 1: (0, 4), 9: (3, 0), 17: (1, 1), 24: (4, 1), 31: (2, 0), 39: (2, 2), 44: (0, 3), 52: (9, 1)}
    for minute in range(1, 70):
        at = NOON + minute * MINUTE
        if minute - 1 in script and not bad.pauses.filter(ended_at=None).exists():
            reports, others = script[minute - 1]
            work(bad, reports=reports, others=others, at=at - MINUTE)
            work(calm, others=2, at=at - MINUTE)
        end_due_pauses(at=at + 7 * MINUTE / 60)
        if minute == 53:
            (by_hand,) = stop(bad.organization, at=at)
        if minute == 58:
            resume(by_hand, by=None, at=at)
        beat(at=at + MINUTE / 2)

    run = dry_run(rule, days=1, at=NOON + 70 * MINUTE)

    done = RuleFiring.objects.filter(rule=rule).order_by("at")
    fired = [(one.project, one.at, one.until, one.part, one.whole) for one in done.filter(outcome=Outcome.STOPPED)]
    assert len(fired) >= 3
    assert set(done.values_list("outcome", flat=True)) == {Outcome.STOPPED, Outcome.COOLING, Outcome.PAUSED}
    assert fired == [
        (one.project, one.at, one.until, one.found.segment.part, one.found.segment.whole) for one in run.stops
    ]
    held = done.exclude(outcome=Outcome.STOPPED).values_list("at", "outcome")
    assert sorted(held) == sorted(
        (found.at, found.outcome) for one in run.runs for found in one.found if found not in one.stops
    )


MINUTES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5), st.integers(0, 5)), max_size=20)


@given(MINUTES, st.integers(1, 30), st.integers(0, 30), st.integers(0, 50))
def test_segments_say_of_each_minute_what_a_plain_sum_says(rows, window, usual, begin):
    rows = [(NOON + minute * MINUTE, a, b) for minute, a, b in sorted(rows)]
    spans = Spans(window * MINUTE, usual * MINUTE)
    since, until = NOON + begin * MINUTE, NOON + 90 * MINUTE

    found = segments(rows, spans, since=since, until=until)

    assert [one.begins_at for one in found[1:]] == [one.ends_at for one in found[:-1]]
    for one in found:
        for at in {one.begins_at, one.ends_at - MINUTE}:
            assert numbers(one) == plain(rows, spans, at)


def numbers(one: Segment) -> tuple[int, ...]:
    return one.part, one.whole, one.usual_part, one.usual_whole


def plain(rows, spans, at) -> tuple[int, ...]:
    now = [row for row in rows if at - spans.window <= row[0] < at]
    old = [row for row in rows if at - spans.window - spans.usual <= row[0] < at - spans.window]
    return tuple(sum(row[column] for row in part) for part in (now, old) for column in (1, 2))


@pytest.mark.django_db
def test_a_budget_runs_from_level_to_level():
    project = make_project(price_micros=1000, day_cap_micros=40_000)
    work(project, others=2)
    counted(at=NOON + MINUTE)
    work(project, others=3, at=NOON + 5 * MINUTE)
    counted(at=NOON + 6 * MINUTE)
    counted(at=NOON + 300 * MINUTE)
    rule = make_rule(project, measure="day_budget", threshold_percent=10, acts=False)

    run = dry_run(rule, days=1, at=NOON)

    edges = [(one.begins_at, one.ends_at, one.part) for one in run.runs[0].segments]
    spans = [((begin - NOON) // MINUTE, (end - NOON) // MINUTE, part) for begin, end, part in edges]
    assert spans == [(1, 6, 2000), (6, 67, 5000)]
    assert [(one.at - NOON) // MINUTE for one in run.stops] == [6, 51]


@pytest.mark.django_db
def test_of_a_batch_only_its_own_work_counts():
    project = make_project()
    work(project, reports=2)
    counted(at=NOON + 5 * MINUTE)

    own = dry_run(make_rule(project.batches.get(name=None)), days=1, at=NOON)

    assert [one.handed_out for one in own.stops] == [0]
    assert [one.project for one in own.runs] == [project]


@pytest.mark.django_db
@pytest.mark.parametrize("most", [("MOST_PROJECTS", 2), ("MOST_MINUTES", 7), ("MOST_MINUTES", 6)])
def test_of_many_projects_those_with_the_most_work_are_looked_at(monkeypatch, most):
    monkeypatch.setattr(f"automation.dry_running.{most[0]}", most[1])
    projects = [make_project() for _number in range(3)]
    for number, project in enumerate(projects):
        tallies(project, [(minute, 4 + number, 4) for minute in range(3)])
    closed(10)

    run = dry_run(make_rule(), days=1, at=NOON)

    assert {one.project for one in run.runs} == set(projects[1:])
    assert run.left_out == 1


@pytest.mark.django_db
def test_one_project_is_looked_at_however_much_there_is_of_it(monkeypatch):
    monkeypatch.setattr("automation.dry_running.MOST_MINUTES", 1)
    tallies(make_project(), [(minute, 4, 4) for minute in range(3)])
    closed(10)

    assert dry_run(make_rule(), days=1, at=NOON).all_stops == 1


@pytest.mark.django_db
def test_a_dry_run_needs_as_many_queries_for_many_projects():
    counts = []
    rule = PauseRule.objects.get(pk=make_rule().pk)
    for _number in range(3):
        tallies(make_project(), [(0, 4, 4), (80, 9, 8)])
        closed(100)
        with CaptureQueriesContext(connection) as captured:
            assert dry_run(rule, days=30, at=NOON).all_stops
        counts.append(len(captured))
    assert len(set(counts)) == 1
    assert counts[0] <= 9


@pytest.mark.django_db
def test_the_drawing_has_the_line_the_threshold_and_the_stops():
    project = make_project()
    tallies(project, [(-720, 4, 1), (0, 4, 4)])
    closed(720)
    rule = make_rule(project)

    run = dry_run(rule, days=1, at=NOON)
    (chart,) = drawing.charts(run, terms_of(rule))

    assert chart.name == project.codename
    assert chart.said == f"{project.codename}: at most 100.0\u00a0%, threshold 50.0\u00a0%, 1 stop"
    # Two stretches with enough, each a line of its own: a quarter, then all.
    assert chart.path.count("M") == 2
    assert chart.path.startswith("M0 76.2H")
    assert chart.threshold == "52.38"
    assert [(bar.x, bar.width) for bar in chart.stops] == [("50.069", "2.083")]
    assert [tick.name for tick in drawing.ticks(run)] == ["06:00", "12:00", "18:00"]


@pytest.mark.django_db
def test_nothing_recorded_draws_nothing():
    run = dry_run(make_rule(make_project()), days=7, at=NOON)

    assert (run.runs, run.stops, drawing.charts(run, terms_of(make_rule()))) == ([], [], [])
