"""What must happen once, done by many at the same moment."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from labeling.claiming import claim
from labeling.models import Assignment, AssignmentStatus, Resolution, Review, Submission
from payments.models import AccountKind, LedgerLine
from projects.models import EnrollmentRole, Task, TaskStatus
from tests.factories import make_project, make_tasks, make_worker
from tests.labeling.steps import submitted
from tests.proof import parts
from tests.proof.invariants import check_all
from workers.models import Worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow(reason="real processes")]

FULL = pytest.mark.proof
SIZES = pytest.mark.parametrize(("wanted", "rounds"), [(6, 3), pytest.param(20, 25, marks=FULL)])


def processes(wanted: int) -> int:
    return wanted if connection.vendor == "postgresql" else min(wanted, 8)


def taken_now(worker: Worker) -> Assignment:
    found = claim(worker, at=timezone.now())
    assert isinstance(found, Assignment)
    return found


@SIZES
def test_submit_by_many_at_once_stores_one_answer_and_earns_once(crowds, wanted, rounds):
    crowd = crowds(processes(wanted))
    project = make_project(rate_micros=5)
    make_tasks(project, rounds)
    held = [taken_now(make_worker(project)).pk for _n in range(rounds)]

    receipts = crowd.all(parts.submit_all, held)

    assert [one for one in receipts if one != receipts[0]] == []
    assert Submission.objects.count() == rounds
    assert LedgerLine.objects.filter(account__kind=AccountKind.PROVISIONAL).count() == rounds
    check_all()


@SIZES
def test_a_heartbeat_and_the_end_of_a_lease_never_both_win(crowds, wanted, rounds):
    crowd = crowds(processes(wanted))
    project = make_project()
    make_tasks(project, rounds)
    held = [taken_now(make_worker(project)).pk for _n in range(rounds)]

    crowd.all(parts.expire_or_renew, held)

    now = timezone.now()
    for assignment in Assignment.objects.all():
        is_over = assignment.status == AssignmentStatus.EXPIRED
        assert is_over or assignment.lease_expires_at > now + timedelta(minutes=20)
    check_all()


@SIZES
def test_reviewers_who_finish_a_task_together_resolve_it_once(crowds, wanted, rounds):
    crowd = crowds(processes(wanted))
    project = make_project(places=crowd.size, reviews=1, rate_micros=5)
    make_tasks(project, rounds)
    for _place in range(crowd.size):
        worker = make_worker(project)
        for _round in range(rounds):
            submitted(worker, at=timezone.now())
    reviewers = [make_worker(project, role=EnrollmentRole.REVIEWER).pk for _n in range(crowd.size)]

    crowd.all(parts.accept_all, reviewers, rounds)

    assert Review.objects.count() == rounds * crowd.size
    assert Task.objects.filter(status=TaskStatus.COMPLETED).count() == rounds
    assert Resolution.objects.count() == rounds
    check_all()


@pytest.mark.parametrize(("wanted", "n_tasks"), [(6, 60), pytest.param(32, 600, marks=FULL)])
def test_claims_at_a_cap_never_pass_it(crowds, wanted, n_tasks):
    crowd = crowds(processes(wanted))
    share, cap_in_tasks = 1_000_000, n_tasks // 2
    project = make_project(price_micros=share, total_cap_micros=cap_in_tasks * share + 1)
    make_tasks(project, n_tasks)
    worker_ids = [make_worker(project).pk for _n in range(crowd.size)]

    got = crowd.all(parts.claim_to_the_cap, worker_ids)

    assert sum(got) == Assignment.objects.filter(counted=True).count() == cap_in_tasks
    check_all()


@pytest.mark.parametrize(("wanted", "claims"), [(6, 60), pytest.param(32, 1000, marks=FULL)])
def test_many_people_s_first_claims_at_a_cap_never_pass_it(crowds, wanted, claims):
    """Everybody has a token of their own: what is granted to one and not used comes to the others."""
    crowd = crowds(processes(wanted))
    share, cap_in_tasks = 1_000_000, claims * 2 // 5
    project = make_project(price_micros=share, total_cap_micros=cap_in_tasks * share + share - 1)
    make_tasks(project, claims)
    worker_ids = [make_worker(project).pk for _n in range(claims)]

    got = crowd.all(parts.claim_one_each, worker_ids)

    shares = Assignment.objects.values_list("share_micros", flat=True)
    assert sum(got) == len(shares) == cap_in_tasks
    assert sum(shares) == cap_in_tasks * share
    check_all()
