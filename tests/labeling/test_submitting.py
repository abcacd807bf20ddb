from contextlib import nullcontext
from datetime import timedelta

import pytest

from core import jsonio
from core.errors import BusinessError
from events.models import Event
from labeling.answers import Findings
from labeling.claiming import Nothing, claim
from labeling.expiring import expire_assignments
from labeling.models import Assignment, AssignmentStatus, Draft, Resolution, Submission, WorkItem
from labeling.returning import release, skip
from labeling.submitting import submit
from payments.models import AccountKind, LedgerLine
from projects.models import Batch, Pause, PausePolicy, Project, Task, TaskStatus
from tests.factories import CAT, DOG, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import make_reviewer, new_key, reserved, submitted, taken

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)


def counts(item_id: int) -> tuple[int, int, int, bool]:
    item = WorkItem.objects.get(pk=item_id)
    return item.places, item.places_left, item.places_done, item.open


def expired(project: Project) -> Assignment:
    assignment = taken(make_worker(project))
    expire_assignments(at=LATER)
    return assignment


def test_submit_stores_the_answer_and_returns_its_receipt():
    project = make_project(rate_micros=340_000)
    make_tasks(project)
    assignment = taken(make_worker(project))

    receipt = submit(assignment, response=CAT, key="key-00000", active_ms=1200, at=NOON)

    submission = Submission.objects.get()
    assert receipt == {
        "id": submission.public_id,
        "submitted_at": "2026-11-23T12:00:00.000Z",
        "checksum": jsonio.checksum(CAT),
        "counted": True,
        "pay": {"amount_micros": 340_000, "currency": "USD"},
        "state": "in_review",
        "final_by": "2026-11-30T12:00:00.000Z",
        "amend_until": "2026-11-23T12:10:00.000Z",
        "number": 0,
    }
    assignment.refresh_from_db()
    assert (assignment.status, assignment.counted, assignment.active_ms) == (AssignmentStatus.SUBMITTED, True, 1200)
    assert counts(assignment.work_item_id) == (1, 0, 1, False)


def test_submit_of_the_last_place_completes_a_task_without_reviews():
    project = make_project()
    (task,) = make_tasks(project)

    assignment = submitted(make_worker(project))

    resolution = Resolution.objects.get(task=task)
    assert (resolution.response, resolution.source, resolution.submission) == (CAT, "attempt", assignment.submission)
    assert Task.objects.get(pk=task.pk).status == TaskStatus.COMPLETED


def test_submit_of_two_places_merges_the_answers():
    project = make_project(places=2)
    (task,) = make_tasks(project)

    submitted(make_worker(project))
    assert Task.objects.get(pk=task.pk).status == TaskStatus.PENDING
    submitted(make_worker(project))

    resolution = Resolution.objects.get(task=task)
    assert (resolution.response, resolution.source, resolution.submission) == (CAT, "consensus", None)


def test_submit_twice_stores_one_submission_and_returns_the_first_receipt():
    project = make_project(rate_micros=5)
    make_tasks(project)
    assignment = taken(make_worker(project))

    first = submit(assignment, response=CAT, key="key-00000", at=NOON)
    second = submit(assignment, response=CAT, key="key-00000", at=LATER)

    assert first == second
    assert Submission.objects.count() == 1
    assert LedgerLine.objects.filter(account__kind=AccountKind.PROVISIONAL).count() == 1


@pytest.mark.parametrize(("key", "response"), [("key-other", CAT), ("key-00000", DOG)])
def test_submit_with_another_key_or_body_is_refused_with_the_first_receipt(key, response):
    project = make_project()
    make_tasks(project)
    assignment = taken(make_worker(project))
    first = submit(assignment, response=CAT, key="key-00000", at=NOON)

    with pytest.raises(BusinessError) as refused:
        submit(assignment, response=response, key=key, at=NOON)

    assert (refused.value.code, refused.value.details) == ("already_submitted", {"receipt": first})
    assert Submission.objects.get().response == CAT


