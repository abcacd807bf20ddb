"""A pause and its end concern what is in their scope; the same work of another customer stands as it was."""

from datetime import datetime, timedelta

import pytest

from events.models import Notice
from labeling import recalling
from labeling.expiring import KEPT_FOR_HOLDER
from labeling.models import Assignment, AssignmentStatus, Draft, Lane, WorkItem
from labeling.pausing import Order, pause
from labeling.recalling import RETURNED_FIRST, offer_returned_first, recall_chunk, shorten_chunk
from labeling.resuming import resume
from labeling.scopes import Scope
from projects.models import Pause, Project
from tests.factories import CAT, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import taken
from workers.models import Worker

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)
RECALL = Order("recall", "data", text_for_workers="New data comes.")
GRACE_LENGTH = timedelta(minutes=10)
GRACE = Order("grace", "data", GRACE_LENGTH, text_for_workers="New data comes.")


def draft(worker: Worker, item: WorkItem) -> Draft:
    return Draft.objects.create(work_item=item, worker=worker, revision=1, document=CAT, saved_at=NOON)


def held_in(project: Project, count: int = 1) -> list[Assignment]:
    make_tasks(project, count)
    return [taken(make_worker(project)) for _n in range(count)]


def stop(project: Project, order: Order = RECALL) -> Pause:
    (one,) = pause([Scope.of(project)], order, by=None, at=NOON)
    return one


def leases() -> dict[Assignment, tuple[str, datetime]]:
    return {one: (one.status, one.lease_expires_at) for one in Assignment.objects.all()}


@pytest.mark.parametrize("policy", [RECALL, GRACE], ids=["recall", "grace"])
def test_work_in_hand_elsewhere_stays_in_hand_when_a_pause_is_applied_chunk_by_chunk(policy, monkeypatch):
    monkeypatch.setattr(recalling, "CHUNK", 2)
    project, other = make_project(), make_project()
    inside, outside = held_in(project, 3), held_in(other)
    one = stop(project, policy)

    changed = [recall_chunk(one, at=NOON) if policy is RECALL else shorten_chunk(one) for _n in range(3)]

    in_hand = (AssignmentStatus.ACTIVE, NOON + timedelta(minutes=30))
    concerned = (AssignmentStatus.ACTIVE, NOON + GRACE_LENGTH)
    if policy is RECALL:
        concerned = (AssignmentStatus.RECALLED, NOON + timedelta(minutes=30))
    assert changed == [2, 1, 0]
    assert leases() == dict.fromkeys(inside, concerned) | dict.fromkeys(outside, in_hand)


def test_the_end_of_one_pause_sets_no_time_for_what_another_has_recalled():
    project, other = make_project(), make_project()
    pauses = []
    for where in (project, other):
        held_in(where)
        pauses.append(stop(where))
        recall_chunk(pauses[-1], at=NOON)
    for one in pauses:
        resume(one, by=None, at=LATER)

    assert offer_returned_first(Scope.of(project), at=LATER) == 1

    assert dict(WorkItem.objects.values_list("task__project", "reserved_until")) == {
        project.pk: LATER + RETURNED_FIRST,
        other.pk: NOON + KEPT_FOR_HOLDER,
    }


def test_recalled_work_alone_is_kept_for_its_holder():
    project = make_project()
    (held,) = held_in(project)
    (free,) = make_tasks(project)

    recall_chunk(stop(project), at=NOON)

    kept = dict(WorkItem.objects.values_list("task", "reserved_for"))
    assert kept == {held.work_item.task_id: held.worker_id, free.pk: None}


def test_after_a_pause_its_recalled_work_is_offered_chunk_by_chunk_and_nothing_else(monkeypatch):
    """A redo keeps the time it has, and what was withdrawn while the pause stood stays withdrawn."""
    monkeypatch.setattr(recalling, "CHUNK", 2)
    project = make_project()
    tasks = [held.work_item.task_id for held in held_in(project, 4)]
    one = stop(project)
    while recall_chunk(one, at=NOON):
        pass
    resume(one, by=None, at=LATER)
    (redo,) = make_tasks(project)
    author = make_worker(project)
    redo.work_items.update(reserved_for=author, reserved_until=LATER + timedelta(days=1))
    WorkItem.objects.filter(task=tasks[0]).update(open=False, places=0, places_left=0)

    assert [offer_returned_first(Scope.of(project), at=LATER) for _n in range(3)] == [2, 1, 0]

    assert dict(WorkItem.objects.values_list("task", "reserved_until")) == {
        tasks[0]: NOON + KEPT_FOR_HOLDER,
        **dict.fromkeys(tasks[1:], LATER + RETURNED_FIRST),
        redo.pk: LATER + timedelta(days=1),
    }


def test_a_pause_and_its_end_tell_nobody_and_open_nothing_outside():
    project, other = make_project(), make_project()
    (inside,), (outside,) = held_in(project), held_in(other)
    drafter = make_worker()
    draft(drafter, outside.work_item)
    before = dict(Lane.objects.values_list("project", "version"))

    resume(stop(project), by=None, at=NOON)

    told = Notice.objects.order_by("pk").values_list("user", "code")
    assert list(told) == [(inside.worker.user_id, "paused_recall"), (inside.worker.user_id, "resumed")]
    assert dict(Lane.objects.values_list("project", "version")) == before | {project.pk: before[project.pk] + 1}
