from datetime import timedelta

import pytest

from accounts.models import Organization
from events.models import Notice
from labeling.models import Assignment, AssignmentStatus, Draft, WorkItem
from labeling.previewing import preview
from labeling.recalling import recall_chunk
from labeling.scopes import Scope
from projects.creating import create_batch
from projects.models import Batch, PausePolicy, Project
from tests.factories import CAT, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import make_reviewer, reserved, submitted, taken
from tests.labeling.stops import stop
from workers.models import Worker

pytestmark = pytest.mark.django_db


def draft(worker: Worker, item: WorkItem) -> Draft:
    return Draft.objects.create(work_item=item, worker=worker, revision=1, document=CAT, saved_at=NOON)


def busy_project() -> tuple[Project, Assignment]:
    """Two attempts and a review in hand, a task reserved ahead, three drafts; and one of the attempts.

    Of the drafts one is its worker's who holds that task, one of somebody who holds another task, and one of somebody
    who holds nothing, on the task that the first one holds.
    """
    project = make_project(reviews=1, places=2)
    make_tasks(project, 3)
    author, holder, idle = make_worker(project), make_worker(project), make_worker(project)
    submitted(author)
    submitted(holder)
    held = taken(holder)
    taken(author, at=NOON + timedelta(minutes=5))
    reserved(holder)
    taken(make_reviewer(project))
    draft(holder, held.work_item)
    draft(idle, held.work_item)
    draft(author, WorkItem.objects.filter(task__project=project, kind="attempt").latest("pk"))
    return project, held


def scopes(project: Project) -> dict[str, Organization | Project | Batch]:
    return {"organization": project.organization, "project": project, "batch": project.batches.get()}


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


@pytest.mark.parametrize("wide", ["organization", "project", "batch"])
def test_preview_counts_what_is_in_the_scope_and_nothing_else(wide):
    project, _held = busy_project()
    busy_project()

    counts = preview(Scope.of(scopes(project)[wide]), at=NOON)

    assert counts.counts() == {
        "people": 4,
        "in_hand": 3,
        "attempts_in_hand": 2,
        "reviews_in_hand": 1,
        "drafts_without_lease": 2,
        "open_places": 2,
        "batches": 1,
        "projects": 1,
    }
    assert counts.last_lease_at == NOON + timedelta(minutes=35)
    assert counts.worker_ids == set(project.enrollments.values_list("worker", flat=True))


def test_preview_of_the_site_counts_everybody():
    for _n in range(2):
        busy_project()

    counts = preview(Scope.of(None), at=NOON)

    assert (counts.people, counts.in_hand, counts.drafts_without_lease, counts.open_places) == (8, 6, 4, 4)


@pytest.mark.parametrize(
    ("wide", "batches", "projects", "people"),
    [("site", 5, 3, 3), ("organization", 4, 2, 2), ("project", 3, 1, 1), ("batch", 1, 1, 1)],
)
def test_preview_counts_only_the_batches_projects_and_people_of_the_scope(wide, batches, projects, people):
    project = make_project()
    beside, elsewhere = make_project(organization=project.organization), make_project()
    batch = create_batch(project, name="second", by=None, at=NOON)
    create_batch(project, name="third", by=None, at=NOON)
    for one in (project, beside, elsewhere):
        make_worker(one)
    subject = {"site": None, "organization": project.organization, "project": project, "batch": batch}[wide]

    found = preview(Scope.of(subject), at=NOON)

    assert (found.batches, found.projects, found.people) == (batches, projects, people)


def test_reviews_that_go_on_are_neither_counted_nor_recalled():
    project, held = busy_project()
    review = Assignment.objects.get(work_item__kind="review", status=AssignmentStatus.ACTIVE)

    counts = preview(Scope.of(project), reviews_go_on=True, at=NOON)
    (one,) = stop(project, policy=PausePolicy.RECALL, reviews_go_on=True)
    recall_chunk(one, at=NOON)

    held.refresh_from_db()
    review.refresh_from_db()
    assert (counts.attempts_in_hand, counts.reviews_in_hand) == (2, 0)
    assert (held.status, review.status) == (AssignmentStatus.RECALLED, AssignmentStatus.ACTIVE)
