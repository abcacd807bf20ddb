"""What a claim finds in a lane, and how the database looks for it."""

import re

import pytest

from labeling.models import StageKind, WorkItem
from labeling.picking import free_items
from labeling.pipeline import first_step
from projects.creating import Terms, write_version
from tests.factories import CATEGORIES, NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import REJECTED, judged, make_reviewer, submitted, taken

pytestmark = pytest.mark.django_db

PRICE = 1_000_000


def test_a_redo_is_found_behind_tasks_that_cost_too_much_whatever_its_version_costs():
    project = make_project(price_micros=3 * PRICE, total_cap_micros=3 * PRICE, reviews=1)
    make_tasks(project, 2)
    submitted(make_worker(project))
    judged(make_reviewer(project), REJECTED)
    redo = WorkItem.objects.get(round=2)
    WorkItem.objects.filter(pk=redo.pk).update(reserved_until=NOON)
    steps = [first_step(), {"kind": "review"}]
    cheaper = Terms(params=CATEGORIES, price_micros=PRICE, total_cap_micros=3 * PRICE, pipeline=steps)
    write_version(project, cheaper, number=1, by=None, at=NOON)

    assert taken(make_worker(project)).work_item == redo


@pytest.mark.parametrize("kind", StageKind.values)
def test_one_s_own_work_is_looked_up_for_each_item_and_never_read_as_a_whole(kind: str):
    project = make_project(reviews=1)
    make_tasks(project, 2)
    worker = make_worker(project)
    item = taken(worker).work_item

    plan = free_items(worker.pk, item.lane_id, kind, affordable=None, at=NOON).order_by("position")[:1].explain()

    of_the_items = re.split(r"\n\s*SubPlan \d", plan)[0]
    assert re.search("Join|Loop", of_the_items) is None
    assert "hashed" not in plan
