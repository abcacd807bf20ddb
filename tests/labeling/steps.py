"""What many tests of the queue do first; `at` is noon unless it matters."""

from datetime import datetime
from itertools import count

from events.models import Event
from labeling.claiming import claim, reserve
from labeling.models import Assignment
from labeling.reviewing import Judgement, review
from labeling.submitting import submit
from projects.models import EnrollmentRole, Project
from tests.factories import CAT, NOON, make_worker
from workers.models import Worker

REGION = [{"kind": "region", "left": 1, "top": 1, "width": 5, "height": 5}]
REJECTED = Judgement("rejected", None, "wrong_label", "It is a dog.", REGION)
ACCEPTED = Judgement("accepted")

numbers = count(1)


def new_key() -> str:
    return f"key-{next(numbers):08d}"


def make_reviewer(*projects: Project) -> Worker:
    return make_worker(*projects, role=EnrollmentRole.REVIEWER)


def taken(worker: Worker, *, at: datetime = NOON, project: Project | None = None) -> Assignment:
    """What the worker gets, which has to be something."""
    found = claim(worker, at=at, project_id=project.pk if project else None)
    assert isinstance(found, Assignment), found
    return found


def reserved(worker: Worker, *, at: datetime = NOON) -> Assignment:
    found = reserve(worker, at=at)
    assert isinstance(found, Assignment), found
    return found


def submitted(
    worker: Worker, response: dict[str, str] = CAT, *, at: datetime = NOON, project: Project | None = None
) -> Assignment:
    """The worker's next task, taken and handed in."""
    assignment = taken(worker, at=at, project=project)
    submit(assignment, response=response, key=new_key(), at=at)
    assignment.refresh_from_db()
    return assignment


def judged(reviewer: Worker, judgement: Judgement = ACCEPTED, *, at: datetime = NOON) -> Assignment:
    """The reviewer's next review, taken and given."""
    assignment = taken(reviewer, at=at)
    review(assignment, judgement, key=new_key(), at=at)
    assignment.refresh_from_db()
    return assignment


def rejected(project: Project) -> Worker:
    """The author of an answer that was handed in and rejected: a redo waits for them."""
    author = make_worker(project)
    submitted(author)
    judged(make_reviewer(project), REJECTED)
    return author


def new_events() -> list[str]:
    """What was recorded of assignments, in order."""
    found = Event.objects.filter(subject_type="assignment").order_by("pk")
    return list(found.values_list("verb", flat=True))
