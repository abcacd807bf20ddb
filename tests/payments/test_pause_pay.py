"""What a pause took from somebody is paid by the time recorded on it: each policy, once, by the site."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db.models import Sum

from labeling.claiming import Nothing, claim
from labeling.expiring import expire_assignments
from labeling.models import Assignment, AssignmentStatus, WorkInterval
from labeling.resuming import resume
from labeling.submitting import submit
from payments.models import LedgerLine, TransferKind
from projects.models import PausePolicy
from tests.factories import CAT, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import new_key, taken
from tests.labeling.stops import run_jobs, stop

pytestmark = pytest.mark.django_db

RATE = 300_000
LATER = NOON + timedelta(hours=5)


@pytest.fixture(autouse=True)
def forgets_usual_times():
    cache.clear()


def recorded(assignment: Assignment, minutes: float) -> Assignment:
    WorkInterval.objects.create(
        worker=assignment.worker,
        assignment=assignment,
        begins_at=assignment.claimed_at + timedelta(seconds=WorkInterval.objects.count()),
        seen_at=assignment.claimed_at + timedelta(minutes=minutes, seconds=60),
        worked_ms=int(minutes * 60_000),
    )
    return assignment


def in_hand(*, usual: float | None, worked: float) -> Assignment:
    """A task of a project where tasks usually take so many minutes, on which so many were recorded."""
    project = make_project(rate_micros=RATE)
    make_tasks(project, 8)
    for _n in range(5 if usual else 0):
        done = recorded(taken(make_worker(project)), usual or 0)
        submit(done, response=CAT, key=new_key(), at=NOON)
    return recorded(taken(make_worker(project)), worked)


def paid_for_time(assignment: Assignment) -> int:
    lines = LedgerLine.objects.filter(kind=TransferKind.TIME, assignment=assignment, account__worker=assignment.worker)
    return lines.aggregate(total=Sum("amount_micros"))["total"] or 0


def pause_runs_out(assignment: Assignment, policy: str) -> None:
    """A pause by the policy, its job, and the end of all leases."""
    stop(assignment.work_item.task.project, policy=policy)
    run_jobs()
    expire_assignments(at=LATER)


@pytest.mark.parametrize(
    ("policy", "paid"),
    [(PausePolicy.RECALL, RATE // 2), (PausePolicy.SAVE_ONLY, RATE // 2), (PausePolicy.GRACE, RATE // 2),
     (PausePolicy.FINISH, 0)],
)  # fmt: skip
def test_each_policy_pays_for_what_it_takes(policy, paid):
    assignment = in_hand(usual=4, worked=2)

    pause_runs_out(assignment, policy)

    assert paid_for_time(assignment) == paid
    assert LedgerLine.objects.aggregate(total=Sum("amount_micros"))["total"] == 0
    assert set(LedgerLine.objects.filter(kind=TransferKind.TIME).values_list("account__kind", flat=True)) <= {
        "site", "final",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("usual", "worked", "paid"),
    [(4, 1, RATE // 4), (4, 40, RATE), (4, 0, 0), (None, 1, RATE), (None, 0.5, 0)],
)
def test_time_is_paid_as_its_share_of_the_usual_time_and_never_above_the_rate(usual, worked, paid):
    assignment = in_hand(usual=usual, worked=worked)

    pause_runs_out(assignment, PausePolicy.RECALL)

    assert paid_for_time(assignment) == paid


def test_taken_twice_it_is_paid_for_what_came_on_top():
    assignment = in_hand(usual=4, worked=1)
    project = assignment.work_item.task.project
    (one,) = stop(project, policy=PausePolicy.RECALL)
    run_jobs()
    resume(one, by=None, at=NOON)
    run_jobs()
    again = claim(assignment.worker, at=NOON)
    assert isinstance(again, Assignment)
    assert again.pk == assignment.pk
    recorded(again, 2)

    pause_runs_out(again, PausePolicy.RECALL)

    amounts = LedgerLine.objects.filter(kind=TransferKind.TIME, amount_micros__gt=0).order_by("pk")
    assert [line.amount_micros for line in amounts] == [RATE // 4, RATE // 2]


def test_handed_in_later_it_earns_its_rate_and_keeps_what_was_paid():
    assignment = in_hand(usual=4, worked=2)
    (one,) = stop(assignment.work_item.task.project, policy=PausePolicy.RECALL)
    run_jobs()
    resume(one, by=None, at=NOON)
    again = claim(assignment.worker, at=NOON)
    assert isinstance(again, Assignment)

    submit(again, response=CAT, key=new_key(), at=NOON)

    kinds = LedgerLine.objects.filter(assignment=again, amount_micros__gt=0).order_by("pk")
    assert [(line.kind, line.amount_micros) for line in kinds] == [("time", RATE // 2), ("earned", RATE)]


def test_a_lease_that_ends_with_no_pause_over_it_pays_nothing():
    assignment = in_hand(usual=4, worked=2)
    stop(make_project())

    expire_assignments(at=LATER)

    assert paid_for_time(assignment) == 0


def test_what_ran_out_while_only_saving_is_its_worker_s_first_afterwards():
    assignment = in_hand(usual=4, worked=2)
    project = assignment.work_item.task.project
    (one,) = stop(project, policy=PausePolicy.SAVE_ONLY)
    expire_assignments(at=LATER)
    resume(one, by=None, at=LATER)
    run_jobs()

    assignment.refresh_from_db()
    assert assignment.status == AssignmentStatus.EXPIRED
    others = [claim(make_worker(project), at=LATER) for _n in range(3)]
    assert assignment.work_item_id not in {one.work_item_id for one in others if one is not Nothing.EMPTY}
    mine = claim(assignment.worker, at=LATER)
    assert isinstance(mine, Assignment)
    assert mine.work_item_id == assignment.work_item_id
