"""What is closed to everybody; and who may have an item whose lane is open to them."""

from datetime import timedelta

import pytest

from accounts.models import Mode
from labeling.claiming import Nothing, claim, reserve
from labeling.models import Assignment, WorkItem
from labeling.returning import release, skip
from labeling.reviewing import Judgement
from projects.models import Batch, BatchStatus, Enrollment, Pause, Project
from tests.factories import CAT, DOG, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import REJECTED, judged, make_reviewer, reserved, submitted, taken
from tests.labeling.stops import put_on_hold, stop

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)


@pytest.mark.parametrize("change", ["staging", "completed", "archived", "test", "ended", "hold", "hold everywhere"])
def test_claim_passes_over_what_is_closed(change):
    project = make_project()
    make_tasks(project)
    worker = make_worker(project)
    match change:
        case "staging" | "completed":
            Batch.objects.update(status=BatchStatus(change))
        case "archived":
            Project.objects.update(archived_at=NOON)
        case "test":
            Project.objects.update(mode=Mode.TEST)
        case "ended":
            Enrollment.objects.update(state="ended")
        case "hold":
            put_on_hold(worker, project)
        case "hold everywhere":
            put_on_hold(worker)

    assert claim(worker, at=NOON) is Nothing.EMPTY


def test_claim_goes_on_when_a_hold_is_over_or_for_another_project():
    project, other = make_project(), make_project()
    make_tasks(project)
    worker = make_worker(project)
    put_on_hold(worker, other)
    put_on_hold(worker)

    assert claim(worker, at=NOON) is Nothing.EMPTY
    assert isinstance(claim(worker, at=LATER), Assignment)


def test_claim_with_a_clock_read_before_the_stop_is_stopped():
    project = make_project()
    make_tasks(project)
    worker, held = make_worker(project), make_worker(project)
    put_on_hold(held)
    stop(project)

    assert claim(worker, at=NOON - timedelta(seconds=1)) is Nothing.EMPTY
    Pause.objects.all().update(ended_at=NOON)
    assert claim(held, at=NOON - timedelta(seconds=1)) is Nothing.EMPTY


def test_claim_follows_a_pause_that_is_to_begin_later():
    project = make_project()
    make_tasks(project, 2)
    Pause.objects.create(
        scope="project", project=project, policy="finish", starts_at=LATER, created_at=NOON, reason="data"
    )

    assert isinstance(claim(make_worker(project), at=NOON), Assignment)
    assert claim(make_worker(project), at=LATER) is Nothing.EMPTY


@pytest.mark.parametrize("fixes", [1, 2, 3])
def test_whoever_fixed_an_answer_judges_none_of_the_fixes_of_their_fix(fixes):
    project = make_project(reviews=fixes + 1)
    make_tasks(project)
    submitted(make_worker(project))
    reviewers = [make_reviewer(project) for _n in range(fixes)]
    for number, reviewer in enumerate(reviewers):
        judged(reviewer, Judgement("fixed", CAT if number % 2 else DOG))

    assert [claim(reviewer, at=NOON) for reviewer in reviewers] == [Nothing.EMPTY] * fixes
    assert isinstance(claim(make_reviewer(project), at=NOON), Assignment)


def test_the_redo_of_another_s_answer_is_for_nobody_who_has_skipped_the_task():
    project = make_project(places=2, reviews=1)
    make_tasks(project)
    skipper = make_worker(project)
    skip(taken(skipper), reason="other", at=NOON)
    for _n in range(2):
        submitted(make_worker(project))
    judged(make_reviewer(project), REJECTED)
    WorkItem.objects.filter(round=2).update(reserved_until=NOON)

    assert claim(skipper, at=NOON) is Nothing.EMPTY
    assert taken(make_worker(project)).work_item.round == 2


def test_a_redo_is_not_even_reserved_for_who_has_another_place_of_the_task_in_hand():
    project = make_project(places=2, reviews=1)
    (task,) = make_tasks(project)
    worker = make_worker(project)
    held = taken(worker)
    lane = held.work_item.lane
    WorkItem.objects.create(
        task=task, stage=0, kind="attempt", round=2, lane=lane, position=100, places=1, places_left=1, open=True,
        reserved_for=worker, reserved_until=LATER,
    )  # fmt: skip

    assert reserve(worker, at=NOON) is Nothing.EMPTY
    release(held, at=NOON)
    assert reserved(worker).work_item.round == 2


def test_a_reservation_that_is_closed_by_now_is_given_back_though_other_projects_are_open():
    closed, other = make_project(), make_project()
    make_tasks(closed)
    worker = make_worker(closed, other)
    ahead = reserved(worker)
    make_tasks(other)
    Enrollment.objects.filter(project=closed).update(state="ended")

    assert taken(worker).work_item.task.project == other
    ahead.refresh_from_db()
    assert ahead.status == "released"
