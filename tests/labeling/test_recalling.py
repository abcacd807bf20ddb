from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Event, JobState
from labeling.claiming import Nothing, claim
from labeling.expiring import KEPT_FOR_HOLDER
from labeling.models import AssignmentStatus, WorkItem
from labeling.recalling import RETURNED_FIRST, offer_returned_first, recall_chunk, shorten_chunk
from labeling.resuming import resume
from labeling.returning import release
from labeling.scopes import Scope
from projects.models import PausePolicy
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import reserved, taken
from tests.labeling.stops import run_jobs, stop, working

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)


@pytest.mark.parametrize(
    ("policy", "status", "lease"),
    [
        (PausePolicy.FINISH, AssignmentStatus.ACTIVE, timedelta(minutes=30)),
        (PausePolicy.GRACE, AssignmentStatus.ACTIVE, timedelta(minutes=10)),
        (PausePolicy.SAVE_ONLY, AssignmentStatus.ACTIVE, timedelta(minutes=30)),
        (PausePolicy.RECALL, AssignmentStatus.RECALLED, timedelta(minutes=30)),
    ],
)
def test_pause_does_to_work_in_hand_what_its_policy_says(policy, status, lease):
    project = make_project()
    assignment = working(project)
    stop(project, policy=policy)

    assert run_jobs() == [JobState.DONE]

    assignment.refresh_from_db()
    assert (assignment.status, assignment.lease_expires_at) == (status, NOON + lease)


def test_pause_keeps_recalled_work_for_its_holder():
    project = make_project()
    assignment = working(project)
    stop(project, policy=PausePolicy.RECALL)
    run_jobs()

    item = WorkItem.objects.get()
    assert (item.places_left, item.open, item.reserved_for) == (1, True, assignment.worker)
    assert item.reserved_until > NOON + timedelta(days=300)
    assert Event.objects.filter(verb="assignment_recalled", actor_kind="site").count() == 1


def test_recalling_twice_changes_nothing_more():
    project = make_project()
    working(project)
    (one,) = stop(project, policy=PausePolicy.RECALL)

    assert [recall_chunk(one, at=NOON), recall_chunk(one, at=NOON)] == [1, 0]
    assert run_jobs() == [JobState.DONE]
    assert WorkItem.objects.get().places_left == 1


def test_recalling_after_the_resume_touches_nothing():
    project = make_project()
    (recalling,) = stop(project, policy=PausePolicy.RECALL)
    (shortening,) = stop(project, policy=PausePolicy.GRACE)
    resume(recalling, by=None, at=NOON)
    resume(shortening, by=None, at=NOON)
    assignment = working(project)

    assert [recall_chunk(recalling, at=NOON), shorten_chunk(shortening)] == [0, 0]
    before = assignment.lease_expires_at
    assignment.refresh_from_db()
    assert (assignment.status, assignment.lease_expires_at) == (AssignmentStatus.ACTIVE, before)


def test_resume_offers_recalled_work_to_its_holder_first():
    project = make_project()
    assignment = working(project)
    (one,) = stop(project, policy=PausePolicy.RECALL)
    run_jobs()
    resume(one, by=None, at=NOON)
    run_jobs()

    soon = timezone.now()
    assert claim(make_worker(project), at=soon) is Nothing.EMPTY
    assert taken(assignment.worker, at=soon) == assignment


def test_what_was_in_hand_comes_back_before_what_was_reserved_ahead():
    project = make_project()
    (known,) = make_tasks(project)
    holder = make_worker(project)
    release(taken(holder), at=NOON)
    make_tasks(project)
    WorkItem.objects.filter(task=known).update(position=1_000_000)
    in_hand = taken(holder)
    assert in_hand.work_item.task != known == reserved(holder).work_item.task
    (one,) = stop(project, policy=PausePolicy.RECALL)
    run_jobs()
    resume(one, by=None, at=NOON)
    run_jobs()

    assert taken(holder, at=timezone.now()) == in_hand


def test_resume_gives_recalled_work_to_others_after_a_time():
    project = make_project()
    assignment = working(project)
    (one,) = stop(project, policy=PausePolicy.RECALL)
    recall_chunk(one, at=NOON)
    resume(one, by=None, at=LATER)

    assert offer_returned_first(Scope.of(project), at=LATER) == 1
    assert WorkItem.objects.get().reserved_until == LATER + RETURNED_FIRST
    assert taken(make_worker(project), at=LATER + RETURNED_FIRST).work_item == assignment.work_item


def test_resume_of_one_pause_keeps_work_for_its_holder_that_another_still_stops():
    project = make_project()
    working(project)
    (site,) = stop(None, policy=PausePolicy.RECALL)
    (inner,) = stop(project)
    recall_chunk(site, at=NOON)
    resume(site, by=None, at=NOON)

    assert offer_returned_first(Scope.of(None), at=NOON) == 0
    assert WorkItem.objects.get().reserved_until == NOON + KEPT_FOR_HOLDER
    resume(inner, by=None, at=LATER)
    assert offer_returned_first(Scope.of(project), at=LATER) == 1
