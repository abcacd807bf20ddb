from datetime import timedelta

import pytest

from core.errors import BusinessError
from labeling.drafting import DraftConflict, keep_as_draft, save_draft
from labeling.expiring import expire_assignments
from labeling.models import Assignment, Draft, Resolution
from labeling.returning import skip
from labeling.submitting import submit
from projects.models import PausePolicy
from tests.factories import CAT, DOG, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import submitted, taken
from tests.labeling.test_submitting import stop

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)


def working(**terms) -> Assignment:
    project = make_project(**terms)
    make_tasks(project)
    return taken(make_worker(project))


def stored() -> list[tuple[int, object]]:
    return list(Draft.objects.order_by("pk").values_list("revision", "document"))


def test_save_draft_counts_its_revisions():
    assignment = working()

    first = save_draft(assignment, revision=0, document=CAT, at=NOON)
    second = save_draft(assignment, revision=1, document=DOG, at=LATER)

    assert (first.revision, second.revision, second.saved_at) == (1, 2, LATER)
    assert stored() == [(2, DOG)]


@pytest.mark.parametrize("revision", [0, 1, 3])
def test_save_draft_from_another_revision_is_a_conflict_that_shows_the_stored_one(revision):
    assignment = working()
    save_draft(assignment, revision=0, document=CAT, at=NOON)
    save_draft(assignment, revision=1, document=CAT, at=NOON)

    with pytest.raises(DraftConflict) as conflict:
        save_draft(assignment, revision=revision, document=DOG, at=NOON)

    assert conflict.value.draft == Draft.objects.get()
    assert stored() == [(2, CAT)]


def test_save_draft_after_a_revision_that_never_was_is_a_conflict():
    with pytest.raises(DraftConflict) as conflict:
        save_draft(working(), revision=4, document=CAT, at=NOON)

    assert conflict.value.draft is None


def test_save_draft_is_accepted_while_paused_and_after_the_lease():
    assignment = working()
    stop(assignment.work_item.task.project, PausePolicy.RECALL)

    save_draft(assignment, revision=0, document=CAT, at=NOON)
    expire_assignments(at=LATER)
    save_draft(assignment, revision=1, document=DOG, at=LATER)

    assert stored() == [(2, DOG)]


def test_save_draft_is_accepted_after_others_completed_the_work():
    assignment = working()
    save_draft(assignment, revision=0, document=CAT, at=NOON)
    expire_assignments(at=LATER)
    submitted(make_worker(assignment.work_item.task.project), DOG, at=LATER)

    save_draft(assignment, revision=1, document=CAT, at=LATER)
    receipt = submit(assignment, response=CAT, key="key-00000", at=LATER)

    assert (receipt["state"], stored(), Resolution.objects.get().response) == ("kept", [], DOG)


@pytest.mark.parametrize("how", ["submit", "skip"])
def test_save_draft_of_ended_work_is_refused(how):
    assignment = working()
    if how == "submit":
        submit(assignment, response=CAT, key="key-00000", at=NOON)
    else:
        skip(assignment, reason="unclear", at=NOON)

    with pytest.raises(BusinessError) as refused:
        save_draft(assignment, revision=0, document=CAT, at=NOON)

    assert (refused.value.code, stored()) == ("already_submitted", [])


def test_draft_is_there_when_its_worker_comes_back():
    assignment = working()
    save_draft(assignment, revision=0, document=CAT, at=NOON)
    expire_assignments(at=LATER)

    again = taken(assignment.worker, at=LATER)

    assert (again, stored()) == (assignment, [(1, CAT)])


def test_keep_as_draft_writes_over_what_was_there_but_not_twice():
    assignment = working()
    save_draft(assignment, revision=0, document=CAT, at=NOON)

    keep_as_draft(assignment, document=DOG, at=LATER)
    keep_as_draft(assignment, document=DOG, at=LATER)

    assert stored() == [(2, DOG)]


def test_writing_a_draft_leaves_those_of_others_and_of_other_work():
    project = make_project(places=2)
    make_tasks(project, 2)
    worker, other = make_worker(project), make_worker(project)
    elsewhere, assignment = submitted(worker).work_item, taken(worker)
    Draft.objects.create(work_item=elsewhere, worker=worker, revision=1, document=CAT, saved_at=NOON)
    Draft.objects.create(work_item=assignment.work_item, worker=other, revision=1, document=CAT, saved_at=NOON)

    save_draft(assignment, revision=0, document=CAT, at=NOON)
    save_draft(assignment, revision=1, document=DOG, at=NOON)
    keep_as_draft(assignment, document={}, at=NOON)

    assert stored() == [(1, CAT), (1, CAT), (3, {})]