def test_submit_with_a_key_of_other_work_is_refused():
    project = make_project()
    make_tasks(project, 2)
    worker = make_worker(project)
    submit(taken(worker), response=CAT, key="key-00000", at=NOON)
    second = taken(worker)

    with pytest.raises(BusinessError) as refused:
        submit(second, response=CAT, key="key-00000", at=NOON)

    assert refused.value.code == "key_used"
    assert Submission.objects.count() == 1


def test_submit_with_findings_writes_nothing():
    project = make_project()
    make_tasks(project)
    assignment = taken(make_worker(project))
    before = Event.objects.count()

    with pytest.raises(Findings) as found:
        submit(assignment, response={"category": "horse"}, key="key-00000", at=NOON)

    assert len(found.value.findings) == 1
    assert (Submission.objects.count(), Event.objects.count() - before) == (0, 0)


def test_submit_of_a_review_is_refused():
    project = make_project(reviews=1)
    make_tasks(project)
    submitted(make_worker(project))
    review = taken(make_reviewer(project))

    with pytest.raises(BusinessError) as refused:
        submit(review, response=CAT, key="key-00000", at=NOON)

    assert (refused.value.code, refused.value.status) == ("not_an_attempt", 400)


def test_submit_after_the_lease_counts_while_a_place_is_free():
    project = make_project(rate_micros=7)
    make_tasks(project)
    assignment = expired(project)

    receipt = submit(assignment, response=CAT, key="key-00000", at=LATER)

    assert (receipt["counted"], receipt["state"]) == (True, "in_review")
    assert counts(assignment.work_item_id) == (1, 0, 1, False)


def test_submit_after_others_completed_the_item_is_kept_uncounted():
    project = make_project(rate_micros=7)
    make_tasks(project)
    assignment = expired(project)
    submitted(make_worker(project), DOG, at=LATER)

    receipt = submit(assignment, response=CAT, key="key-00000", at=LATER)

    assert (receipt["counted"], receipt["state"], receipt["pay"]["amount_micros"]) == (False, "kept", 0)
    assert Submission.objects.filter(assignment=assignment).get().response == CAT
    assert Resolution.objects.get().response == DOG
    assert counts(assignment.work_item_id) == (1, 0, 1, False)
    assert not LedgerLine.objects.filter(assignment=assignment).exists()


def test_submit_while_somebody_else_has_the_place_is_kept_uncounted():
    project = make_project()
    make_tasks(project)
    assignment = expired(project)
    other = taken(make_worker(project), at=LATER)

    receipt = submit(assignment, response=CAT, key="key-00000", at=LATER)

    assert receipt["counted"] is False
    assert submit(other, response=DOG, key="key-00000", at=LATER)["counted"] is True
    assert Resolution.objects.get().response == DOG


def test_submit_of_released_work_counts_while_a_place_is_free():
    project = make_project()
    make_tasks(project)
    assignment = taken(make_worker(project))
    release(assignment, at=NOON)

    assert submit(assignment, response=CAT, key="key-00000", at=NOON)["counted"] is True


def test_submit_with_a_stale_object_pays_what_the_claim_in_force_froze():
    project = make_project(rate_micros=5)
    make_tasks(project)
    worker = make_worker(project)
    stale = taken(worker)
    release(Assignment.objects.get(pk=stale.pk), at=NOON)
    again = taken(worker)
    Assignment.objects.filter(pk=again.pk).update(rate_micros=9, claimed_at=LATER)

    submit(stale, response=CAT, key="key-00000", at=LATER)

    assert again.pk == stale.pk
    assert LedgerLine.objects.get(account__kind=AccountKind.PROVISIONAL).amount_micros == 9


def test_submit_of_skipped_work_keeps_the_draft():
    project = make_project()
    make_tasks(project)
    assignment = taken(make_worker(project))
    skip(assignment, reason="unclear", at=NOON)

    with pytest.raises(BusinessError) as refused:
        submit(assignment, response=CAT, key="key-00000", at=NOON)

    assert refused.value.code == "draft_kept"
    assert Draft.objects.get().document == CAT


