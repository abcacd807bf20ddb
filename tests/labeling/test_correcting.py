"""Corrections of recorded time: what may be asked, and what a decision changes."""

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import BusinessError, StaleState
from events.models import Event, Notice
from labeling.claiming import Nothing, claim
from labeling.correcting import Wish, ask, decide, withdraw
from labeling.models import Assignment, TimeCorrection, WorkDay
from labeling.renewing import heartbeat
from labeling.stretches import Stretch
from labeling.submitting import submit
from labeling.timeline import day_window, timeline
from tests.factories import CAT, NOON, UserFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import new_key, taken
from workers.models import Worker

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
EVENING = NOON + timedelta(hours=8)


def worked(minutes: int = 10) -> Worker:
    """From noon, with signs each minute."""
    project = make_project()
    make_tasks(project, 3)
    assignment = taken(make_worker(project))
    for minute in range(1, minutes):
        heartbeat(assignment, active=True, at=NOON + minute * MINUTE)
    submit(assignment, response=CAT, key=new_key(), at=NOON + minutes * MINUTE)
    return assignment.worker


def wish(kind: str, begin: int, end: int, *, days: int = 0) -> Wish:
    """In minutes after noon."""
    at = NOON + timedelta(days=days)
    return Wish(at.date(), kind, Stretch(at + begin * MINUTE, at + end * MINUTE))


def asked(worker: Worker, kind: str, begin: int, end: int) -> TimeCorrection:
    return ask(worker, wish(kind, begin, end), note="I read the rules.", at=EVENING)


def minutes_of_day(worker: Worker) -> float:
    """What counts for the limits, and it is what the page adds up."""
    counted = timedelta(milliseconds=WorkDay.objects.get(worker=worker, day=NOON.date()).worked_ms)
    assert counted == timeline(worker, day_window(worker, NOON.date())).total
    return counted / MINUTE


@pytest.mark.parametrize(
    ("kind", "begin", "end", "expected"),
    [
        ("add", 20, 50, 40),
        ("add", 10, 11, 11),
        ("remove", 2, 5, 7),
        ("remove", -60, 60, 0),
        ("remove", 8, 30, 8),
    ],
)
def test_an_accepted_correction_changes_the_day(kind, begin, end, expected):
    worker = worked()
    correction = asked(worker, kind, begin, end)
    assert minutes_of_day(worker) == 10

    decide(correction, accepted=True, answer="", by=UserFactory.create(), at=EVENING)

    assert minutes_of_day(worker) == expected


def test_a_refused_one_changes_nothing_and_its_reason_is_told():
    worker = worked()
    admin = UserFactory.create()

    decide(asked(worker, "add", 20, 50), accepted=False, answer="No break is paid.", by=admin, at=EVENING)

    assert minutes_of_day(worker) == 10
    found = TimeCorrection.objects.get()
    assert (found.status, found.answer, found.decided_by) == ("refused", "No break is paid.", admin)
    notice = Notice.objects.get(user=worker.user)
    assert (notice.code, notice.params) == (
        "time_correction_refused",
        {"day": "2026-11-23", "answer": "No break is paid."},
    )


def test_a_refusal_needs_a_reason():
    correction = asked(worked(), "add", 20, 50)

    with pytest.raises(BusinessError) as refused:
        decide(correction, accepted=False, answer="", by=UserFactory.create(), at=EVENING)

    assert refused.value.code == "no_reason"


def test_the_last_word_counts():
    """Removed, a part of it added again, and a part of that removed."""
    worker = worked()
    admin = UserFactory.create()
    for kind, begin, end in (("remove", 0, 10), ("add", 2, 8), ("remove", 3, 4)):
        decide(asked(worker, kind, begin, end), accepted=True, answer="", by=admin, at=EVENING)

    assert minutes_of_day(worker) == 5


