"""Each reason that an admin may read, reached; and that the claim agrees with it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.assigning import COVERED
from labeling.claiming import claim
from labeling.eligibility import Barrier
from labeling.models import Assignment, LaneCursor, WorkDay, WorkItem
from labeling.returning import skip
from labeling.transferring import transfer
from labeling.why import Answer, Cause, why
from projects.models import (
    Batch,
    BatchGroup,
    BatchStatus,
    Enrollment,
    EnrollmentRole,
    Hold,
    Pause,
    Project,
    RequiredSkill,
    Requirement,
    Task,
)
from tests.factories import NOON, UserFactory, make_project, make_tasks, make_worker, wall_between
from tests.labeling.steps import REJECTED, judged, make_reviewer, submitted, taken
from workers.models import Skill, Worker

pytestmark = pytest.mark.django_db

Asked = tuple[Worker, Project]


def with_task(count: int = 1, **terms) -> Asked:
    project = make_project(**terms)
    make_tasks(project, count)
    return make_worker(project), project


def not_enrolled() -> Asked:
    worker, project = with_task()
    Enrollment.objects.update(state="ended")
    return worker, project


def hold() -> Asked:
    worker, project = with_task()
    Hold.objects.create(
        worker=worker, reason="quality", text="Too fast.", starts_at=NOON, until=NOON + timedelta(days=1)
    )
    return worker, project


def hours() -> Asked:
    worker, project = with_task()
    Worker.objects.update(day_limit_s=3600)
    WorkDay.objects.create(worker=worker, day=NOON.date(), worked_ms=3_600_000)
    return worker, project


def paused() -> Asked:
    worker, project = with_task()
    Pause.objects.create(
        scope="project", project=project, policy="finish", starts_at=NOON, created_at=NOON, reason="data"
    )
    return worker, project


def in_batch(status: str) -> Asked:
    asked = with_task()
    Batch.objects.update(status=status)
    return asked


def not_started() -> Asked:
    return in_batch(BatchStatus.STAGING)


def ended() -> Asked:
    return in_batch(BatchStatus.COMPLETED)


def role() -> Asked:
    _worker, project = with_task()
    return make_reviewer(project), project


def asking_for(kind: str, code: str) -> Asked:
    worker, project = with_task()
    Requirement.objects.create(project=project, kind=kind, code=code)
    return worker, project


def country() -> Asked:
    return asking_for("country", "KE")


def language() -> Asked:
    return asking_for("language", "sw")


def skill() -> Asked:
    worker, project = with_task()
    RequiredSkill.objects.create(project=project, skill=Skill.objects.create(name="Latin", created_at=NOON))
    return worker, project


def wall() -> Asked:
    worker, project = with_task()
    rival = make_project()
    make_tasks(rival)
    wall_between(project, rival, days=90)
    Enrollment.objects.create(worker=worker, project=rival, role="worker", created_at=NOON)
    submitted(worker, project=rival, at=NOON - COVERED)
    return worker, project


def group() -> Asked:
    worker, project = with_task()
    BatchGroup.objects.create(batch=Batch.objects.get(), worker=make_worker(project))
    return worker, project


BARRIERS = [not_enrolled, hold, hours, paused, not_started, ended, role, country, language, skill, wall, group]


@pytest.mark.parametrize("make", BARRIERS, ids=lambda make: make.__name__)
def test_each_barrier_of_a_lane_is_named(make):
    worker, project = make()

    assert reasons(worker, project) == [(Barrier(make.__name__), None)]
    assert not gets(worker, project)


def test_every_barrier_is_reached():
    assert {make.__name__ for make in BARRIERS} == set(Barrier.values)


def preparing() -> Asked:
    worker, project = with_task()
    WorkItem.objects.all().delete()
    Task.objects.update(offered_at=None)
    return worker, project


def task_over() -> Asked:
    worker, project = with_task()
    Task.objects.update(status="canceled")
    WorkItem.objects.update(open=False, places_left=0, places=0)
    return worker, project


def in_hand() -> Asked:
    worker, project = with_task(places=2)
    taken(worker)
    return worker, project


def had_before() -> Asked:
    worker, project = with_task()
    skip(taken(worker), reason="unclear", at=NOON)
    return worker, project


def transferred() -> Asked:
    worker, project = with_task(places=2)
    transfer(taken(worker), to=make_worker(project), by=UserFactory.create(), text="Ill.", at=NOON)
    return worker, project


def other_place() -> Asked:
    """The redo of somebody else's answer, after their time, for who filled the other place of the task."""
    worker, project = with_task(reviews=1, places=2)
    submitted(make_worker(project))
    submitted(worker)
    judged(make_reviewer(project), REJECTED)
    WorkItem.objects.filter(round=2).update(reserved_until=NOON)
    return worker, project


