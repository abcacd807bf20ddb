"""Going on step by step: who may claim when, what they read, and what is kept for them until their turn."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import BusinessError, StaleState
from events.models import Event, Notice
from labeling.claiming import Nothing, claim
from labeling.eligibility import open_to
from labeling.explaining import Reason, explain
from labeling.models import Assignment, WorkItem
from labeling.offers import offers
from labeling.pausing import pause
from labeling.recalling import RETURNED_FIRST, offer_returned_first, recall_chunk
from labeling.resuming import end_due_pauses, forget_ramps, resume, resume_group
from labeling.scopes import Scope
from labeling.stopping import refusal, stops_over
from labeling.why import why
from projects.models import Pause, PausePolicy, Project
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import submitted, taken
from tests.labeling.stops import order, stop, working
from workers.models import Worker

pytestmark = pytest.mark.django_db

RAMP = timedelta(minutes=30)
LATER = NOON + timedelta(hours=5)
TICK = timedelta(microseconds=1)


def on_ramp(project: Project, *, ramp: timedelta = RAMP, **more) -> Pause:
    (one,) = stop(project, **more)
    return resume(one, ramp=ramp, by=None, at=NOON)


def crowd(*projects: Project, size: int = 12) -> list[Worker]:
    return [make_worker(*projects) for _n in range(size)]


def last_of(one: Pause, people: list[Worker]) -> Worker:
    return max(people, key=lambda worker: one.turn_of(worker.pk))


def may_claim(worker: Worker, *, at) -> bool:
    return open_to(worker, at=at).exists()


def test_each_of_a_crowd_is_let_in_at_their_turn_once_and_for_good_with_nothing_running():
    project = make_project()
    make_tasks(project)
    people = crowd(project)
    one = on_ramp(project)

    moments = [NOON + RAMP * part / 12 for part in range(13)]
    let_in = [[worker for worker in people if may_claim(worker, at=at)] for at in moments]

    assert let_in == [[worker for worker in people if one.turn_of(worker.pk) <= at] for at in moments]
    assert all(set(before) <= set(after) for before, after in pairwise(let_in))
    assert let_in[-1] == people
    assert 2 <= len(let_in[6]) <= 10


def test_a_claim_before_the_turn_gets_nothing_and_at_the_turn_a_task():
    project = make_project()
    make_tasks(project)
    people = crowd(project)
    late = last_of(one := on_ramp(project), people)
    turn = one.turn_of(late.pk)

    assert claim(late, at=NOON) is Nothing.EMPTY
    assert claim(late, at=turn - TICK) is Nothing.EMPTY
    assert isinstance(claim(late, at=turn), Assignment)


def test_other_work_is_open_to_everybody_meanwhile():
    project, other = make_project(), make_project()
    make_tasks(project)
    make_tasks(other)
    late = last_of(on_ramp(project), crowd(project, other))

    assert taken(late).work_item.task.project == other


def test_a_claim_asks_no_more_of_a_ramp_than_of_none():
    counts = []
    for ramp in (timedelta(0), timedelta(0), RAMP):
        project = make_project()
        make_tasks(project)
        worker = make_worker(project)
        on_ramp(project, ramp=ramp)
        with CaptureQueriesContext(connection) as queries:
            claim(worker, at=LATER)
        counts.append(len(queries))

    assert counts[1] == counts[2]


@pytest.mark.parametrize("factors", [(1, 2), (2, 1)])
def test_of_two_ramps_the_later_turn_counts_whichever_was_first(factors):
    project = make_project()
    make_tasks(project)
    (worker,) = crowd(project, size=1)
    first, second = sorted(on_ramp(project, ramp=RAMP * factor).turn_of(worker.pk) for factor in factors)

    assert not may_claim(worker, at=second - TICK)
    assert may_claim(worker, at=second)
    assert first < second


def test_a_pause_that_stands_or_is_ordered_anew_holds_whoever_was_let_in():
    project = make_project()
    make_tasks(project)
    people = crowd(project)
    (site,) = stop(None)
    on_ramp(project)

    assert not any(may_claim(worker, at=LATER) for worker in people)
    resume(site, by=None, at=NOON)
    assert all(may_claim(worker, at=LATER) for worker in people)
    stop(project, at=LATER)
    assert not any(may_claim(worker, at=LATER) for worker in people)


def test_work_in_hand_may_be_handed_in_before_the_turn():
    project = make_project()
    held = working(project)
    on_ramp(project, policy=PausePolicy.SAVE_ONLY)

    assert stops_over(held, at=NOON) == []
    assert refusal(held, at=NOON) is None


def test_reviews_that_went_on_need_no_turn():
    project = make_project(reviews=1)
    make_tasks(project, 2)
    submitted(make_worker(project))
    one = on_ramp(project, reviews_go_on=True)
    late = last_of(one, [make_worker(project, role="both") for _n in range(8)])

    assert list(open_to(late, at=NOON).values_list("kind", flat=True)) == ["review"]
    assert open_to(late, at=LATER).count() == 2


def test_the_worker_reads_when_their_turn_comes_and_the_admin_too():
    project = make_project()
    (task,) = make_tasks(project)
    late = last_of(one := on_ramp(project), crowd(project))
    turn = one.turn_of(late.pk)

    found = explain(late, at=NOON)
    (offer,) = offers(late, at=NOON)
    (answer,) = why(late, task, at=NOON)

    assert (found.reason, found.next_at) == (Reason.RAMP, turn)
    assert found.message.startswith("Work comes back step by step; yours by 12:")
    assert (offer.barrier, offer.pause, offer.turn_at) == ("paused", None, turn)
    assert (answer.barrier, answer.turn_at) == ("paused", turn)
    assert offers(late, at=turn)[0].is_open


def test_beside_a_pause_the_pause_is_what_is_read_until_both_are_over():
    project = make_project()
    (task,) = make_tasks(project)
    late = last_of(one := on_ramp(project), crowd(project))
    (standing,) = stop(project, ends_at=NOON + timedelta(seconds=1))

    found = explain(late, at=NOON)

    assert (found.reason, found.next_at) == (Reason.PAUSED, one.turn_of(late.pk))
    assert (offers(late, at=NOON)[0].pause, offers(late, at=NOON)[0].turn_at) == (standing, None)
    assert why(late, task, at=NOON)[0].turn_at is None


def test_recalled_work_is_kept_for_its_holder_from_their_turn_on():
    project, other = make_project(), make_project()
    held, elsewhere = working(project), working(other)
    (one,) = stop(project, policy=PausePolicy.RECALL)
    (beside,) = stop(other, policy=PausePolicy.RECALL)
    for pause_ in (one, beside):
        recall_chunk(pause_, at=NOON)
    one = resume(one, ramp=timedelta(hours=6), by=None, at=NOON)
    resume(beside, by=None, at=NOON)

    assert offer_returned_first(Scope.of(None), at=NOON) == 2

    until = {item.pk: item.reserved_until for item in WorkItem.objects.all()}
    turn = one.turn_of(held.worker_id)
    assert until == {held.work_item_id: turn + RETURNED_FIRST, elsewhere.work_item_id: NOON + RETURNED_FIRST}
    assert claim(held.worker, at=turn - TICK) is Nothing.EMPTY
    assert taken(held.worker, at=turn) == held


def test_the_notice_of_the_end_says_whose_turn_comes_when():
    project = make_project()
    people = crowd(project)
    one = on_ramp(project)

    told = {notice.user_id: notice for notice in Notice.objects.filter(code="resumed_step_by_step")}

    assert set(told) == {worker.user_id for worker in people}
    for worker in people:
        said, turn = told[worker.user_id].params["turn_at"], one.turn_of(worker.pk)
        assert turn <= turn.fromisoformat(said) < turn + timedelta(minutes=1)
    event = Event.objects.get(verb="pause_ended")
    assert event.data["ramp_s"] == 1800


def test_a_ramp_that_is_over_is_read_by_no_claim_any_more_and_stays_in_the_history():
    one = on_ramp(make_project())

    assert forget_ramps(at=one.all_in_at - TICK) == 0
    assert forget_ramps(at=one.all_in_at) == 1

    one.refresh_from_db()
    assert (one.ramp_ends_at, one.ramp_s, one.all_in_at) == (None, 1800, NOON + RAMP)


def test_what_is_called_off_has_no_ramp():
    (one,) = stop(make_project(), starts_at=LATER)

    one = resume(one, ramp=RAMP, by=None, at=NOON)

    assert (one.ramp_s, one.ramp_ends_at) == (0, None)


@pytest.mark.parametrize("ramp", [-timedelta(seconds=1), timedelta(hours=25)])
def test_a_ramp_of_less_than_nothing_or_more_than_a_day_is_refused(ramp):
    (one,) = stop(make_project())

    with pytest.raises(BusinessError, match="day at most"):
        resume(one, ramp=ramp, by=None, at=NOON)


def test_what_was_ordered_together_goes_on_together_with_one_turn_and_one_notice():
    projects = [make_project() for _n in "123"]
    worker = make_worker(*projects)
    first, *_others = stop(*projects)
    elsewhere = stop(make_project())[0]

    lifted = resume_group(first, ramp=RAMP, by=None, at=NOON)

    assert len({one.turn_of(worker.pk) for one in lifted}) == 1
    assert [one.project for one in lifted] == projects
    notice = Notice.objects.get(code="resumed_step_by_step")
    assert notice.params["codenames"] == ", ".join(sorted(project.codename for project in projects))
    assert list(Pause.objects.filter(ended_at=None)) == [elsewhere]
    with pytest.raises(StaleState):
        resume_group(first, by=None, at=NOON)


def test_of_what_was_ordered_together_one_may_go_on_alone_and_each_end_is_told():
    projects = [make_project() for _n in "123"]
    make_worker(*projects)
    first, second, third = stop(*projects)

    resume(second, by=None, at=NOON)
    assert resume_group(first, by=None, at=LATER) == [
        Pause.objects.get(pk=first.pk),
        Pause.objects.get(pk=third.pk),
    ]

    told = [notice.params["codenames"] for notice in Notice.objects.filter(code="resumed").order_by("pk")]
    assert told == [projects[1].codename, ", ".join(sorted([projects[0].codename, projects[2].codename]))]


def test_what_was_to_end_together_ends_with_one_notice():
    projects = [make_project() for _n in "12"]
    make_worker(*projects)
    pause([Scope.of(project) for project in projects], order(ends_at=LATER), by=None, at=NOON)

    assert end_due_pauses(at=LATER) == 2

    assert Notice.objects.filter(code="resumed").count() == 1
