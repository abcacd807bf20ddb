"""Putting tasks on offer as their files become ready, one by one: the others of the batch are left as they are."""

from datetime import timedelta

import pytest

from labeling.models import Lane, WorkItem
from labeling.offering import offer
from projects.creating import create_batch
from projects.models import Task
from tests.factories import NOON, make_project, make_tasks

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)


def not_yet_offered(count: int, **terms) -> list[Task]:
    """Tasks whose files are still being read."""
    project = make_project(**terms)
    tasks = make_tasks(project, count, batch=create_batch(project, name="files", by=None, at=NOON))
    WorkItem.objects.filter(task__in=tasks).delete()
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(offered_at=None)
    return tasks


def test_offer_opens_the_tasks_that_are_ready_and_no_others():
    ready, waiting = not_yet_offered(2, places=3)
    (of_another,) = not_yet_offered(1)
    before = dict(Lane.objects.values_list("batch", "version"))

    offer([ready], at=LATER)

    offered = {ready.pk: LATER, waiting.pk: None, of_another.pk: None}
    assert dict(Task.objects.values_list("pk", "offered_at")) == offered
    assert list(WorkItem.objects.values_list("task", "places", "places_left", "open")) == [(ready.pk, 3, 3, True)]
    after = dict(Lane.objects.values_list("batch", "version"))
    assert after == before | {ready.batch_id: before[ready.batch_id] + 1}


def test_offer_of_what_is_on_offer_already_changes_nothing():
    """Two files of a task are ready at the same moment: both readings offer it."""
    first, second = not_yet_offered(2)
    offer([first], at=NOON)

    offer([first, second], at=LATER)
    offer([first, second], at=LATER)

    assert dict(Task.objects.values_list("pk", "offered_at")) == {first.pk: NOON, second.pk: LATER}
    assert list(WorkItem.objects.order_by("pk").values_list("task", flat=True)) == [first.pk, second.pk]
