from datetime import timedelta

import pytest

from core.errors import BusinessError
from events.models import Notice
from labeling.answers import Findings
from labeling.claiming import Nothing, claim
from labeling.expiring import expire_assignments
from labeling.models import Assignment, Draft, Resolution, Review, Submission, WorkItem
from labeling.reviewing import REDO_RESERVED, Judgement, review
from labeling.submitting import submit
from payments.models import AccountKind, LedgerLine
from projects.models import EnrollmentRole, PausePolicy, Project, Task
from tests.factories import CAT, DOG, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import ACCEPTED, REGION, REJECTED, judged, make_reviewer, new_key, submitted, taken
from tests.labeling.test_submitting import stop
from workers.models import Worker

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)
FIXED = Judgement("fixed", DOG)


def attempted(*, places: int = 1, reviews: int = 1) -> tuple[Project, list[Worker]]:
    """A project with one task, all of its places handed in as CAT, and their authors."""
    project = make_project(places=places, reviews=reviews, rate_micros=5)
    make_tasks(project)
    authors = [make_worker(project) for _n in range(places)]
    for author in authors:
        submitted(author)
    return project, authors


def status() -> str:
    return str(Task.objects.get().status)


def paid(worker: Worker, kind: str) -> int:
    lines = LedgerLine.objects.filter(account__worker=worker, account__kind=kind)
    return sum(lines.values_list("amount_micros", flat=True))


def test_review_that_accepts_completes_the_task_and_pays():
    project, (author,) = attempted()

    judged(make_reviewer(project))

    resolution = Resolution.objects.get()
    assert (resolution.response, resolution.source, resolution.submission) == (CAT, "review", Submission.objects.get())
    assert (status(), paid(author, AccountKind.PROVISIONAL), paid(author, AccountKind.FINAL)) == ("completed", 0, 5)


def test_review_that_fixes_adds_a_submission_and_pays_the_author():
    project, (author,) = attempted()
    reviewer = make_reviewer(project)

    judged(reviewer, FIXED)

    subject, fix = Submission.objects.order_by("pk")
    assert (subject.response, fix.response, fix.fixes, fix.author) == (CAT, DOG, subject, reviewer)
    assert Resolution.objects.get().response == DOG
    assert paid(author, AccountKind.FINAL) == 5


def test_review_that_rejects_moves_the_place_to_a_redo_of_the_author():
    project, (author,) = attempted()

    judged(make_reviewer(project), REJECTED)

    first, redo = WorkItem.objects.filter(stage=0).order_by("pk")
    assert (first.places, first.places_left, first.places_done) == (0, 0, 0)
    assert (redo.round, redo.places, redo.subject, redo.reserved_for) == (2, 1, Submission.objects.get(), author)
    assert redo.reserved_until == NOON + REDO_RESERVED
    assert Draft.objects.get(work_item=redo, worker=author).document == CAT
    assert (status(), paid(author, AccountKind.PROVISIONAL)) == ("pending", 0)


def test_review_that_rejects_tells_the_author_why():
    project, (author,) = attempted()

    judged(make_reviewer(project), REJECTED)

    notice = Notice.objects.get(user=author.user)
    assert (notice.code, notice.params["codename"]) == ("work_rejected", project.codename)
    assert (notice.params["reason_class"], notice.params["comment"]) == ("wrong_label", "It is a dog.")


def test_review_stores_the_verdict_with_its_reasons():
    project, _authors = attempted()
    assignment = judged(make_reviewer(project), REJECTED)

    given = Review.objects.get()
    assert (given.assignment, given.submission, given.verdict) == (assignment, Submission.objects.get(), "rejected")
    assert (given.reason_class, given.comment, given.evidence) == ("wrong_label", "It is a dog.", REGION)
    assert (assignment.status, assignment.counted) == ("submitted", True)


@pytest.mark.parametrize(
    "wrong",
    [
        Judgement("rejected", None, "", "It is a dog.", REGION),
        Judgement("rejected", None, "nonsense", "It is a dog.", REGION),
        Judgement("rejected", None, "wrong_label", "  ", REGION),
        Judgement("rejected", None, "wrong_label", "It is a dog.", []),
        Judgement("rejected", None, "wrong_label", "It is a dog.", [{"kind": "smell"}]),
        Judgement("perhaps"),
    ],
)
def test_review_without_its_reasons_is_refused(wrong):
    project, _authors = attempted()
    assignment = taken(make_reviewer(project))

    with pytest.raises(BusinessError) as refused:
        review(assignment, wrong, key=new_key(), at=NOON)

    assert (refused.value.status, Review.objects.count()) == (400, 0)


def test_review_with_a_fix_that_the_linter_refuses_writes_nothing():
    project, _authors = attempted()

    with pytest.raises(Findings):
        review(taken(make_reviewer(project)), Judgement("fixed", {"category": "horse"}), key=new_key(), at=NOON)

    assert (Review.objects.count(), Submission.objects.count()) == (0, 1)


def test_review_of_an_attempt_is_refused():
    project = make_project(reviews=1)
    make_tasks(project)

    with pytest.raises(BusinessError) as refused:
        review(taken(make_worker(project)), ACCEPTED, key=new_key(), at=NOON)

    assert refused.value.code == "not_a_review"


