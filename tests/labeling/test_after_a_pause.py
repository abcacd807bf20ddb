"""What a pause takes, and what is offered again after it, beside other pauses, redos and tasks that were withdrawn."""

from datetime import datetime, timedelta

import pytest

from labeling.claiming import claim
from labeling.expiring import KEPT_FOR_HOLDER
from labeling.models import Assignment, AssignmentStatus, WorkItem
from labeling.pausing import Order, pause
from labeling.recalling import RETURNED_FIRST, offer_returned_first, recall_chunk, shorten_chunk
from labeling.reporting import decide
from labeling.resuming import resume
from labeling.returning import report
from labeling.reviewing import REDO_RESERVED
from labeling.scopes import Scope
from projects.models import Pause, PausePolicy, Project
from tests.factories import NOON, UserFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import REJECTED, judged, make_reviewer, reserved, submitted, taken

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)


def stop(scope: Scope, policy: str = PausePolicy.FINISH, **more) -> Pause:
    grace = timedelta(minutes=10) if policy == PausePolicy.GRACE else None
    (one,) = pause([scope], Order(policy, "data", grace, text_for_workers="Wait.", **more), by=None, at=NOON)
    return one


def some_held(project: Project, count: int) -> list[Assignment]:
    """As many tasks, each in somebody's hands."""
    make_tasks(project, count)
    return [taken(make_worker(project)) for _n in range(count)]


@pytest.mark.parametrize("policy", [PausePolicy.RECALL, PausePolicy.GRACE])
def test_a_pause_that_is_lifted_takes_nothing_back_though_another_stands(policy):
    project = make_project()
    lifted = stop(Scope.of(project), policy)
    stop(Scope.of(make_project()), policy)
    resume(lifted, by=None, at=NOON)
    (held,) = some_held(project, 1)

    assert (recall_chunk(lifted, at=NOON) if policy == PausePolicy.RECALL else shorten_chunk(lifted)) == 0

    lease = held.lease_expires_at
    held.refresh_from_db()
    assert (held.status, held.lease_expires_at) == (AssignmentStatus.ACTIVE, lease)


def test_after_a_resume_a_redo_is_its_author_s_as_long_as_before():
    project = make_project(reviews=1)
    make_tasks(project)
    submitted(make_worker(project))
    judged(make_reviewer(project), REJECTED)
    (held,) = some_held(make_project(), 1)
    one = stop(Scope.of(None), PausePolicy.RECALL)
    recall_chunk(one, at=NOON)
    resume(one, by=None, at=NOON)

    assert offer_returned_first(Scope.of(None), at=NOON) == 1

    assert WorkItem.objects.get(round=2).reserved_until == NOON + REDO_RESERVED
    assert WorkItem.objects.get(pk=held.work_item_id).reserved_until == NOON + RETURNED_FIRST


def test_recalled_work_of_a_task_that_was_withdrawn_is_offered_to_nobody():
    project = make_project()
    make_tasks(project)
    reported = report(taken(make_worker(project)), reason="broken", at=NOON)
    held = taken(make_worker(project))
    one = stop(Scope.of(project), PausePolicy.RECALL)
    recall_chunk(one, at=NOON)
    decide(reported, confirmed=True, by=UserFactory.create(), at=NOON)
    resume(one, by=None, at=LATER)

    assert offer_returned_first(Scope.of(project), at=LATER) == 0

    item = WorkItem.objects.get(pk=held.work_item_id)
    assert (item.open, item.reserved_until) == (False, NOON + KEPT_FOR_HOLDER)
    assert not isinstance(claim(held.worker, at=LATER), Assignment)


def lease_of(assignment: Assignment) -> datetime:
    assignment.refresh_from_db()
    return assignment.lease_expires_at


def test_whoever_could_only_save_has_as_much_time_as_before():
    (held,) = some_held(project := make_project(), 1)
    (elsewhere,) = some_held(make_project(), 1)
    one = stop(Scope.of(project), PausePolicy.SAVE_ONLY)
    before = held.lease_expires_at, elsewhere.lease_expires_at

    resume(one, by=None, at=NOON + timedelta(minutes=20))

    assert (lease_of(held), lease_of(elsewhere)) == (before[0] + timedelta(minutes=20), before[1])


@pytest.mark.parametrize("policy", [PausePolicy.FINISH, PausePolicy.GRACE])
def test_whoever_could_submit_has_the_time_that_they_had(policy):
    (held,) = some_held(project := make_project(), 1)
    one = stop(Scope.of(project), policy)
    before = held.lease_expires_at

    resume(one, by=None, at=NOON + timedelta(minutes=5))

    assert lease_of(held) == before


def test_a_lease_that_ended_meanwhile_stays_ended():
    (held,) = some_held(project := make_project(), 1)
    one = stop(Scope.of(project), PausePolicy.SAVE_ONLY)
    before = held.lease_expires_at

    resume(one, by=None, at=before)

    assert lease_of(held) == before


def test_what_was_given_to_somebody_during_a_pause_has_lost_no_time():
    (held,) = some_held(project := make_project(), 1)
    one = stop(Scope.of(project), PausePolicy.SAVE_ONLY)
    Assignment.objects.filter(pk=held.pk).update(claimed_at=NOON + timedelta(minutes=1))
    before = held.lease_expires_at

    resume(one, by=None, at=NOON + timedelta(minutes=2))

    assert lease_of(held) == before


def test_what_was_only_reserved_ahead_gets_no_time_back():
    project = make_project()
    make_tasks(project, 2)
    taken(worker := make_worker(project))
    ahead = reserved(worker)
    one = stop(Scope.of(project), PausePolicy.SAVE_ONLY)
    before = ahead.lease_expires_at

    resume(one, by=None, at=NOON + timedelta(minutes=1))

    assert lease_of(ahead) == before


def test_begin_and_end_of_one_pause_are_not_written_to_another():
    first, second = stop(Scope.of(make_project())), stop(Scope.of(project := make_project()))
    make_tasks(project)
    third = stop(Scope.of(project))

    resume(third, by=None, at=LATER)

    kept = Pause.objects.in_bulk([first.pk, second.pk])
    assert {one.pk: (one.counts["open_places"], one.counts_after) for one in kept.values()} == {
        first.pk: (0, {}), second.pk: (0, {}),
    }  # fmt: skip
    assert Pause.objects.get(pk=third.pk).counts_after["open_places"] == 1