@pytest.mark.parametrize(
    ("asked_for", "code"),
    [
        (wish("add", 20, 20), "not_of_the_day"),
        (wish("add", 11 * 60, 13 * 60), "not_of_the_day"),
        (wish("add", 8 * 60 - 1, 8 * 60 + 1), "future"),
        (wish("add", 0, 5, days=-15), "too_long_ago"),
        (wish("add", 5, 20), "recorded"),
        (wish("add", -20, 1), "recorded"),
        (wish("remove", 20, 30), "nothing_recorded"),
        (wish("add", 100, 121), "pending"),
        (wish("add", 200, 252), "over_limit"),
    ],
)
def test_what_cannot_be_asked(asked_for, code):
    worker = worked()
    Worker.objects.filter(pk=worker.pk).update(day_limit_s=3600)
    worker.refresh_from_db()
    asked(worker, "add", 120, 130)

    with pytest.raises(BusinessError) as refused:
        ask(worker, asked_for, note="", at=EVENING)

    assert refused.value.code == code
    assert TimeCorrection.objects.count() == 1


def test_what_is_in_hand_is_corrected_later():
    worker = worked()
    taken(worker, at=NOON + 30 * MINUTE)

    with pytest.raises(BusinessError) as refused:
        asked(worker, "add", 35, 40)
    asked(worker, "add", 15, 20)

    assert refused.value.code == "in_hand"
    assert "12:30" in refused.value.message


def test_a_limit_that_is_full_when_it_is_decided():
    worker = worked()
    correction = asked(worker, "add", 20, 50)
    Worker.objects.filter(pk=worker.pk).update(week_limit_s=1800)
    correction = TimeCorrection.objects.get(pk=correction.pk)

    with pytest.raises(BusinessError) as refused:
        decide(correction, accepted=True, answer="", by=UserFactory.create(), at=EVENING)

    assert refused.value.code == "over_limit"
    assert minutes_of_day(worker) == 10


def test_added_time_uses_up_the_hours_and_removed_time_gives_them_back():
    worker = worked()
    Worker.objects.filter(pk=worker.pk).update(day_limit_s=1200)
    worker.refresh_from_db()
    admin = UserFactory.create()

    decide(asked(worker, "add", 20, 30), accepted=True, answer="", by=admin, at=EVENING)
    assert not isinstance(claim(worker, at=EVENING), Assignment)
    assert claim(worker, at=EVENING) is Nothing.EMPTY

    decide(asked(worker, "remove", 25, 30), accepted=True, answer="", by=admin, at=EVENING)
    assert isinstance(claim(worker, at=EVENING), Assignment)


def test_only_what_waits_is_decided_or_withdrawn():
    worker = worked()
    correction = asked(worker, "add", 20, 50)
    withdraw(correction, at=EVENING)

    with pytest.raises(StaleState):
        withdraw(correction, at=EVENING)
    with pytest.raises(StaleState):
        decide(correction, accepted=True, answer="", by=UserFactory.create(), at=EVENING)

    assert minutes_of_day(worker) == 10
    verbs = Event.objects.filter(subject_type="time_correction").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["time_correction_asked", "time_correction_withdrawn"]


def test_a_day_in_another_time_zone_loses_no_more_than_it_has():
    worker = worked()
    correction = asked(worker, "remove", 0, 10)
    WorkDay.objects.update(worked_ms=1000)

    decide(correction, accepted=True, answer="", by=UserFactory.create(), at=EVENING)

    assert WorkDay.objects.get().worked_ms == 0


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 10, 26), 24)])
def test_a_day_is_as_long_as_its_clock_says(day, hours):
    worker = make_worker()
    worker.user.time_zone = "Europe/Berlin"

    window = day_window(worker, datetime(*day, tzinfo=UTC).date())

    assert window.length == timedelta(hours=hours)


def test_a_timeline_needs_two_queries(django_assert_num_queries):
    worker = worked()
    with django_assert_num_queries(2):
        timeline(worker, day_window(worker, NOON.date()))