def test_review_twice_returns_the_first_receipt():
    project, _authors = attempted()
    assignment = taken(make_reviewer(project))

    first = review(assignment, FIXED, key="key-00000", at=NOON)

    assert review(assignment, FIXED, key="key-00000", at=LATER) == first
    with pytest.raises(BusinessError) as refused:
        review(assignment, ACCEPTED, key="key-00000", at=NOON)
    assert (refused.value.code, refused.value.details) == ("already_submitted", {"receipt": first})
    assert Review.objects.count() == 1


def test_review_while_paused_keeps_the_fix_as_draft():
    project, _authors = attempted()
    assignment = taken(make_reviewer(project))
    stop(project, PausePolicy.SAVE_ONLY)

    with pytest.raises(BusinessError) as refused:
        review(assignment, FIXED, key=new_key(), at=NOON)

    assert refused.value.code == "draft_kept"
    assert Draft.objects.get(worker=assignment.worker).document == DOG


def test_review_after_the_lease_counts_while_nobody_else_has_it():
    project, _authors = attempted()
    assignment = taken(make_reviewer(project))
    expire_assignments(at=LATER)

    assert review(assignment, ACCEPTED, key=new_key(), at=LATER)["counted"] is True
    assert status() == "completed"


def test_review_after_the_lease_counts_though_its_reviewer_has_other_work():
    project = make_project(reviews=1)
    make_tasks(project, 2)
    author = make_worker(project)
    submitted(author)
    submitted(author)
    reviewer = make_reviewer(project)
    late = taken(reviewer)
    expire_assignments(at=LATER)
    WorkItem.objects.filter(pk=late.work_item_id).update(reserved_for=author, reserved_until=LATER + REDO_RESERVED)
    other = taken(reviewer, at=LATER)

    assert review(late, ACCEPTED, key=new_key(), at=LATER)["counted"] is True
    assert review(other, ACCEPTED, key=new_key(), at=LATER)["counted"] is True


def test_review_after_somebody_else_took_it_keeps_the_fix_as_draft():
    project, _authors = attempted()
    late = taken(make_reviewer(project))
    expire_assignments(at=LATER)
    other = taken(make_reviewer(project), at=LATER)

    with pytest.raises(BusinessError) as refused:
        review(late, FIXED, key=new_key(), at=LATER)

    assert refused.value.code == "draft_kept"
    assert Draft.objects.get(worker=late.worker).document == DOG
    assert review(other, ACCEPTED, key=new_key(), at=LATER)["counted"] is True


def test_review_is_never_one_s_own_work():
    project = make_project(reviews=1)
    make_tasks(project)
    both = make_worker(project, role=EnrollmentRole.BOTH)
    submitted(both)

    assert claim(both, at=NOON) is Nothing.EMPTY


def test_the_only_reviewer_may_judge_the_redo():
    project, (author,) = attempted()
    reviewer = make_reviewer(project)
    judged(reviewer, REJECTED)

    submitted(author, DOG)
    judged(reviewer)

    assert (status(), Resolution.objects.get().response) == ("completed", DOG)


def test_the_only_reviewer_may_judge_another_answer_after_a_fix():
    project, _authors = attempted(places=2)
    reviewer = make_reviewer(project)

    judged(reviewer, FIXED)
    judged(reviewer)

    assert status() == "completed"


def test_whoever_judged_or_fixed_an_answer_does_not_judge_it_at_the_next_stage():
    for judgement in (ACCEPTED, FIXED):
        project, _authors = attempted(reviews=2)
        reviewer = make_reviewer(project)
        judged(reviewer, judgement)

        assert claim(reviewer, at=NOON) is Nothing.EMPTY
        assert isinstance(claim(make_reviewer(project), at=NOON), Assignment)
        Task.objects.all().update(status="completed")


def test_two_reviews_pass_an_answer_only_together():
    project, (author,) = attempted(reviews=2)

    judged(make_reviewer(project))
    assert (status(), paid(author, AccountKind.FINAL)) == ("pending", 0)
    judged(make_reviewer(project))

    assert (status(), paid(author, AccountKind.FINAL)) == ("completed", 5)


def test_a_rejected_fix_sends_the_attempt_back_to_its_author():
    project, (author,) = attempted(reviews=2)
    judged(make_reviewer(project), FIXED)
    fix = Submission.objects.get(fixes__isnull=False)

    judged(make_reviewer(project), REJECTED)

    redo = WorkItem.objects.get(round=2)
    assert (redo.subject, redo.reserved_for) == (fix, author)
    assert Draft.objects.get(work_item=redo).document == DOG


def test_one_rejected_of_two_waits_for_its_redo():
    project, authors = attempted(places=2)
    reviewer = make_reviewer(project)
    judged(reviewer, REJECTED)
    judged(make_reviewer(project))
    assert status() == "pending"
    author = WorkItem.objects.get(round=2).reserved_for
    assert author in authors

    submit(taken(author), response=CAT, key=new_key(), at=NOON)
    judged(reviewer)

    assert (status(), Resolution.objects.get().source) == ("completed", "consensus")
