"""Pauses that begin later: by the clock alone, told of ahead, called off, drained."""

from datetime import timedelta

import pytest

from core.errors import BusinessError
from events.models import Event, Job, Notice
from labeling.beginning import begin_due_pauses, begin_group, warn_of, warn_of_pauses
from labeling.claiming import claim
from labeling.explaining import Reason, explain
from labeling.models import Assignment, AssignmentStatus
from labeling.pausing import pause, prolong
from labeling.resuming import resume
from labeling.scopes import Scope
from labeling.stopping import stops_over
from projects.models import Pause, PausePolicy
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import taken
from tests.labeling.stops import order, run_jobs

pytestmark = pytest.mark.django_db

EVENING = NOON + timedelta(hours=6)
MINUTE = timedelta(minutes=1)


def scheduled(project, policy=PausePolicy.FINISH, **more) -> Pause:
    (one,) = pause([Scope.of(project)], order(policy, starts_at=EVENING, **more), by=None, at=NOON)
    return one


def busy_project():
    project = make_project()
    make_tasks(project, 4)
    return project


def is_open(project, *, at) -> bool:
    return isinstance(claim(make_worker(project), at=at), Assignment)


def test_what_is_set_for_later_stops_then_though_nobody_is_there_to_record_it():
    project = busy_project()
    held = taken(make_worker(project), at=EVENING - MINUTE)

    scheduled(project, PausePolicy.SAVE_ONLY)

    assert is_open(project, at=EVENING - MINUTE)
    assert not is_open(project, at=EVENING)
    assert stops_over(held, at=EVENING - MINUTE) == []
    assert [stop.may_submit for stop in stops_over(held, at=EVENING)] == [False]
    assert (Notice.objects.count(), Job.objects.count()) == (0, 0)


def test_its_begin_is_recorded_told_and_applied_once():
    project = busy_project()
    one = scheduled(project, PausePolicy.RECALL)
    held = taken(make_worker(project), at=EVENING - MINUTE)

    assert begin_due_pauses(at=EVENING - MINUTE) == 0
    assert [begin_due_pauses(at=EVENING), begin_due_pauses(at=EVENING + MINUTE)] == [1, 0]
    run_jobs()

    one.refresh_from_db()
    held.refresh_from_db()
    assert (one.begun_at, one.counts["in_hand"]) == (EVENING, 1)
    assert held.status == AssignmentStatus.RECALLED
    assert Notice.objects.filter(user=held.worker.user, code="paused_recall").count() == 1
    verbs = Event.objects.filter(subject_type="pause").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["pause_scheduled", "pause_started"]


def test_a_grace_begins_with_the_pause():
    one = scheduled(busy_project(), PausePolicy.GRACE)

    assert one.grace_until == EVENING + timedelta(minutes=10)


def test_people_are_told_ahead_once_and_again_when_it_is_called_off():
    project = busy_project()
    worker = make_worker(project)
    one = scheduled(project, warned=timedelta(hours=2))

    assert warn_of_pauses(at=EVENING - timedelta(hours=2) - MINUTE) == 0
    assert [warn_of_pauses(at=EVENING - timedelta(hours=2)), warn_of_pauses(at=EVENING - MINUTE)] == [1, 0]
    resume(one, by=None, at=EVENING - MINUTE)

    codes = Notice.objects.filter(user=worker.user).order_by("pk").values_list("code", flat=True)
    assert list(codes) == ["pause_ahead", "pause_called_off"]
    assert begin_due_pauses(at=EVENING) == 0
    assert is_open(project, at=EVENING)


def test_what_nobody_was_told_of_is_called_off_in_silence():
    one = scheduled(busy_project())

    resume(one, by=None, at=NOON)

    assert (Notice.objects.count(), Job.objects.count()) == (0, 0)


def test_a_pause_that_drains_hands_nothing_out_that_could_not_be_finished():
    """The project's lease is half an hour; that of another one an hour."""
    project, slow = busy_project(), busy_project()
    slow.current_version.lease_s = 3600
    slow.current_version.save()
    pause([Scope.of(None)], order(starts_at=EVENING, drains=True), by=None, at=NOON)

    assert is_open(project, at=EVENING - timedelta(minutes=30))
    assert not is_open(project, at=EVENING - timedelta(minutes=29))
    assert not is_open(slow, at=EVENING - timedelta(minutes=59))
    assert is_open(slow, at=EVENING - timedelta(minutes=60))


