from datetime import timedelta

import pytest

from core import jsonio
from core.errors import BusinessError
from labeling.amending import amend
from labeling.answers import Findings, latest_response
from labeling.models import Amendment, Assignment, Resolution, Submission
from tests.factories import CAT, DOG, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import ACCEPTED, judged, make_reviewer, submitted, taken

pytestmark = pytest.mark.django_db

SOON = NOON + timedelta(minutes=10)


def handed_in(**terms) -> Assignment:
    project = make_project(**terms)
    make_tasks(project)
    return submitted(make_worker(project))


def test_amend_inserts_a_correction_and_leaves_the_submission():
    assignment = handed_in(reviews=1)

    receipt = amend(assignment, response=DOG, key="key-00001", at=SOON)

    amendment = Amendment.objects.get()
    assert (amendment.number, amendment.response, amendment.checksum) == (1, DOG, jsonio.checksum(DOG))
    assert (receipt["number"], Submission.objects.get().response) == (1, CAT)
    assert latest_response(Submission.objects.get()) == DOG


def test_amend_counts_up_and_a_repeat_changes_nothing():
    assignment = handed_in(reviews=1)

    numbers = [amend(assignment, response=DOG, key=key, at=NOON)["number"] for key in ("key-1", "key-1", "key-2")]

    assert numbers == [1, 1, 2]


def test_amend_is_what_the_reviewer_sees_and_passes():
    assignment = handed_in(reviews=1)
    amend(assignment, response=DOG, key="key-00001", at=NOON)

    judged(make_reviewer(assignment.work_item.task.project), ACCEPTED)

    assert Resolution.objects.get().response == DOG


def test_amend_after_ten_minutes_is_refused():
    assignment = handed_in()

    with pytest.raises(BusinessError) as refused:
        amend(assignment, response=DOG, key="key-00001", at=SOON + timedelta(seconds=1))

    assert refused.value.code == "too_late"


@pytest.mark.parametrize("how", ["begun", "given"])
def test_amend_after_the_review_has_begun_is_refused(how):
    assignment = handed_in(reviews=1)
    reviewer = make_reviewer(assignment.work_item.task.project)
    taken(reviewer) if how == "begun" else judged(reviewer)

    with pytest.raises(BusinessError) as refused:
        amend(assignment, response=DOG, key="key-00001", at=NOON)

    assert (refused.value.code, Amendment.objects.count()) == ("too_late", 0)


def test_amend_before_submitting_is_refused():
    project = make_project()
    make_tasks(project)

    with pytest.raises(BusinessError) as refused:
        amend(taken(make_worker(project)), response=DOG, key="key-00001", at=NOON)

    assert refused.value.code == "not_submitted"


def test_amend_with_findings_writes_nothing():
    assignment = handed_in()

    with pytest.raises(Findings):
        amend(assignment, response={"category": "horse"}, key="key-00001", at=NOON)

    assert Amendment.objects.count() == 0


def test_amend_of_a_task_s_only_answer_is_its_next_version():
    assignment = handed_in()

    amend(assignment, response=DOG, key="key-00001", at=NOON)

    versions = Resolution.objects.order_by("number").values_list("number", "response", "current")
    assert list(versions) == [(0, CAT, False), (1, DOG, True)]


def test_amend_of_one_of_several_answers_is_merged_anew():
    project = make_project(places=3)
    make_tasks(project)
    submitted(make_worker(project), CAT)
    submitted(make_worker(project), DOG)
    last = submitted(make_worker(project), CAT)
    assert Resolution.objects.get().response == CAT

    amend(last, response=DOG, key="key-00001", at=NOON)

    current = Resolution.objects.get(current=True)
    assert (current.number, current.response, current.source) == (1, DOG, "consensus")
