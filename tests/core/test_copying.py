import pytest
from django.db import DatabaseError, IntegrityError, transaction

from core import copying
from core.gate import is_postgres
from events.models import Event
from projects.models import Task, TaskContent, TaskTag
from tests.factories import NOON, make_project, make_tasks

pytestmark = pytest.mark.django_db

HARD = {"text": 'tab\t, line\n, \\N, \\., "quoted", ü, 🙂', "number": 1.5, "none": None, "list": [True, {}]}


def values() -> dict[str, object]:
    return {"at": NOON, "actor_kind": "site", "verb": "task_created", "subject_type": "task"}


def test_insert_keeps_every_value_and_fills_in_defaults():
    copying.insert(Event, {"subject_id": ["a\\b\t", ""], "data": [HARD, {}], "at": [NOON, NOON]}, **values())

    first, second = Event.objects.order_by("pk")
    assert (first.subject_id, first.data, first.at, first.seq, first.hash) == ("a\\b\t", HARD, NOON, None, "")
    assert (second.subject_id, second.data, second.verb) == ("", {}, "task_created")


@pytest.mark.parametrize("text", ["\\", "\\N", "\\.", "\\t", "a\tb", "a\nb", "a\r\nb", "\x7f\x1b", "é🙂\u2028", ""])
def test_insert_keeps_what_copy_has_a_meaning_for(text):
    copying.insert(Event, {"subject_id": [text], "data": [{text: text}]}, **{**values(), "request_id": text})

    event = Event.objects.get()
    assert (event.subject_id, event.request_id, event.data) == (text, text, {text: text})


def test_insert_takes_no_kind_of_value_that_it_does_not_know():
    with pytest.raises(TypeError if is_postgres() else DatabaseError), transaction.atomic():
        copying.insert(Event, {"subject_id": [object(), object()]}, **values())


def test_insert_takes_more_rows_than_go_out_at_once():
    ids = [str(number) for number in range(copying.PIECE + 1)]

    copying.insert(Event, {"subject_id": ids}, **values())

    assert list(Event.objects.order_by("pk").values_list("subject_id", flat=True)) == ids


def test_insert_of_nothing_writes_nothing():
    copying.insert(Event, copying.columns(["subject_id", "data"], []), **values())

    assert not Event.objects.exists()


def test_new_keys_are_ascending_and_nobody_gets_them_again():
    (task,) = make_tasks(make_project())

    keys = copying.new_keys(TaskTag, 3)
    copying.insert(TaskTag, {"id": keys, "tag": [f"tag {key}" for key in keys]}, task=task.pk)
    later = TaskTag.objects.create(task=task, tag="later")

    assert keys == sorted(set(keys))
    assert sorted(TaskTag.objects.values_list("pk", flat=True)) == [*keys, later.pk]


def test_insert_raises_what_an_insert_raises():
    (task,) = make_tasks(make_project())

    with pytest.raises(IntegrityError), transaction.atomic():
        copying.insert(TaskContent, {"task": [task.pk]})

    assert Task.objects.get() == task