def test_submit_of_a_reservation_keeps_the_draft():
    project = make_project()
    make_tasks(project)
    assignment = reserved(make_worker(project))

    with pytest.raises(BusinessError) as refused:
        submit(assignment, response=CAT, key="key-00000", at=NOON)

    assert refused.value.code == "draft_kept"
    assert counts(assignment.work_item_id) == (1, 0, 0, False)


@pytest.mark.parametrize("policy", [PausePolicy.SAVE_ONLY, PausePolicy.RECALL])
def test_submit_while_paused_keeps_the_draft(policy):
    project = make_project()
    make_tasks(project)
    assignment = taken(make_worker(project))
    stop(project, policy)

    with pytest.raises(BusinessError) as refused:
        submit(assignment, response=CAT, key="key-00000", at=NOON)

    assert refused.value.code == "draft_kept"
    assert refused.value.message.startswith(f"{project.codename} is paused. New data comes.")
    assert (Draft.objects.get().document, Submission.objects.count()) == (CAT, 0)


@pytest.mark.parametrize(
    ("policy", "minutes", "stored"),
    [(PausePolicy.FINISH, 10, True), (PausePolicy.GRACE, 5, True), (PausePolicy.GRACE, 6, False)],
)
def test_submit_while_paused_follows_the_policy(policy, minutes, stored):
    project = make_project()
    make_tasks(project)
    assignment = taken(make_worker(project))
    stop(project, policy)

    with nullcontext() if stored else pytest.raises(BusinessError, match="is paused"):
        submit(assignment, response=CAT, key="key-00000", at=NOON + timedelta(minutes=minutes))

    assert Submission.objects.exists() is stored


def test_submit_after_the_lease_counts_under_a_pause_that_lets_finish():
    project = make_project()
    make_tasks(project)
    assignment = expired(project)
    stop(project, PausePolicy.FINISH)

    assert submit(assignment, response=CAT, key="key-00000", at=LATER)["counted"] is True


def test_submit_of_a_task_that_ended_meanwhile_keeps_the_draft():
    project = make_project()
    (task,) = make_tasks(project)
    assignment = taken(make_worker(project))
    Task.objects.filter(pk=task.pk).update(status=TaskStatus.CANCELED)

    with pytest.raises(BusinessError) as refused:
        submit(assignment, response=CAT, key="key-00000", at=NOON)

    assert refused.value.code == "draft_kept"
    assert Draft.objects.get().document == CAT


def test_submit_drops_the_draft_and_writes_one_event():
    project = make_project(places=2)
    make_tasks(project)
    assignment = taken(make_worker(project))
    Draft.objects.create(
        work_item=assignment.work_item, worker=assignment.worker, revision=1, document=DOG, saved_at=NOON
    )
    before = Event.objects.order_by("-pk").values_list("pk", flat=True)[0]

    submit(assignment, response=CAT, key=new_key(), at=NOON)

    assert not Draft.objects.exists()
    events = Event.objects.filter(pk__gt=before).values_list("verb", "subject_id")
    assert list(events) == [("submission_received", assignment.public_id)]


def test_submit_leaves_nothing_for_its_author():
    project = make_project(places=2)
    make_tasks(project)
    worker = make_worker(project)

    submitted(worker)

    assert claim(worker, at=NOON) is Nothing.EMPTY
    assert Batch.objects.get().status == "in_progress"


def stop(project: Project, policy: str) -> Pause:
    until = NOON + timedelta(minutes=5) if policy == PausePolicy.GRACE else None
    return Pause.objects.create(
        scope="project",
        project=project,
        policy=policy,
        grace_until=until,
        starts_at=NOON,
        created_at=NOON,
        reason="data",
        text_for_workers="New data comes.",
    )
