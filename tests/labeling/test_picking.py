"""What a claim finds in a lane when a spend cap has refused the first of it."""

import pytest

from labeling.models import WorkItem
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