def test_work_in_hand_goes_on_while_it_drains():
    project = busy_project()
    held = taken(make_worker(project), at=EVENING - timedelta(minutes=31))
    scheduled(project, PausePolicy.RECALL, drains=True)

    assert claim(held.worker, at=EVENING - MINUTE) == held
    assert stops_over(held, at=EVENING - MINUTE) == []


@pytest.mark.parametrize(
    "more",
    [
        {"starts_at": NOON},
        {"starts_at": EVENING, "ends_at": EVENING},
        {"starts_at": EVENING, "ends_at": EVENING - MINUTE},
    ],
)
def test_an_order_that_cannot_be_is_refused(more):
    with pytest.raises(BusinessError):
        pause([Scope.of(busy_project())], order(**more), by=None, at=NOON)

    assert not Pause.objects.exists()


def test_it_cannot_be_made_to_end_before_it_begins():
    one = scheduled(busy_project())

    with pytest.raises(BusinessError):
        prolong(one, ends_at=EVENING, by=None, at=NOON)


def codes() -> list[str]:
    return list(Notice.objects.order_by("pk").values_list("code", flat=True))


def test_what_was_called_off_or_begun_meanwhile_is_not_begun():
    project = busy_project()
    make_worker(project)
    called_off, begun = scheduled(project), scheduled(project)
    resume(called_off, by=None, at=EVENING)
    begin_group([begun.pk], at=EVENING)

    assert [begin_group([one.pk], at=EVENING + MINUTE) for one in (called_off, begun)] == [0, 0]
    assert codes() == ["paused_none"]
    assert Pause.objects.get(pk=begun.pk).begun_at == EVENING


def test_of_what_was_called_off_begun_or_warned_of_meanwhile_nobody_is_warned():
    project = busy_project()
    make_worker(project)
    called_off, begun, warned = (scheduled(project, warned=timedelta(hours=1)) for _n in "123")
    resume(called_off, by=None, at=NOON)
    begin_group([begun.pk], at=EVENING)
    warn_of([warned.pk], at=NOON)
    before = codes()

    assert [warn_of([one.pk], at=NOON) for one in (called_off, begun, warned)] == [0, 0, 0]
    assert codes() == before


def test_a_warning_is_of_the_one_pause_whose_time_has_come():
    soon, late = busy_project(), busy_project()
    first, second = make_worker(soon), make_worker(late)
    scheduled(soon, warned=timedelta(hours=3))
    scheduled(late, warned=timedelta(hours=1))

    assert warn_of_pauses(at=EVENING - timedelta(hours=2)) == 1

    assert [Notice.objects.filter(user=who.user).count() for who in (first, second)] == [1, 0]
    assert warn_of_pauses(at=EVENING - timedelta(hours=1)) == 1
    assert [Notice.objects.filter(user=who.user).count() for who in (first, second)] == [1, 1]


def test_what_was_begun_or_told_of_is_not_read_again(django_assert_num_queries):
    project = busy_project()
    scheduled(project, warned=timedelta(hours=1))
    warn_of_pauses(at=EVENING - MINUTE)

    with django_assert_num_queries(1):
        warn_of_pauses(at=EVENING - MINUTE)
    begin_due_pauses(at=EVENING)
    with django_assert_num_queries(1):
        begin_due_pauses(at=EVENING)


def test_what_began_when_it_was_written_is_not_to_come_for_a_clock_that_was_read_before():
    pause([Scope.of(busy_project())], order(), by=None, at=NOON)

    assert not Pause.objects.to_come(at=NOON - MINUTE).exists()
    assert Pause.objects.in_force(at=NOON - MINUTE).exists()


def test_while_it_drains_people_read_why_nothing_is_handed_out():
    project = busy_project()
    worker = make_worker(project)
    scheduled(project, drains=True)

    why = explain(worker, project_id=project.pk, at=EVENING - MINUTE)

    assert why.reason == Reason.PAUSED
    assert "New data comes." in why.message


def test_one_that_held_without_being_recorded_ends_in_silence_and_as_a_pause():
    project = busy_project()
    make_worker(project)
    one = scheduled(project)

    resume(one, by=None, at=EVENING + MINUTE)

    verbs = Event.objects.filter(subject_type="pause").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["pause_scheduled", "pause_ended"]
    assert codes() == []
    assert is_open(project, at=EVENING + MINUTE)
