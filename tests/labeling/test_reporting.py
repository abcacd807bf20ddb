"""A worker says that a task is broken, and a person decides."""

import pytest

from labeling.models import AssignmentStatus, WorkItem
from labeling.reporting import decide
from labeling.returning import report
from projects.models import Task, TaskStatus
from tests.factories import NOON, UserFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import taken

pytestmark = pytest.mark.django_db


def test_a_confirmed_report_ends_its_own_task_and_no_other():
    project = make_project(places=2)
    broken, sound = make_tasks(project, 2)
    mine, beside, elsewhere = (taken(make_worker(project)) for _n in range(3))
    reported = report(mine, reason="broken", at=NOON)
    assert (beside.work_item.task, elsewhere.work_item.task) == (broken, sound)

    decide(reported, confirmed=True, by=UserFactory.create(), at=NOON)

    beside.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (beside.status, elsewhere.status) == (AssignmentStatus.RECALLED, AssignmentStatus.ACTIVE)
    tasks = dict(Task.objects.values_list("pk", "status"))
    assert tasks == {broken.pk: TaskStatus.ERROR, sound.pk: TaskStatus.PENDING}
    assert dict(WorkItem.objects.values_list("task", "open")) == {broken.pk: False, sound.pk: True}
