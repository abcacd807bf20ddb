"""Quiet hours: by the clock of their zone with nobody there, written ahead, told once, ended."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from core.errors import BusinessError, StaleState
from events.models import Notice
from labeling import quieting
from labeling.beginning import begin_due_pauses
from labeling.claiming import claim
from labeling.models import Assignment, AssignmentStatus
from labeling.pausing import prolong
from labeling.resuming import end_due_pauses
from labeling.scopes import Scope
from labeling.windows import Weekly
from projects.models import Pause, PausePolicy, Project, QuietHours
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import taken
from tests.labeling.stops import order, run_jobs
from tests.labeling.test_windows import CHANGES

pytestmark = pytest.mark.django_db

EVERY_DAY = frozenset(range(7))
NIGHT = Weekly(ZoneInfo("UTC"), EVERY_DAY, time(22), time(6))
TEN = datetime.combine(NOON, time(22), UTC)
MINUTE = timedelta(minutes=1)


def quiet(project: Project, weekly: Weekly = NIGHT, policy: str = PausePolicy.FINISH, *, at=NOON) -> QuietHours:
    return quieting.start([Scope.of(project)], weekly, order(policy), by=None, at=at)


def busy_project() -> Project:
    project = make_project()
    make_tasks(project, 6)
    return project


def is_open(project: Project, *, at: datetime) -> bool:
    return isinstance(claim(make_worker(project), at=at), Assignment)


def test_they_begin_and_end_by_the_clock_though_nobody_is_there():
    project = busy_project()
    quiet(project)

    for day in range(3):
        begin = TEN + timedelta(days=day)
        seen = [is_open(project, at=begin + after) for after in (-MINUTE, timedelta(0), timedelta(hours=8) - MINUTE)]
        assert seen == [True, False, False]
    assert is_open(project, at=TEN + timedelta(days=2, hours=8))


@pytest.mark.parametrize(("zone", "day"), [(zone, day) for zone, days in CHANGES.items() for day in days])
def test_they_follow_the_clock_of_their_zone_over_its_changes(zone, day):
    project = busy_project()
    weekly = Weekly(ZoneInfo(zone), EVERY_DAY, time(1), time(4))
    quiet(project, weekly, at=datetime.combine(day, time(), UTC) - timedelta(days=3))
    begin = datetime.combine(day, time(1), ZoneInfo(zone)).astimezone(UTC)
    end = datetime.combine(day, time(4), ZoneInfo(zone)).astimezone(UTC)

    assert end - begin != timedelta(hours=3)
    assert [is_open(project, at=moment) for moment in (begin - MINUTE, begin, end - MINUTE, end)] == [
        True, False, False, True,
    ]  # fmt: skip


def test_within_them_they_begin_at_once():
    project = busy_project()
    held = taken(make_worker(project), at=TEN)

    quiet(project, policy=PausePolicy.RECALL, at=TEN + MINUTE)
    run_jobs()

    held.refresh_from_db()
    assert held.status == AssignmentStatus.RECALLED
    assert not is_open(project, at=TEN + MINUTE)
    assert Pause.objects.order_by("pk")[0].ends_at == TEN + timedelta(hours=8)


def test_people_are_told_once_that_there_are_quiet_hours_and_each_time_that_they_lose_what_they_have():
    project = busy_project()
    idle, busy = make_worker(project), make_worker(project)
    quiet(project, policy=PausePolicy.RECALL)
    held = taken(busy, at=TEN - MINUTE)

    assert begin_due_pauses(at=TEN) == 1
    run_jobs()
    assert end_due_pauses(at=TEN + timedelta(hours=8)) == 1
    run_jobs()

    notices = Notice.objects.order_by("pk")
    codes = [[one.code for one in notices.filter(user=who.user)] for who in (idle, busy)]
    assert codes == [["quiet_hours"], ["quiet_hours", "paused_recall_until"]]
    assert claim(busy, at=TEN + timedelta(hours=8)).work_item_id == held.work_item_id


def test_more_of_them_are_written_before_they_run_out():
    project = busy_project()
    one = quiet(project)
    written = one.pauses.count()

    assert quieting.write_ahead(at=NOON + timedelta(days=5)) == 0
    later = NOON + timedelta(days=11)
    assert [quieting.write_ahead(at=later), quieting.write_ahead(at=later)] == [1, 0]

    starts = list(one.pauses.order_by("starts_at").values_list("starts_at", flat=True))
    assert (written, len(starts)) == (61, 121)
    assert {after - before for before, after in pairwise(starts)} == {timedelta(days=1)}


def test_two_projects_stand_still_together():
    projects = [busy_project(), busy_project()]

    quieting.start([Scope.of(one) for one in projects], NIGHT, order(), by=None, at=NOON)
    quieting.write_ahead(at=NOON + timedelta(days=11))

    assert [is_open(one, at=TEN + timedelta(days=70)) for one in projects] == [False, False]


def test_ended_they_come_no_more_and_what_is_in_force_stands_until_its_end():
    project = busy_project()
    one = quiet(project)

    quieting.end(one, by=None, at=TEN + MINUTE)

    assert not is_open(project, at=TEN + 2 * MINUTE)
    assert is_open(project, at=TEN + timedelta(hours=8))
    assert is_open(project, at=TEN + timedelta(days=1))
    with pytest.raises(StaleState):
        quieting.end(one, by=None, at=TEN + MINUTE)
    assert quieting.write_ahead(at=NOON + timedelta(days=30)) == 0


def test_they_need_a_day_and_each_of_their_pauses_an_end():
    project = busy_project()
    with pytest.raises(BusinessError):
        quiet(project, Weekly(ZoneInfo("UTC"), frozenset(), time(22), time(6)))
    assert not QuietHours.objects.exists()

    quiet(project)
    with pytest.raises(BusinessError):
        prolong(Pause.objects.order_by("pk")[0], ends_at=None, by=None, at=NOON)


def test_each_of_two_is_written_ahead_and_ended_by_itself():
    first, second = quiet(busy_project()), quiet(project := busy_project())

    assert quieting.write_ahead(at=NOON + timedelta(days=11)) == 2
    assert [one.pauses.count() for one in (first, second)] == [121, 121]
    assert {one.written_until for one in QuietHours.objects.all()} == {first.written_until + quieting.AHEAD}

    assert quieting.end(first, by=None, at=NOON) == 121
    assert QuietHours.objects.get(ended_at=None) == second
    assert not is_open(project, at=TEN)


def test_what_was_ended_or_written_meanwhile_is_not_written_again():
    fresh, ended = quiet(busy_project()), quiet(busy_project())
    quieting.end(ended, by=None, at=NOON)

    soon = fresh.written_until + timedelta(days=1)
    assert quieting.write_more(fresh.pk, fresh.written_until, at=NOON) is False
    assert quieting.write_more(ended.pk, soon, at=NOON) is False


def test_nothing_to_write_costs_one_look(django_assert_num_queries):
    quiet(busy_project())
    quieting.end(quiet(busy_project()), by=None, at=NOON)
    QuietHours.objects.exclude(ended_at=None).update(written_until=NOON.date())

    with django_assert_num_queries(1):
        quieting.write_ahead(at=NOON)
