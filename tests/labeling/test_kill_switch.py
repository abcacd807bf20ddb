"""The kill switch: after throw() nothing of the customer is handed out, taken in or given out; others go on."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import KillSwitch, Membership, Role, is_cut_off
from core.errors import BusinessError, StaleState
from events.models import Event, Job, Notice, Outbox
from labeling import kill_switch, pausing, resuming
from labeling.amending import amend
from labeling.claiming import Nothing, claim
from labeling.models import Assignment, AssignmentStatus, Draft, Review, Submission
from labeling.reviewing import review
from labeling.submitting import submit
from projects.models import Pause, PauseScope
from tests.factories import (
    CAT,
    DOG,
    NOON,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
    make_project,
    make_tasks,
    make_worker,
)
from tests.labeling.steps import ACCEPTED, make_reviewer, new_key, submitted, taken
from tests.labeling.stops import run_jobs

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(minutes=5)


def throw(organization, **more) -> KillSwitch:
    return kill_switch.throw(organization, **{"reason": "A court order.", "by": None, "at": NOON} | more)


@pytest.fixture
def project():
    project = make_project()
    make_tasks(project, 4)
    return project


def test_throw_writes_the_switch_its_pause_and_their_events(project):
    admin = UserFactory.create(is_site_admin=True)

    switch = throw(project.organization, by=admin)

    one = Pause.objects.get()
    assert (one.kill_switch, one.scope, one.organization, one.policy) == (
        switch,
        PauseScope.ORGANIZATION,
        project.organization,
        "recall",
    )
    assert is_cut_off(project.organization_id)
    verbs = list(Event.objects.order_by("pk").values_list("verb", flat=True))
    assert [verb for verb in verbs if verb in {"pause_started", "kill_switch_thrown"}] == [
        "pause_started",
        "kill_switch_thrown",
    ]
    assert project.organization.name not in one.text_for_workers


def test_throw_stops_what_is_handed_out_of_this_customer_alone(project):
    other = make_project()
    make_tasks(other)

    throw(project.organization)

    assert claim(make_worker(project), at=NOON) is Nothing.EMPTY
    assert isinstance(claim(make_worker(other), at=NOON), Assignment)


def test_throw_takes_work_in_hand_back_before_it_returns_with_no_worker_running(project):
    assignment = taken(make_worker(project))
    other = make_project()
    make_tasks(other)
    elsewhere = taken(make_worker(other))

    switch = throw(project.organization)

    assignment.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (assignment.status, elsewhere.status) == (AssignmentStatus.RECALLED, AssignmentStatus.ACTIVE)
    assert switch.counts["in_hand"] == 1


def test_nothing_is_handed_in_and_it_is_the_draft_instead(project):
    assignment = taken(make_worker(project))
    throw(project.organization)

    with pytest.raises(BusinessError) as refused:
        submit(assignment, response=CAT, key=new_key(), at=SOON)

    assert refused.value.code == "draft_kept"
    assert (Submission.objects.count(), Draft.objects.get().document) == (0, CAT)


def test_what_read_the_old_state_is_refused_in_its_own_transaction(project, monkeypatch):
    """A submit that had looked for pauses before the throw, and begins to write after it."""
    assignment = taken(make_worker(project))
    throw(project.organization)
    monkeypatch.setattr("labeling.submitting.refuse_while_paused", lambda *_args, **_more: None)

    with pytest.raises(BusinessError) as refused:
        submit(assignment, response=CAT, key=new_key(), at=SOON)

    assert (refused.value.code, Submission.objects.count()) == ("draft_kept", 0)


def test_no_verdict_is_taken_in_that_had_looked_before(monkeypatch):
    project = make_project(reviews=1)
    make_tasks(project)
    submitted(make_worker(project))
    assignment = taken(make_reviewer(project))
    throw(project.organization)
    monkeypatch.setattr("labeling.submitting.refuse_while_paused", lambda *_args, **_more: None)

    with pytest.raises(BusinessError) as refused:
        review(assignment, ACCEPTED, key=new_key(), active_ms=0, at=SOON)

    assert (refused.value.code, Review.objects.count()) == ("draft_kept", 0)


def test_no_answer_is_corrected(project):
    worker = make_worker(project)
    assignment = submitted(worker)
    throw(project.organization)

    with pytest.raises(BusinessError) as refused:
        amend(assignment, response=DOG, key=new_key(), at=SOON)

    assert refused.value.code == "too_late"


def test_its_pause_is_not_resumed_nor_given_an_end(project):
    throw(project.organization)
    one = Pause.objects.get()

    for act in (
        lambda: resuming.resume(one, by=None, at=SOON),
        lambda: pausing.prolong(one, ends_at=SOON + timedelta(hours=1), by=None, at=SOON),
    ):
        with pytest.raises(BusinessError) as refused:
            act()
        assert refused.value.code == "kill_switch"
    assert resuming.end_due_pauses(at=SOON + timedelta(days=400)) == 0
    assert claim(make_worker(project), at=SOON) is Nothing.EMPTY


def test_lift_opens_everything_again_and_offers_work_to_its_last_holder(project):
    worker = make_worker(project)
    assignment = taken(worker)
    switch = throw(project.organization)

    kill_switch.lift(switch, reason="The order was set aside.", by=None, at=SOON)
    run_jobs()

    switch.refresh_from_db()
    assert (switch.ended_at, switch.lift_reason) == (SOON, "The order was set aside.")
    assert not is_cut_off(project.organization_id)
    assert Pause.objects.get().ended_at == SOON
    again = claim(worker, at=SOON)
    assert isinstance(again, Assignment)
    assert again.work_item_id == assignment.work_item_id


def test_lift_leaves_another_pause_of_the_customer(project):
    pausing.pause(
        [pausing.Scope.of(project.organization)],
        pausing.Order("finish", "data", text_for_workers="Wait."),
        by=None,
        at=NOON,
    )
    switch = throw(project.organization)

    kill_switch.lift(switch, reason="", by=None, at=SOON)

    assert claim(make_worker(project), at=SOON) is Nothing.EMPTY


def test_throw_twice_and_lift_twice_are_refused(project):
    switch = throw(project.organization)
    with pytest.raises(StaleState) as thrown:
        throw(project.organization)
    kill_switch.lift(switch, reason="", by=None, at=SOON)
    with pytest.raises(StaleState) as lifted:
        kill_switch.lift(switch, reason="", by=None, at=SOON)

    assert (thrown.value.code, lifted.value.code) == ("already_thrown", "not_thrown")
    assert (KillSwitch.objects.count(), Pause.objects.count()) == (1, 1)
    throw(project.organization, at=SOON)  # and again, later
    assert KillSwitch.objects.count() == 2


def test_members_are_told_once_and_other_admins_too(project):
    admin, other = UserFactory.create_batch(2, is_site_admin=True)
    member = MembershipFactory.create(organization=project.organization, role=Role.MEMBER).user

    switch = throw(project.organization, by=admin)

    told = {(notice.user_id, notice.code) for notice in Notice.objects.exclude(code__startswith="paused")}
    assert told == {(member.pk, "access_cut_off"), (other.pk, "kill_switch_thrown")}
    kill_switch.lift(switch, reason="", by=admin, at=SOON)
    assert Notice.objects.filter(user=member).count() == 2
    assert "work_paused" not in set(Outbox.objects.values_list("params__code", flat=True))


def test_two_people_throw_and_lift_where_the_site_says_so(project, settings):
    settings.KILL_SWITCH_NEEDS_TWO = True
    one, two = UserFactory.create_batch(2, is_site_admin=True)
    with pytest.raises(BusinessError) as alone:
        throw(project.organization, by=one)
    switch = kill_switch.ask(project.organization, reason="A court order.", by=one, at=NOON)
    assert isinstance(claim(make_worker(project), at=NOON), Assignment)
    with pytest.raises(BusinessError) as still_alone:
        throw(project.organization, by=one)

    thrown = throw(project.organization, by=two)

    assert (alone.value.code, still_alone.value.code) == ("needs_two", "needs_two")
    assert (thrown, thrown.asked_by, thrown.thrown_by) == (switch, one, two)
    kill_switch.ask_lift(thrown, reason="Over.", by=two, at=SOON)
    with pytest.raises(BusinessError):
        kill_switch.lift(thrown, reason="", by=two, at=SOON)
    kill_switch.lift(thrown, reason="", by=one, at=SOON)
    assert not is_cut_off(project.organization_id)
    assert list(Event.objects.filter(subject_type="kill_switch").order_by("pk").values_list("verb", flat=True)) == [
        "kill_switch_asked",
        "kill_switch_thrown",
        "kill_switch_lift_asked",
        "kill_switch_lifted",
    ]


def test_the_command_line_needs_no_second_person(project, settings):
    settings.KILL_SWITCH_NEEDS_TWO = True
    kill_switch.ask(project.organization, reason="x", by=UserFactory.create(is_site_admin=True), at=NOON)

    throw(project.organization, by=None)

    assert is_cut_off(project.organization_id)


def test_what_was_asked_for_can_be_withdrawn_until_it_is_thrown(project, settings):
    settings.KILL_SWITCH_NEEDS_TWO = True
    one, two = UserFactory.create_batch(2, is_site_admin=True)
    kill_switch.withdraw(kill_switch.ask(project.organization, reason="x", by=one, at=NOON), by=two, at=NOON)
    again = kill_switch.ask(project.organization, reason="y", by=one, at=SOON)
    throw(project.organization, by=two, at=SOON)

    with pytest.raises(StaleState):
        kill_switch.withdraw(again, by=one, at=SOON)
    with pytest.raises(StaleState):
        kill_switch.ask(project.organization, reason="z", by=one, at=SOON)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({}, "kill_switch_open_once"),
        ({"reason": "", "ended_at": NOON}, "kill_switch_has_its_reason"),
        ({"lift_asked_at": NOON, "ended_at": NOON}, "kill_switch_is_thrown_before_it_is_lifted"),
        ({"ended_at": NOON - timedelta(days=1)}, "kill_switch_ends_after_it_was_asked_for"),
    ],
)
def test_the_database_refuses_what_cannot_be(fields, constraint):
    organization = OrganizationFactory.create()
    KillSwitch.objects.create(organization=organization, reason="x", asked_at=NOON)

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        KillSwitch.objects.create(**{"organization": organization, "reason": "x", "asked_at": NOON} | fields)

    names = [constraint, "UNIQUE"] if constraint == "kill_switch_open_once" else [constraint]
    assert any(name in str(refused.value) for name in names)


def test_its_pause_cannot_be_weaker_than_all(project):
    throw(project.organization)

    for fields in ({"policy": "finish"}, {"reviews_go_on": True}, {"ends_at": SOON}, {"is_customers": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Pause.objects.update(**fields)


def test_a_switch_is_for_site_admins_only(project):
    switch = throw(project.organization)
    member = Membership.objects.filter(organization=project.organization).first() or MembershipFactory.create(
        organization=project.organization
    )

    assert list(KillSwitch.objects.visible_to(UserFactory.create(is_site_admin=True))) == [switch]
    assert list(KillSwitch.objects.visible_to(member.user)) == []
    assert list(KillSwitch.objects.visible_to(UserFactory.create())) == []


@pytest.mark.django_db(transaction=True)
def test_nothing_is_handed_out_or_taken_in_while_it_is_thrown():
    """Others claim and hand in as fast as they can; what there is when throw() returns is all that there is."""
    project = make_project(places=3)
    make_tasks(project, 60)
    workers = [make_worker(project) for _n in range(4)]
    begun, stop = threading.Barrier(len(workers) + 1), threading.Event()
    threads = [threading.Thread(target=hand_in_until, args=(worker, begun, stop)) for worker in workers]
    for thread in threads:
        thread.start()
    begun.wait()
    while Submission.objects.count() < 5:
        threading.Event().wait(0.01)

    throw(project.organization, at=timezone.now())
    at_its_return = state()
    threading.Event().wait(0.5)
    stop.set()
    for thread in threads:
        thread.join(30)

    assert state() == at_its_return
    assert Assignment.objects.leased().count() == 0


def state() -> tuple[int, int, int]:
    handed_out = Event.objects.filter(verb__in=["assignment_claimed", "assignment_reactivated"]).count()
    return handed_out, Submission.objects.count(), Review.objects.count()


def hand_in_until(worker, begun, stop) -> None:
    try:
        begun.wait()
        while not stop.is_set():
            found = claim(worker, at=timezone.now())
            if isinstance(found, Assignment):
                try:
                    submit(found, response=CAT, key=new_key(), at=timezone.now())
                except BusinessError:
                    continue
    finally:
        connection.close()


def test_exports_and_imports_are_cancelled_and_other_jobs_are_not(project):
    from delivery.exporting import start_export

    admin = MembershipFactory.create(organization=project.organization).user
    other = make_project()
    mine = start_export(project, format_code="scale_jsonl", by=admin, at=NOON)
    theirs = start_export(other, format_code="scale_jsonl", by=admin, at=NOON)

    switch = throw(project.organization)

    assert (Job.objects.get(pk=mine.pk).state, Job.objects.get(pk=theirs.pk).state) == ("canceled", "queued")
    assert (switch.counts["export"], switch.counts["import"]) == (1, 0)
