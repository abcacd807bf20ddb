"""Work of which the lease is over fills no place beside another part that its worker has in the same task."""

from datetime import timedelta

import pytest

from core.errors import BusinessError
from labeling.claiming import claim
from labeling.expiring import expire_assignments
from labeling.models import Assignment, Draft, Resolution, Submission, WorkItem
from labeling.returning import release, skip
from labeling.reviewing import Judgement, review
from labeling.submitting import submit
from projects.models import EnrollmentRole, Project
from tests.factories import CAT, DOG, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import ACCEPTED, REJECTED, judged, make_reviewer, new_key, submitted, taken
from tests.proof.invariants import check_people, check_places
from workers.models import Worker

pytestmark = pytest.mark.django_db

FIXED = Judgement("fixed", DOG)
# The redos of both answers are their authors' no longer.
NEXT_DAY = NOON + timedelta(hours=24)
LATER = NEXT_DAY + timedelta(hours=5)


def sent_back_twice() -> tuple[Project, list[Worker]]:
    """A task with two places whose answers were both sent back, and their authors."""
    project = make_project(places=2, reviews=1)
    make_tasks(project)
    authors = [make_worker(project), make_worker(project)]
    for author in authors:
        submitted(author)
    for _answer in authors:
        judged(make_reviewer(project), REJECTED)
    return project, authors


def late_and_in_hand() -> tuple[Assignment, Assignment]:
    """A redo whose lease a third worker let end, and the other redo of the task, which they have now."""
    project, _authors = sent_back_twice()
    worker = make_worker(project)
    first = taken(worker, at=NEXT_DAY)
    expire_assignments(at=LATER)
    second = taken(worker, at=LATER)
    assert {first.work_item.round, second.work_item.round} == {2, 3}
    first.refresh_from_db()
    return first, second


def hand_in(assignment: Assignment, response: dict[str, str] = CAT) -> bool:
    receipt = submit(assignment, response=response, key=new_key(), at=LATER)
    assert Submission.objects.get(assignment=assignment).response == response
    return bool(receipt["counted"])


def test_a_late_answer_is_kept_uncounted_while_its_worker_has_another_place_of_the_task_in_hand():
    late, in_hand = late_and_in_hand()

    assert [hand_in(late), hand_in(in_hand)] == [False, True]

    item = WorkItem.objects.get(pk=late.work_item_id)
    assert (item.places_left, item.places_done, item.open) == (1, 0, True)
    check_places()
    check_people()


def test_a_late_answer_is_kept_uncounted_when_its_worker_fills_another_place_of_the_task():
    late, in_hand = late_and_in_hand()

    assert [hand_in(in_hand), hand_in(late)] == [True, False]

    check_people()
    assert taken(make_worker(late.work_item.task.project), at=LATER).work_item == late.work_item
    assert not Resolution.objects.exists()


def test_of_two_late_answers_to_one_task_the_first_counts():
    first, second = late_and_in_hand()
    release(second, at=LATER)

    assert [hand_in(first), hand_in(second)] == [True, False]
    check_people()


def test_a_late_answer_is_kept_uncounted_when_its_worker_has_skipped_another_place_of_the_task():
    late, in_hand = late_and_in_hand()
    skip(in_hand, reason="unclear", at=LATER)

    assert hand_in(late) is False


def test_the_late_redo_of_one_s_own_answer_counts():
    _project, authors = sent_back_twice()
    redos = [taken(author) for author in authors]
    expire_assignments(at=LATER)

    assert [hand_in(redo) for redo in redos] == [True, True]
    check_people()


def one_sent_back() -> tuple[Assignment, Assignment]:
    """Of a task with two answers: its redo, and the review of the other one, both had by one person, both over."""
    project = make_project(places=2, reviews=1)
    make_tasks(project)
    submitted(make_worker(project))
    submitted(make_worker(project))
    judged(make_reviewer(project), REJECTED)
    both = make_worker(project, role=EnrollmentRole.BOTH)
    found = []
    for kind in ("attempt", "review"):
        one = claim(both, at=NEXT_DAY, kind=kind)
        assert isinstance(one, Assignment)
        release(one, at=NEXT_DAY)
        found.append(one)
    return found[0], found[1]


def test_a_late_answer_is_kept_uncounted_while_its_worker_judges_another_answer_to_the_task():
    redo, judging = one_sent_back()
    assert claim(redo.worker, at=LATER, kind="review") == judging

    assert hand_in(redo) is False
    assert review(judging, ACCEPTED, key=new_key(), at=LATER)["counted"] is True
    check_people()


@pytest.mark.parametrize("is_handed_in", [False, True])
def test_a_late_verdict_is_refused_when_its_reviewer_has_a_place_of_the_task_now(is_handed_in):
    redo, late = one_sent_back()
    assert claim(redo.worker, at=LATER, kind="attempt") == redo
    if is_handed_in:
        assert hand_in(redo) is True

    with pytest.raises(BusinessError) as refused:
        review(late, FIXED, key=new_key(), at=LATER)

    assert refused.value.code == "draft_kept"
    assert Draft.objects.get(work_item=late.work_item, worker=late.worker).document == DOG
    check_people()
    assert late.work_item in WorkItem.objects.filter(open=True)
