from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Organization
from core.errors import BusinessError, StaleState
from events import running
from events.models import Event, Job, JobState, Notice, Outbox
from labeling.claiming import Nothing, claim
from labeling.expiring import expire_assignments
from labeling.models import Assignment, AssignmentStatus, Draft, WorkItem
from labeling.pausing import Order, end_due_pauses, pause, prolong, resume
from labeling.previewing import preview
from labeling.recalling import KEPT_FOR_HOLDER, RETURNED_FIRST, offer_returned_first, recall_chunk, shorten_chunk
from labeling.renewing import heartbeat
from labeling.scopes import Scope
from labeling.submitting import submit
from projects.creating import create_batch
from projects.models import Batch, Pause, PausePolicy, Project
from tests.factories import CAT, NOON, OrganizationFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import make_reviewer, reserved, submitted, taken

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)


def order(policy: str = PausePolicy.FINISH, **more) -> Order:
    grace = timedelta(minutes=10) if policy == PausePolicy.GRACE else None
    return Order(policy=policy, grace=grace, reason="data", text_for_workers="New data comes.", **more)


def stop(
    *subjects: Organization | Project | Batch | None, policy: str = PausePolicy.FINISH, at=NOON, **more
) -> list[Pause]:
    return pause([Scope.of(subject) for subject in subjects], order(policy, **more), by=None, at=at)


def working(project: Project) -> Assignment:
    make_tasks(project)
    return taken(make_worker(project))


def run_jobs() -> list[str]:
    """What Celery would do; the states in which the jobs ended."""
    jobs = Job.objects.filter(state=JobState.QUEUED).order_by("pk")
    for job in jobs:
        running.run(job.pk)
    return list(Job.objects.order_by("pk").values_list("state", flat=True))


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


def test_pause_with_a_grace_of_no_minutes_ends_at_once():
    project = make_project()
    assignment = working(project)

    pause([Scope.of(project)], Order("grace", "data", timedelta(0), text_for_workers="Now."), by=None, at=NOON)

    assert Pause.objects.get().grace_until == NOON
    with pytest.raises(BusinessError):
        submit(assignment, response=CAT, key="key-00000", at=NOON + timedelta(seconds=1))


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


def test_pause_tells_each_person_once_whatever_it_stops():
    first, second = make_project(), make_project()
    make_tasks(first)
    worker, idle, stranger = make_worker(first, second), make_worker(second), make_worker(make_project())
    taken(worker)

    pauses = stop(first, second, policy=PausePolicy.RECALL, ends_at=LATER)

    both = ", ".join(sorted([first.codename, second.codename]))
    told = {notice.user_id: (notice.code, notice.params["codenames"]) for notice in Notice.objects.all()}
    assert told == {
        worker.user_id: ("paused_recall_until", both),
        idle.user_id: ("paused_none_until", second.codename),
    }
    assert stranger.user_id not in told
    assert {one.group for one in pauses} == {pauses[0].group}
    mails = Outbox.objects.filter(kind="mail").order_by("target").values_list("target", flat=True)
    assert list(mails) == sorted([worker.user.email, idle.user.email])


def test_pause_tells_whoever_has_only_a_draft_of_open_work():
    project = make_project()
    left, done = make_tasks(project, 2)
    worker = make_worker(project)
    for task in (left, done):
        Draft.objects.create(work_item=task.work_items.get(), worker=worker, revision=1, document=CAT, saved_at=NOON)
    project.enrollments.update(state="ended")
    stop(project)
    assert Notice.objects.get().user == worker.user

    type(done).objects.update(status="completed")
    stop(project)
    assert Notice.objects.count() == 1


def test_pause_tells_contractors_no_name_of_the_customer():
    organization = OrganizationFactory.create(name="Acme Robotics", slug="acme")
    project = make_project(organization=organization, name="Warehouse shelves")
    working(project)

    (one,) = stop(organization, text_for_staff="They have not paid.", text_for_customer="Please pay.")
    resume(one, by=None, at=NOON)

    kept = [str(row.params) for rows in (Notice.objects.all(), Outbox.objects.all()) for row in rows]
    assert len(kept) == 4
    for hidden in ("Acme", "acme", "Warehouse", "paid", "Please", organization.public_id, project.public_id):
        assert not [text for text in kept if hidden in text]


def test_resume_tells_the_same_people_once():
    project = make_project()
    assignment = working(project)
    (one,) = stop(project)

    resume(one, by=None, at=NOON)

    told = Notice.objects.filter(code="resumed").values_list("user", "params__codenames")
    assert list(told) == [(assignment.worker.user_id, project.codename)]


def test_preview_says_what_the_pause_then_does():
    project = make_project(places=2, reviews=1)
    make_tasks(project, 3)
    submitted(first := make_worker(project))
    taken(first)
    drafter = make_worker(project)
    Draft.objects.create(
        work_item=WorkItem.objects.order_by("-pk")[0], worker=drafter, revision=1, document=CAT, saved_at=NOON
    )
    scope = Scope.of(project)

    before = preview(scope, at=NOON)
    (one,) = stop(project, policy=PausePolicy.RECALL)

    assert before.counts() == one.counts
    assert one.counts == {
        "people": 2,
        "in_hand": 1,
        "attempts_in_hand": 1,
        "reviews_in_hand": 0,
        "drafts_without_lease": 1,
        "open_places": 4,
        "batches": 1,
        "projects": 1,
    }
    assert before.last_lease_at == NOON + timedelta(minutes=30)
    assert Notice.objects.count() == before.people
    assert recall_chunk(one, at=NOON) == before.in_hand


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
