from datetime import timedelta

import pytest

from core.errors import BusinessError, StaleState
from events.models import Event, Job, Notice
from labeling.claiming import Nothing, claim
from labeling.expiring import expire_assignments
from labeling.models import Assignment, AssignmentStatus
from labeling.pausing import Order, pause, prolong
from labeling.renewing import heartbeat
from labeling.resuming import end_due_pauses, resume
from labeling.scopes import Scope
from labeling.submitting import submit
from projects.creating import create_batch
from projects.models import Pause
from tests.factories import CAT, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import make_reviewer, reserved, submitted, taken
from tests.labeling.stops import stop, working

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)


@pytest.mark.parametrize("wide", ["site", "organization", "project", "batch"])
def test_pause_of_a_scope_stops_what_is_in_it_and_nothing_else(wide):
    inside, outside = make_project(), make_project()
    (task,) = make_tasks(inside)
    make_tasks(outside)
    subject = {"site": None, "organization": inside.organization, "project": inside, "batch": task.batch}[wide]

    stop(subject)

    assert claim(make_worker(inside), at=NOON) is Nothing.EMPTY
    assert (claim(make_worker(outside), at=NOON) is Nothing.EMPTY) == (wide == "site")


def test_pause_of_a_batch_leaves_the_project_s_other_batches_open():
    project = make_project()
    make_tasks(project)
    other = create_batch(project, name="other", by=None, at=NOON)
    (task,) = make_tasks(project, batch=other)

    stop(project.batches.get(name=None))

    assert taken(make_worker(project)).work_item.task == task


@pytest.mark.parametrize("lifted", range(8))
def test_resume_opens_only_what_no_other_pause_holds(lifted):
    """Three pauses over the same work: open when, and only when, all of them are lifted."""
    project = make_project()
    make_tasks(project)
    stacked = [stop(subject)[0] for subject in (None, project, project.batches.get())]
    for number, one in enumerate(stacked):
        if lifted >> number & 1:
            resume(one, by=None, at=NOON)

    assert isinstance(claim(make_worker(project), at=NOON), Assignment) is (lifted == 7)


@pytest.mark.parametrize("reviews_go_on", [False, True])
def test_pause_lets_reviews_go_on_where_it_says_so(reviews_go_on):
    project = make_project(reviews=1)
    make_tasks(project, 2)
    submitted(make_worker(project))

    stop(project, reviews_go_on=reviews_go_on)

    assert claim(make_worker(project), at=NOON) is Nothing.EMPTY
    assert isinstance(claim(make_reviewer(project), at=NOON), Assignment) is reviews_go_on


def test_pause_with_a_grace_of_no_minutes_ends_at_once():
    project = make_project()
    assignment = working(project)

    pause([Scope.of(project)], Order("grace", "data", timedelta(0), text_for_workers="Now."), by=None, at=NOON)

    assert Pause.objects.get().grace_until == NOON
    with pytest.raises(BusinessError):
        submit(assignment, response=CAT, key="key-00000", at=NOON + timedelta(seconds=1))


def test_pause_leaves_no_reservation_that_could_become_active():
    project = make_project()
    make_tasks(project, 2)
    worker = make_worker(project)
    submitted(worker)
    ahead = reserved(worker)
    stop(project)

    assert claim(worker, at=NOON) is Nothing.EMPTY
    ahead.refresh_from_db()
    assert ahead.status == AssignmentStatus.RELEASED


def test_pause_lets_a_lease_end_and_its_work_be_handed_in_late():
    project = make_project()
    assignment = working(project)
    stop(project)
    expire_assignments(at=LATER)

    assert claim(assignment.worker, at=LATER) is Nothing.EMPTY
    assert submit(assignment, response=CAT, key="key-00000", at=LATER)["counted"] is True


def test_pause_renews_no_lease():
    project = make_project()
    assignment = working(project)
    stop(project)
    almost = NOON + timedelta(minutes=29)

    after, stops = heartbeat(assignment, active=True, at=almost)

    assert after.lease_expires_at == NOON + timedelta(minutes=30)
    assert [(one.may_submit, one.submit_until) for one in stops] == [(True, after.lease_expires_at)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"policy": "grace", "grace": None},
        {"policy": "finish", "grace": timedelta(minutes=1)},
        {"text_for_workers": "  "},
        {"ends_at": NOON},
    ],
)
def test_pause_without_what_it_needs_is_refused(wrong):
    fields = {"policy": "finish", "reason": "data", "text_for_workers": "New data comes.", **wrong}

    with pytest.raises(BusinessError) as refused:
        pause([Scope.of(make_project())], Order(**fields), by=None, at=NOON)

    assert (refused.value.status, Pause.objects.count(), Notice.objects.count()) == (400, 0, 0)


def test_resume_twice_is_refused():
    (one,) = stop(make_project())
    resume(one, by=None, at=NOON)

    with pytest.raises(StaleState) as refused:
        resume(one, by=None, at=LATER)

    assert refused.value.code == "already_over"
    assert Event.objects.filter(verb="pause_ended").count() == 1


def test_prolong_changes_the_end_of_what_still_stands():
    (one,) = stop(make_project(), ends_at=LATER)

    prolong(one, ends_at=None, by=None, at=NOON)
    assert (Pause.objects.get().ends_at, end_due_pauses(at=LATER)) == (None, 0)
    prolong(one, ends_at=LATER, by=None, at=NOON)
    assert end_due_pauses(at=LATER) == 1
    with pytest.raises(StaleState):
        prolong(one, ends_at=LATER + timedelta(days=1), by=None, at=LATER)


def test_prolong_into_the_past_is_refused():
    (one,) = stop(make_project())

    with pytest.raises(BusinessError) as refused:
        prolong(one, ends_at=NOON, by=None, at=LATER)

    assert refused.value.code == "ends_at"


def test_pause_stands_until_somebody_has_ended_it():
    project = make_project()
    make_tasks(project)
    worker = make_worker(project)
    stop(project, ends_at=NOON + timedelta(minutes=1))

    assert claim(worker, at=LATER) is Nothing.EMPTY
    assert [end_due_pauses(at=LATER), end_due_pauses(at=LATER)] == [1, 0]
    assert isinstance(claim(worker, at=LATER), Assignment)


def test_pause_writes_one_event_and_one_job_for_each_scope():
    project, other = make_project(), make_project()

    pauses = stop(project, other)

    events = Event.objects.filter(verb="pause_started").order_by("pk")
    assert list(events.values_list("subject_id", "organization")) == [
        (pauses[0].public_id, project.organization_id),
        (pauses[1].public_id, other.organization_id),
    ]
    jobs = Job.objects.order_by("pk").values_list("kind", "subject_id")
    assert list(jobs) == [("apply_pause", one.public_id) for one in pauses]
