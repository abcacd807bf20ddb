"""What a pause and its end reach, and what of other customers, projects and pauses they leave alone."""

from datetime import timedelta

import pytest

from labeling.claiming import Nothing, claim
from labeling.pausing import Order, pause, prolong
from labeling.scopes import Scope
from labeling.stopping import stops_over
from projects.creating import create_batch
from projects.models import Pause
from tests.factories import NOON, make_project, make_tasks, make_worker
from tests.labeling.steps import taken

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)


@pytest.mark.parametrize("wide", ["organization", "project", "batch"])
def test_a_pause_of_another_customer_project_or_batch_stops_nobody_here(wide):
    project, elsewhere = make_project(), make_project()
    beside = make_project(organization=project.organization)
    make_tasks(project)
    worker = make_worker(project)
    other = {
        "organization": elsewhere.organization,
        "project": beside,
        "batch": create_batch(project, name="second", by=None, at=NOON),
    }[wide]

    pause([Scope.of(other)], Order("recall", "data", text_for_workers="Wait."), by=None, at=NOON)

    assignment = taken(worker)
    assert stops_over(assignment, at=NOON) == []


@pytest.mark.parametrize("wide", ["site", "organization", "project", "batch"])
def test_a_pause_of_each_scope_stops_what_is_in_it(wide):
    project = make_project()
    make_tasks(project, 2)
    assignment = taken(make_worker(project))
    own = {"organization": project.organization, "project": project, "batch": assignment.work_item.task.batch}

    made = pause([Scope.of(own.get(wide))], Order("finish", "data", text_for_workers="Wait."), by=None, at=NOON)

    assert [stop.pause for stop in stops_over(assignment, at=NOON)] == made
    assert claim(make_worker(project), at=NOON) is Nothing.EMPTY


def test_prolonging_one_pause_changes_no_other():
    project = make_project()
    orders = [Order("finish", "data", text_for_workers="Wait.", ends_at=ends_at) for ends_at in (None, LATER)]
    mine, other = (pause([Scope.of(project)], order, by=None, at=NOON)[0] for order in orders)

    prolong(mine, ends_at=NOON + timedelta(days=1), by=None, at=NOON)

    ends = [Pause.objects.get(pk=one.pk).ends_at for one in (mine, other)]
    assert ends == [NOON + timedelta(days=1), LATER]
