"""The whole life of work, in any order that Hypothesis thinks of; every promise is checked after every step."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.errors import BusinessError
from labeling import eligibility
from labeling.amending import amend
from labeling.claiming import Nothing, claim, reserve
from labeling.drafting import save_draft
from labeling.expiring import expire_assignments
from labeling.models import Assignment, AssignmentStatus, Draft, StageKind, Submission, WorkItem
from labeling.pausing import Order, Scope, offer_returned_first, pause, recall_chunk, resume, shorten_chunk
from labeling.renewing import heartbeat
from labeling.returning import release, report, skip
from labeling.reviewing import Judgement, review
from labeling.spending import KEPT
from labeling.submitting import submit
from projects.models import EnrollmentRole, Hold, Pause, PausePolicy, PauseScope
from tests.factories import CAT, DOG, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import REJECTED, new_key
from tests.proof.invariants import check_all
from workers.models import Worker

people = st.integers(0, 4)
VERDICTS = st.sampled_from([Judgement("accepted"), Judgement("fixed", DOG), REJECTED])
SHARE = 1_000_000


class Life(RuleBasedStateMachine):
    """Three attempters, one who does both and a reviewer, on two projects: places of two with a review, and a cap."""

    def __init__(self) -> None:
        super().__init__()
        self.at = NOON
        self.keys: dict[int, tuple[str, Any]] = {}
        self.atomic = transaction.atomic()
        setattr(self.atomic, "_from_testcase", True)  # noqa: B010 (unknown to the types) an action may be the outermost durable block inside
        self.atomic.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        self.reviewed = make_project(places=2, reviews=1, rate_micros=5)
        self.capped = make_project(rate_micros=3, price_micros=SHARE, total_cap_micros=3 * SHARE)
        roles = [EnrollmentRole.WORKER] * 3 + [EnrollmentRole.BOTH, EnrollmentRole.REVIEWER]
        self.workers = [make_worker(self.reviewed, self.capped, role=role) for role in roles]
        make_tasks(self.reviewed, 2)
        make_tasks(self.capped, 5)

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def in_hand(self, number: int, kind: str) -> Assignment | None:
        mine = Assignment.objects.active().filter(worker=self.workers[number], work_item__kind=kind)
        return mine.first()

    @rule(number=people)
    def claims(self, number: int) -> None:
        worker, at = self.workers[number], self.now()
        had = Assignment.objects.active().filter(worker=worker).first()
        found = claim(worker, at=at)
        if found is Nothing.BUSY:  # somebody was granted the last of the budget a moment ago
            self.at += KEPT
            found = claim(worker, at=self.at)
        if isinstance(found, Assignment):
            assert found.status == AssignmentStatus.ACTIVE
            assert had is not None or not is_stopped(found, at=at)
        else:
            assert found is Nothing.EMPTY
            assert had is None
            assert list(could_have(worker, at=at)) == []

    @rule(number=people)
    def reserves(self, number: int) -> None:
        worker, at = self.workers[number], self.now()
        had = Assignment.objects.leased().filter(worker=worker, status=AssignmentStatus.RESERVED).first()
        found = reserve(worker, at=at)
        if isinstance(found, Assignment) and had is None:
            assert not is_stopped(found, at=at)

    @rule(number=people, response=st.sampled_from([CAT, DOG]))
    def saves_a_draft(self, number: int, response: Any) -> None:
        found = Assignment.objects.active().filter(worker=self.workers[number]).first()
        if found is None:
            return
        mine = Draft.objects.filter(work_item=found.work_item, worker=found.worker).first()
        save_draft(found, revision=mine.revision if mine else 0, document=response, at=self.now())

    @rule(number=people)
    def sends_a_heartbeat(self, number: int) -> None:
        if found := Assignment.objects.active().filter(worker=self.workers[number]).first():
            heartbeat(found, active=True, at=self.now())

    @rule(number=people, response=st.sampled_from([CAT, DOG]))
    def submits(self, number: int, response: Any) -> None:
        found = self.in_hand(number, StageKind.ATTEMPT)
        if found is not None:
            self.hand_in(found, response)

    @rule(number=people, response=st.sampled_from([CAT, DOG]))
    def submits_late(self, number: int, response: Any) -> None:
        ended = [AssignmentStatus.EXPIRED, AssignmentStatus.RECALLED, AssignmentStatus.RELEASED]
        mine = Assignment.objects.filter(worker=self.workers[number], status__in=ended)
        found = mine.filter(work_item__kind=StageKind.ATTEMPT).order_by("-pk").first()
        if found is not None:
            self.hand_in(found, response)

    def hand_in(self, found: Assignment, response: Any) -> None:
        key = new_key()
        if refused_with("draft_kept", submit, found, response=response, key=key, at=self.now()):
            kept = Draft.objects.get(work_item=found.work_item, worker=found.worker)
            assert kept.document == response
        else:
            self.keys[found.pk] = (key, response)

    @precondition(lambda self: self.keys)
    @rule(data=st.data())
    def submits_twice(self, data: st.DataObject) -> None:
        pk = data.draw(st.sampled_from(sorted(self.keys)))
        key, response = self.keys[pk]
        before = Submission.objects.count()
        submit(Assignment.objects.get(pk=pk), response=response, key=key, at=self.now())
        assert Submission.objects.count() == before

    @rule(number=people, how=st.sampled_from(["skip", "report", "release"]))
    def gives_back(self, number: int, how: str) -> None:
        found = Assignment.objects.active().filter(worker=self.workers[number]).first()
        if found is None:
            return
        if how == "skip":
            refused_with("no_skips_left", skip, found, reason="unclear", at=self.now())
        elif how == "report":
            report(found, reason="broken", at=self.now())
        else:
            release(found, at=self.now())

    @rule(number=people, verdict=VERDICTS)
    def judges(self, number: int, verdict: Judgement) -> None:
        found = self.in_hand(number, StageKind.REVIEW)
        if found is not None:
            refused_with("draft_kept", review, found, verdict, key=new_key(), at=self.now())

    @rule(number=people)
    def amends(self, number: int) -> None:
        mine = Submission.objects.filter(author=self.workers[number], fixes=None).order_by("-pk").first()
        if mine is not None:
            refused_with("too_late", amend, mine.assignment, response=DOG, key=new_key(), at=self.now())

    @rule(minutes=st.sampled_from([2, 5, 31, 26 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @rule()
    def leases_end(self) -> None:
        expire_assignments(at=self.now())
        assert not Assignment.objects.expired(at=self.at).exists()

    @rule(scope=st.sampled_from(PauseScope.values), policy=st.sampled_from(PausePolicy.values), reviews=st.booleans())
    def pauses(self, scope: str, policy: str, reviews: bool) -> None:
        if Pause.objects.filter(ended_at=None).count() >= 2:
            return
        subject = {
            "site": None,
            "organization": self.reviewed.organization,
            "project": self.capped,
            "batch": self.reviewed.batches.get(),
        }[scope]
        grace = timedelta(minutes=10) if policy == PausePolicy.GRACE else None
        order = Order(policy, "data", grace, reviews_go_on=reviews, text_for_workers="Wait.")
        pause([Scope.of(subject)], order, by=None, at=self.now())

    @rule()
    def pauses_are_applied(self) -> None:
        for one in Pause.objects.all():
            if one.policy == PausePolicy.RECALL:
                recall_chunk(one, at=self.now())
            elif one.policy == PausePolicy.GRACE:
                shorten_chunk(one)

    @rule(data=st.data())
    def resumes(self, data: st.DataObject) -> None:
        standing = list(Pause.objects.filter(ended_at=None).order_by("pk"))
        if standing:
            one = data.draw(st.sampled_from(standing))
            resume(one, by=None, at=self.now())
            offer_returned_first(Scope.of_pause(one), at=self.at)

    @rule(number=people, everywhere=st.booleans())
    def is_held(self, number: int, everywhere: bool) -> None:
        Hold.objects.create(
            worker=self.workers[number],
            project=None if everywhere else self.reviewed,
            reason="quality",
            text="Too fast.",
            starts_at=self.now(),
            until=self.at + timedelta(minutes=20),
        )

    @invariant()
    def everything_is_in_order(self) -> None:
        if hasattr(self, "workers"):
            check_all()
            assert not Draft.objects.filter(
                work_item__assignments__worker_id=F("worker_id"), work_item__assignments__status="submitted"
            ).exists()


def refused_with(code: str, verb: Callable[..., Any], *args: Any, **more: Any) -> bool:
    """Do it; whether it was refused, which may only be for this reason."""
    try:
        verb(*args, **more)
    except BusinessError as refused:
        if refused.code != code:
            raise
        return True
    return False


def is_stopped(assignment: Assignment, *, at: datetime) -> bool:
    """Whether a pause or a hold is over the assignment, looked at one by one."""
    task = assignment.work_item.task
    is_review = assignment.work_item.kind == StageKind.REVIEW
    for one in Pause.objects.filter(ended_at=None):
        over = (
            one.scope == PauseScope.SITE
            or one.organization_id == task.organization_id
            or one.project_id == task.project_id
            or one.batch_id == task.batch_id
        )
        if over and not (is_review and one.reviews_go_on):
            return True
    holds = Hold.objects.filter(worker=assignment.worker, ended_at=None, until__gt=at)
    return any(hold.project_id in {None, task.project_id} for hold in holds)


def could_have(worker: Worker, *, at: datetime) -> list[WorkItem]:
    """What the worker might be handed, found item by item and without what claims remember."""
    open_items = [
        item
        for lane in eligibility.open_to(worker, at=at)
        for item in eligibility.items_for(worker, lane, lane.kind, at=at).select_related("task__project")
    ]
    return [item for item in open_items if not is_capped(item)]


def is_capped(item: WorkItem) -> bool:
    """Whether the item costs a share and the project's cap has none left."""
    cap = item.task.version.total_cap_micros
    if cap is None or item.round > 1 or item.kind == StageKind.REVIEW:
        return False
    drawn = Assignment.objects.filter(version__project=item.task.project).values_list("share_micros", flat=True)
    return cap - sum(drawn) < SHARE


def run(*, examples: int, steps: int) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=checks, database=None
        ),
    )


@pytest.mark.django_db
@pytest.mark.slow(reason="a state machine")
def test_work_lives_in_order():
    run(examples=6, steps=25)


@pytest.mark.django_db
@pytest.mark.proof
@pytest.mark.slow(reason="a state machine in full")
def test_work_lives_in_order_for_long():
    run(examples=120 if connection.vendor == "postgresql" else 150, steps=50)
