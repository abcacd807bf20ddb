"""Lanes without anything open are passed over, until something opens in them."""

from datetime import timedelta

import pytest

from labeling import lanes
from labeling.claiming import Nothing, claim
from labeling.expiring import expire_assignments
from labeling.lanes import close_idle_lanes
from labeling.models import Lane
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import REJECTED, judged, make_reviewer, submitted, taken

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)


def open_lanes() -> list[int]:
    return list(Lane.objects.filter(maybe_open=True).order_by("pk").values_list("stage", flat=True))


def test_a_lane_without_open_items_is_closed_and_others_are_not():
    idle, busy = make_project(), make_project(places=2)
    for project in (idle, busy):
        make_tasks(project)
    worker = make_worker(idle, busy)
    taken(worker, project=idle)
    submitted(make_worker(busy))

    assert close_idle_lanes() == 1
    assert list(Lane.objects.filter(maybe_open=True).values_list("project", flat=True)) == [busy.pk]
    assert close_idle_lanes() == 0


def test_lanes_are_closed_a_chunk_at_a_time(monkeypatch):
    monkeypatch.setattr(lanes, "CHUNK", 2)
    for _n in range(3):
        project = make_project()
        make_tasks(project)
        submitted(make_worker(project))

    assert [close_idle_lanes() for _n in range(3)] == [2, 1, 0]


def test_an_expired_lease_opens_its_lane_again():
    project = make_project()
    make_tasks(project)
    taken(make_worker(project))
    close_idle_lanes()
    other = make_worker(project)
    assert claim(other, at=NOON) is Nothing.EMPTY

    expire_assignments(at=LATER)

    assert taken(other, at=LATER).work_item.task.project == project


def test_new_tasks_reviews_and_redos_open_their_lanes():
    project = make_project(reviews=1)
    author = make_worker(project)
    make_tasks(project)
    submitted(author)
    close_idle_lanes()
    assert open_lanes() == [1]
    judged(make_reviewer(project), REJECTED)
    close_idle_lanes()
    assert open_lanes() == [0]
    submitted(author)
    close_idle_lanes()
    assert open_lanes() == [1]
    make_tasks(project)
    assert open_lanes() == [0, 1]


def test_a_lane_knows_its_project_and_customer():
    project = make_project()
    make_tasks(project)

    assert list(Lane.objects.values_list("project", "organization")) == [(project.pk, project.organization_id)]
