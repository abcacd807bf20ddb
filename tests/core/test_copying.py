import pytest
from django.db import IntegrityError, transaction

from core import copying
from events.models import Event
from projects.models import Task, TaskContent, TaskTag
from tests.factories import NOON, make_project, make_tasks

pytestmark = pytest.mark.django_db

HARD = {"text": 'tab\t, line\n, \\N, \\., "quoted", ü, 🙂', "number": 1.5, "none": None, "list": [True, {}]}


def values() -> dict[str, object]:
    return {"at": NOON, "actor_kind": "site", "verb": "task_created", "subject_type": "task"}


def test_insert_keeps_every_value_and_fills_in_defaults():
    copying.insert(Event, ["subject_id", "data", "at"], [("a\\b\t", HARD, NOON), ("", {}, NOON)], **values())

    first, second = Event.objects.order_by("pk")
    assert (first.subject_id, first.data, first.at, first.seq, first.hash) == ("a\\b\t", HARD, NOON, None, "")
    assert (second.subject_id, second.data, second.verb) == ("", {}, "task_created")


def test_insert_of_nothing_writes_nothing():
    copying.insert(Event, ["subject_id"], [], **values())

    assert not Event.objects.exists()


def test_new_keys_are_ascending_and_nobody_gets_them_again():
    (task,) = make_tasks(make_project())

    keys = copying.new_keys(TaskTag, 3)
    copying.insert(TaskTag, ["id", "tag"], [(key, f"tag {key}") for key in keys], task=task.pk)
    later = TaskTag.objects.create(task=task, tag="later")

    assert keys == sorted(set(keys))
    assert sorted(TaskTag.objects.values_list("pk", flat=True)) == [*keys, later.pk]


def test_insert_raises_what_an_insert_raises():
    (task,) = make_tasks(make_project())

    with pytest.raises(IntegrityError), transaction.atomic():
        copying.insert(TaskContent, ["task"], [(task.pk,)])

    assert Task.objects.get() == task
