"""Webhooks: what is told of, from when on, and in which mode."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from accounts.models import Mode
from core.actions import action
from delivery import exporting, following, webhooks
from delivery.models import Delivery
from events import recording, running, sealing
from events.models import Event
from labeling import pausing, resuming
from labeling.scopes import Scope
from projects import readiness
from projects.models import PausePolicy, PauseReason, Project, Task
from tests.delivery.calls import send_all
from tests.delivery.making import add_task, make_picture_project
from tests.delivery.receiver import receiving
from tests.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db
KINDS = ["task.errored", "project.paused", "project.resumed", "export.ready"]


@pytest.fixture
def project():
    return make_picture_project()


def webhook_of(project: Project, address: str = "https://basalt.example/", **changes):
    given = {"address": address, "kinds": KINDS, "mode": Mode.LIVE, "by": None, "at": NOON}
    return webhooks.start_webhook(project.organization, **(given | changes))


def follow() -> int:
    sealing.seal()
    return following.follow(at=now())


@action
def fail(task: Task) -> None:
    readiness.fail(task, code="attachment_broken", at=NOON)


def pause(project: Project):
    order = pausing.Order(PausePolicy.FINISH, PauseReason.DATA, text_for_workers="Wait.")
    (one,) = pausing.pause([Scope.of(project)], order, by=None, at=now())
    return one


def test_each_kind_that_was_asked_for_is_told_of_by_name(project, reachable):
    with receiving() as receiver:
        reachable(receiver.port)
        webhook_of(project, receiver.url())
        task = add_task(project, unique_id="u-1")
        fail(task)
        one = pause(project)
        resuming.resume(one, by=None, at=now())
        job = exporting.start_export(project, format_code="scale_jsonl", by=UserFactory.create(), at=now())
        running.run(job.pk)
        assert [follow(), follow()] == [4, 0]
        send_all()

    name = project.name
    assert [(got.json["event"], got.json["data"]) for got in receiver.got] == [
        ("task.errored", {"task_id": task.public_id, "project": name, "unique_id": "u-1"}),
        ("project.paused", {"scope": "project", "project": name}),
        ("project.resumed", {"scope": "project", "project": name}),
        ("export.ready", {"export_id": job.public_id, "format": "scale_jsonl", "project": name}),
    ]
    numbers = [got.json["number"] for got in receiver.got]
    assert numbers == sorted(numbers)
    assert [got.json["is_test"] for got in receiver.got] == [False] * 4
    assert all("Plumbline-Signature" in got.headers for got in receiver.got)


def test_what_happened_before_is_not_told_of(project):
    fail(add_task(project))
    sealing.seal()
    webhook_of(project)

    assert follow() == 0


def test_the_other_mode_another_kind_and_another_customer_are_left_out(project):
    webhook_of(project, kinds=["batch.completed"])
    webhook_of(project, mode=Mode.TEST)
    webhook_of(make_picture_project("Theirs"))
    fail(add_task(project))

    assert follow() == 0


def test_a_test_webhook_hears_of_test_tasks(project):
    webhook_of(project, mode=Mode.TEST)
    task = add_task(project)
    Task.objects.filter(pk=task.pk).update(mode=Mode.TEST)
    fail(task)

    assert (follow(), Delivery.objects.get().mode) == (1, "test")


def test_the_webhook_of_a_task_does_not_speak_for_its_callback(project, reachable):
    with receiving() as receiver:
        reachable(receiver.port)
        webhook_of(project, receiver.url())
        task = add_task(project)
        fail(task)
        follow()
        send_all()

    assert (len(receiver.taken()), Task.objects.get(pk=task.pk).callback_succeeded) == (1, None)


def test_an_ended_webhook_hears_no_more(project):
    webhook = webhook_of(project)
    fail(add_task(project))
    follow()
    webhooks.end_webhook(webhook, by=recording.by_site(), at=now())
    webhooks.end_webhook(webhook, by=recording.by_site(), at=now())
    fail(add_task(project))
    follow()
    send_all()

    assert list(Delivery.objects.values_list("state", flat=True)) == ["failed"]
    assert Event.objects.filter(verb="webhook_ended").count() == 1


def test_what_one_look_does_not_reach_the_next_one_does(project, monkeypatch):
    monkeypatch.setattr(following, "EVENTS_AT_ONCE", 2)
    webhook_of(project)
    for _number in range(3):
        fail(add_task(project))
    sealing.seal()
    found = [following.follow(at=now() + timedelta(seconds=number)) for number in range(6)]

    assert (sum(found), found[-1]) == (3, 0)