def own_work() -> Asked:
    worker, project = with_task(reviews=1)
    Enrollment.objects.update(role=EnrollmentRole.BOTH)
    submitted(worker)
    return worker, project


def all_done() -> Asked:
    worker, project = with_task()
    submitted(make_worker(project))
    return worker, project


def no_places() -> Asked:
    worker, project = with_task()
    taken(make_worker(project))
    return worker, project


def reserved() -> Asked:
    worker, project = with_task(reviews=1)
    submitted(make_worker(project))
    judged(make_reviewer(project), REJECTED)
    return worker, project


def cap_reached() -> Asked:
    return with_task(price_micros=1_000_000, day_cap_micros=999_999)


def remembered() -> Asked:
    worker, project = with_task()
    lane = WorkItem.objects.get().lane
    LaneCursor.objects.create(worker=worker, lane=lane, empty_version=lane.version)
    return worker, project


def other_task() -> Asked:
    worker, project = with_task()
    other = make_project()
    make_tasks(other)
    Enrollment.objects.create(worker=worker, project=other, role="worker", created_at=NOON)
    taken(worker, project=other)
    return worker, project


CAUSES = [
    preparing, task_over, in_hand, had_before, transferred, other_place, own_work, all_done, no_places, reserved,
    cap_reached, remembered, other_task,
]  # fmt: skip


@pytest.mark.parametrize("make", CAUSES, ids=lambda make: make.__name__)
def test_each_cause_of_an_item_is_named(make):
    worker, project = make()

    assert (None, Cause(make.__name__)) in reasons(worker, project)
    assert not gets(worker, project)


def test_every_cause_is_reached():
    assert {make.__name__ for make in CAUSES} == set(Cause.values)


def test_nothing_stands_in_the_way_of_what_the_claim_gives():
    worker, project = with_task()

    (found,) = why(worker, project.tasks.get(), at=NOON)

    assert (found.is_free, found.until) == (True, None)
    assert gets(worker, project)


def test_a_reservation_is_named_with_its_end():
    worker, project = reserved()

    found = {one.cause: one.until for one in why(worker, project.tasks.get(), at=NOON)}

    assert found[Cause.RESERVED] == NOON + timedelta(hours=24)


def test_the_lane_s_barrier_and_the_item_s_cause_are_both_named():
    worker, project = paused()
    taken_by = make_worker(project)
    Pause.objects.update(starts_at=NOON + timedelta(hours=1))
    taken(taken_by)

    (found,) = why(worker, project.tasks.get(), at=NOON + timedelta(hours=2))

    assert (found.barrier, found.cause) == (Barrier.PAUSED, Cause.NO_PLACES)


def test_an_answer_needs_as_many_queries_for_three_items_as_for_one():
    worker, project = with_task(reviews=1, places=2)
    task = Task.objects.select_related("version__project__organization", "project__current_version").get()
    few = queries(worker, task)
    for _place in range(2):
        submitted(make_worker(project))

    assert (few[0], queries(worker, task)) == (1, (3, few[1]))


def queries(worker: Worker, task: Task) -> tuple[int, int]:
    """How many answers, and how many queries they needed."""
    with CaptureQueriesContext(connection) as captured:
        found = why(worker, task, at=NOON)
    return len(found), len(captured)


def reasons(worker: Worker, project: Project) -> list[tuple[Barrier | None, Cause | None]]:
    found: list[Answer] = why(worker, project.tasks.get(), at=NOON)
    return [(one.barrier, one.cause) for one in found]


def gets(worker: Worker, project: Project) -> bool:
    """Whether a claim hands out something of the project that they have not in hand already."""
    held = set(Assignment.objects.leased().filter(worker=worker).values_list("pk", flat=True))
    found = claim(worker, at=NOON, project_id=project.pk)
    return isinstance(found, Assignment) and found.pk not in held
