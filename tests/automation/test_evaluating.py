"""The rules at work: what they measure, what they stop, whom they tell, and that they stop it once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from automation import evaluating
from automation.histories import history
from automation.models import Outcome, PauseRule, RuleFiring
from events.models import Event, Notice, Outbox
from labeling.claiming import claim
from labeling.models import Assignment
from labeling.pausing import prolong
from labeling.resuming import end_due_pauses, resume
from projects.archiving import archive
from projects.creating import create_batch
from projects.models import Pause
from tests.automation.steps import MINUTE, beat, counted, make_rule, tallies, work
from tests.factories import NOON, OrganizationFactory, UserFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import ACCEPTED, REJECTED, judged, make_reviewer, submitted
from tests.labeling.stops import stop

pytestmark = pytest.mark.django_db
LATER = NOON + 5 * MINUTE


def test_too_many_reports_pause_the_project_and_nothing_else():
    bad, good = make_project(), make_project()
    work(bad, reports=2, others=2)
    work(good, reports=1, others=3)
    rule = make_rule(policy="grace", grace_minutes=10, text_for_staff="Ask Ada.")

    (firing,) = beat(at=LATER)

    pause = Pause.objects.get()
    assert (firing.rule, firing.project, firing.pause, firing.outcome) == (rule, bad, pause, Outcome.STOPPED)
    assert (firing.at, firing.part, firing.whole, firing.until) == (LATER, 2, 4, LATER + 30 * MINUTE)
    assert (pause.scope, pause.project, pause.policy, pause.reason) == ("project", bad, "grace", "data")
    assert (pause.starts_at, pause.ends_at, pause.grace_until) == (LATER, LATER + 30 * MINUTE, LATER + 10 * MINUTE)
    assert (pause.created_by, pause.begun_at) == (None, LATER)
    assert "Broken data" in pause.text_for_staff
    assert "Ask Ada." in pause.text_for_staff
    make_tasks(bad)
    make_tasks(good)
    assert not isinstance(claim(make_worker(bad), at=LATER), Assignment)
    assert isinstance(claim(make_worker(good), at=LATER), Assignment)


def test_the_owner_gets_one_notice_and_one_mail_and_the_event_says_why():
    project = make_project()
    work(project, reports=2)
    rule = make_rule()

    beat(at=LATER)
    beat(at=LATER + MINUTE)

    notice = Notice.objects.get(user=rule.owner)
    assert notice.code == "rule_stopped"
    assert {name: notice.params[name] for name in ("percent", "threshold", "what")} == {
        "percent": "100.0",
        "threshold": "50",
        "what": project.codename,
    }
    assert Outbox.objects.filter(kind="mail", target=rule.owner.email).count() == 1
    event = Event.objects.get(verb="pause_rule_fired")
    assert event.data == {
        "project": project.public_id,
        "measure": "reports",
        "part": 2,
        "whole": 2,
        "outcome": "stopped",
        "pause": Pause.objects.get().public_id,
    }


def test_where_the_owner_is_no_admin_any_more_all_admins_are_told():
    work(make_project(), reports=2)
    rule = make_rule(owner=UserFactory.create(is_site_admin=False))
    admins = {UserFactory.create(is_site_admin=True).pk for _number in range(2)}

    beat(at=LATER)

    assert set(Notice.objects.filter(code="rule_stopped").values_list("user", flat=True)) == admins
    assert rule.owner_id not in admins


def test_a_rule_that_only_watches_stops_nothing_and_says_so():
    work(make_project(), reports=2)
    rule = make_rule(acts=False)

    (firing,) = beat(at=LATER)

    assert (firing.outcome, firing.pause, firing.until) == (Outcome.WATCHED, None, LATER + 30 * MINUTE)
    assert not Pause.objects.exists()
    assert Notice.objects.get(user=rule.owner).code == "rule_would_stop"
    assert beat(at=LATER + MINUTE) == []


def test_a_rule_that_is_off_does_nothing():
    work(make_project(), reports=2)
    make_rule(is_on=False)

    assert beat(at=LATER) == []


def shares(rule: PauseRule, at=LATER) -> dict[int, tuple[int, int]]:
    found = history(rule, since=at, until=at + MINUTE)
    return {pk: (own[0].part, own[0].whole) for pk, own in found.items()}


def test_each_measure_counts_what_it_says():
    project = make_project(reviews=1, price_micros=1000, day_cap_micros=20_000, total_cap_micros=80_000)
    work(project, reports=1, skips=2, others=3)
    make_tasks(project, 3)
    author, reviewer = make_worker(project), make_reviewer(project)
    for verdict in (ACCEPTED, REJECTED, ACCEPTED):
        submitted(author, project=project)
        judged(reviewer, verdict)
    counted(at=LATER)

    found = {code: shares(make_rule(measure=code)) for code in evaluating.MEASURES}

    handed_out = Event.objects.filter(verb="assignment_claimed").count()
    assert handed_out == 12
    assert found == {
        "reports": {project.pk: (1, handed_out)},
        "skips": {project.pk: (2, handed_out)},
        "rejections": {project.pk: (1, 3)},
        # What was reported and skipped is given back; one of the three answers is a redo, which costs nothing more.
        "day_budget": {project.pk: (5000, 20_000)},
        "whole_budget": {project.pk: (5000, 80_000)},
    }


def test_the_window_ends_with_the_last_closed_minute_and_has_its_length():
    project = make_project()
    tallies(project, [(0, 8, 1), (1, 4, 2), (10, 2, 2), (11, 1, 1)])
    rule = make_rule()

    assert [shares(rule, NOON + n * MINUTE).get(project.pk) for n in (0, 1, 2, 10, 11, 12, 22)] == [
        None,
        (1, 8),
        (3, 12),
        (3, 12),
        (4, 6),
        (3, 3),
        None,
    ]


def test_a_rule_watches_what_it_names():
    customer = OrganizationFactory.create()
    first, second, other = make_project(organization=customer), make_project(organization=customer), make_project()
    batch = create_batch(first, name="Own", by=None, at=NOON)
    for project in (first, second, other):
        work(project, reports=2)
    counted(at=LATER)
    archive(other, by=UserFactory.create(), at=NOON)

    watched = [set(shares(make_rule(subject))) for subject in (None, customer, second, batch)]

    assert watched == [{first.pk, second.pk}, {first.pk, second.pk}, {second.pk}, set()]


def test_a_rule_over_a_batch_pauses_the_batch():
    project = make_project()
    work(project, reports=2)
    batch = project.batches.get(name=None)
    make_rule(batch)

    (firing,) = beat(at=LATER)

    assert (firing.batch, firing.pause.scope, firing.pause.batch) == (batch, "batch", batch)


def test_a_budget_that_is_nearly_used_up_pauses():
    project = make_project(price_micros=1000, day_cap_micros=20_000)
    work(project, others=6)
    make_rule(project, measure="day_budget", threshold_percent=30)

    (firing,) = beat(at=LATER)

    assert (firing.part, firing.whole, firing.pause.reason) == (6000, 20_000, "budget")


def test_it_must_be_several_times_the_usual_where_that_is_asked_for():
    project = make_project()
    tallies(project, [(-60, 10, 4), (0, 10, 7)])
    rule = make_rule(project, times_usual=2)

    assert evaluating.evaluate(rule, closed=LATER, at=LATER) == []
    rule.times_usual = 1.5
    rule.save()
    assert len(evaluating.evaluate(PauseRule.objects.get(), closed=LATER, at=LATER)) == 1


def test_it_leaves_alone_what_stands_paused_already_and_says_so_once():
    project = make_project()
    work(project, reports=2)
    make_rule()
    (other,) = stop(project.organization)

    (firing,) = beat(at=LATER)

    assert (firing.outcome, firing.pause, firing.until) == (Outcome.PAUSED, other, None)
    assert Pause.objects.get() == other
    assert beat(at=LATER + MINUTE) == []
    assert not Notice.objects.filter(code__startswith="rule_").exists()


def test_the_longest_length_ends_the_pause_and_the_cool_down_follows():
    project = make_project()
    work(project, reports=2)
    make_rule(window_minutes=600)
    beat(at=LATER)

    assert end_due_pauses(at=LATER + 29 * MINUTE) == 0
    assert end_due_pauses(at=LATER + 30 * MINUTE) == 1

    assert [one.outcome for one in beat(at=LATER + 30 * MINUTE)] == [Outcome.COOLING]
    assert beat(at=LATER + 44 * MINUTE) == []
    assert [one.outcome for one in beat(at=LATER + 45 * MINUTE)] == [Outcome.STOPPED]
    assert Pause.objects.count() == 2


def test_a_pause_that_is_lifted_by_hand_begins_its_cool_down_then():
    project = make_project()
    work(project, reports=2)
    make_rule(window_minutes=600)
    (firing,) = beat(at=LATER)
    resume(firing.pause, by=None, at=LATER + 5 * MINUTE)

    assert [one.outcome for one in beat(at=LATER + 6 * MINUTE)] == [Outcome.COOLING]
    assert [one.outcome for one in beat(at=LATER + 20 * MINUTE)] == [Outcome.STOPPED]


def test_a_pause_that_is_prolonged_stands_as_long():
    work(make_project(), reports=2)
    make_rule(window_minutes=600)
    (firing,) = beat(at=LATER)
    prolong(firing.pause, ends_at=LATER + 90 * MINUTE, by=None, at=LATER)

    assert beat(at=LATER + 50 * MINUTE) == []
    prolong(firing.pause, ends_at=None, by=None, at=LATER)
    assert beat(at=LATER + 200 * MINUTE) == []


def test_a_rule_that_watched_and_now_acts_does_not_wait_for_what_it_only_saw():
    work(make_project(), reports=2)
    rule = make_rule(acts=False)
    beat(at=LATER)
    PauseRule.objects.filter(pk=rule.pk).update(acts=True)

    assert [one.outcome for one in beat(at=LATER + MINUTE)] == [Outcome.STOPPED]


def test_workers_do_not_read_a_name_that_came_after_the_rule():
    project = make_project(name="Kestrel maps")
    work(project, reports=2)
    rule = make_rule()
    PauseRule.objects.filter(pk=rule.pk).update(text_for_workers="kestrel MAPS is broken.")

    (firing,) = beat(at=LATER)

    assert firing.pause.text_for_workers == "Something is being checked."


def test_one_rule_that_fails_keeps_no_other_from_acting(monkeypatch):
    work(make_project(), reports=2)
    broken, sound = make_rule(), make_rule()
    PauseRule.objects.filter(pk=broken.pk).update(measure="gone")

    (firing,) = beat(at=LATER)

    assert firing.rule == sound


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_make_one_pause():
    project = make_project()
    work(project, reports=2)
    rule = make_rule()
    closed = counted(at=LATER)
    together = threading.Barrier(2, timeout=20)
    fired: list[RuleFiring] = []

    def one_beat() -> None:
        seen = history(rule, since=closed, until=closed + MINUTE)
        together.wait()
        try:
            firing = evaluating.fire(rule, project.pk, seen[project.pk], closed=closed, at=LATER)
            fired.extend([firing] if firing is not None else [])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one_beat) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(fired) == 1
    assert Pause.objects.count() == RuleFiring.objects.count() == 1


@pytest.mark.parametrize("measure", ["reports", "day_budget"])
def test_a_rule_over_many_projects_needs_one_query_a_measure(measure):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert evaluating.evaluate(rule, closed=LATER, at=LATER) == []
        return len(captured)

    rule = make_rule(measure=measure, threshold_percent=100)
    for number in range(3):
        project = make_project(price_micros=1000, day_cap_micros=100_000)
        work(project, reports=1, others=2)
        counted(at=LATER - timedelta(minutes=3 - number))
        assert queries() == 1


def test_what_is_over_is_decided_by_as_many_queries_for_many_projects():
    """Passed, and held back: nothing is written."""
    rule = make_rule()
    counts = []
    for number in range(3):
        project = make_project()
        work(project, reports=2)
        stop(project)
        beat(at=LATER + number * MINUTE)
        with CaptureQueriesContext(connection) as captured:
            assert evaluating.evaluate(rule, closed=LATER + number * MINUTE, at=LATER) == []
        counts.append(len(captured))
    assert len(set(counts)) == 1
