"""Callbacks to a real server: what it is sent, what it may do to us, and what is kept of it."""

import hashlib
import hmac
import re
import smtplib
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils.timezone import now

from core.actions import action
from delivery import callbacks, calling, retrying, sweeping
from delivery.models import Attempt, CallbackSettings, Delivery
from delivery.scale_json import tasks_json
from events import sending
from events.models import Event, Outbox
from files import fetching
from labeling import batches, kill_switch, resolving
from labeling.models import ResolutionSource
from projects import creating, readiness
from projects.models import Batch, Task
from tests.delivery.calls import completed, move_clock, note, rows, send_all, states
from tests.delivery.making import add_task, answer, box, make_picture_project, resolve
from tests.delivery.receiver import ERROR, OK, REDIRECT, RESET, SILENCE, receiving
from tests.factories import NOON, OrganizationFactory
from tests.machine import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_picture_project()


def test_a_callback_says_what_the_documentation_says(project, reachable):
    with receiving() as receiver:
        reachable(receiver.port)
        task = completed(project, receiver.url("/done?from=plumbline"))
        assert send_all() == 1

    (got,) = receiver.got
    (task_json,) = tasks_json(Task.objects.filter(pk=task.pk))
    delivery = Delivery.objects.get()
    key = callbacks.key_of(project.organization_id)
    sent_at = got.headers["Plumbline-Signature"].split(",")[0].removeprefix("t=")
    signed = hmac.new(key.encode(), f"{sent_at}.".encode() + got.body, hashlib.sha256).hexdigest()
    assert got.path == "/done?from=plumbline"
    assert got.json["task_id"] == task.public_id
    assert got.json["status"] == "completed"
    assert got.json["response"] == answer(box("a"))
    assert got.json["task"] == {name: value for name, value in task_json.items() if name != "callback_succeeded"} | {
        name: got.json["task"][name] for name in ("completed_at", "updated_at")
    }
    assert got.headers["scale-callback-auth"] == key
    assert got.headers["Plumbline-Signature"] == f"t={sent_at},v1={signed}"
    assert abs(int(sent_at) - time.time()) < 60
    assert got.headers["Plumbline-Delivery"] == delivery.public_id
    assert got.headers["Content-Type"] == "application/json"
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.error, attempt.answer) == (200, "", "we say 200")
    assert task_json["callback_succeeded"] is True
    assert (delivery.state, Outbox.objects.get().state) == ("delivered", "sent")


def test_a_server_in_all_its_moods_gets_each_event_once_and_in_order(project, reachable, monkeypatch):
    monkeypatch.setattr(calling, "TIMEOUT_S", 0.4)
    moods = [ERROR, SILENCE, RESET, REDIRECT]
    with receiving(*moods) as receiver:
        reachable(receiver.port)
        task = completed(project, receiver.url(), label="first")
        completed(project, task=task, label="second")
        other = completed(project, receiver.url(), label="other")
        for _try in range(8):
            send_all()
            move_clock()

    taken = [(one.json["task_id"], one.json["response"]["annotations"][0]["uuid"]) for one in receiver.taken()]
    assert [name for task_id, name in taken if task_id == task.public_id] == ["first", "second"]
    assert (other.public_id, "other") in taken
    assert len(taken) == 3
    assert [one.answer for one in receiver.got if one.answer != OK] == moods
    assert states() == ["delivered"] * 3
    good = Attempt.objects.filter(error="")
    assert sorted(good.values_list("delivery", flat=True)) == sorted(Delivery.objects.values_list("pk", flat=True))
    failed = Attempt.objects.exclude(error="").order_by("pk").values_list("error", "status")
    assert {error for error, _status in failed} == {"cut_off", "fetch_too_slow", "refused"}
    assert {status for _error, status in failed} == {None, 302, 500}


def test_an_address_inside_is_never_asked_and_goes_well_once_it_may(project, settings, reachable):
    with receiving() as receiver:
        settings.FETCH_PORTS, settings.FETCH_PRIVATE_NETWORKS = [receiver.port], []
        completed(project, receiver.url())
        send_all()
        assert (receiver.got, Attempt.objects.get().error) == ([], "address_private")

        reachable(receiver.port)
        move_clock()
        send_all()

    assert (len(receiver.taken()), states()) == (1, ["delivered"])


def test_twenty_retries_take_a_day_and_then_it_is_given_up(project, reachable):
    with receiving(usual=ERROR) as receiver:
        reachable(receiver.port)
        task = completed(project, receiver.url(), label="first")
        completed(project, task=task, label="second")
        waited = timedelta()
        for number in range(21):
            assert "callback_succeeded" not in next(tasks_json(Task.objects.all())), number
            assert send_all() == (1 if number < 20 else 2), number
            outbox = Outbox.objects.order_by("pk")[0]
            waited += max(outbox.next_at - now(), timedelta()) if outbox.state == "waiting" else timedelta()
            move_clock(timedelta(days=1))
        receiver.usual = OK
        send_all()

    assert timedelta(hours=23, minutes=59) < waited < timedelta(hours=24, minutes=1)
    assert states() == ["failed", "delivered"]
    assert [one.json["response"]["annotations"][0]["uuid"] for one in receiver.taken()] == ["second"]
    assert Event.objects.filter(verb="callback_failed").count() == 1


def test_what_was_given_up_is_said_in_the_task(project, reachable):
    with receiving(usual=ERROR) as receiver:
        reachable(receiver.port)
        completed(project, receiver.url())
        for _try in range(21):
            send_all()
            move_clock(timedelta(days=1))

    assert next(tasks_json(Task.objects.all()))["callback_succeeded"] is False


@pytest.mark.parametrize("seed", range(40))
def test_the_waits_are_jittered_and_always_a_day(seed):
    waits = retrying.waits_of(seed)

    assert (len(waits), round(sum(waits, timedelta()).total_seconds())) == (20, 86400)
    assert sum(waits[:5], timedelta()) < timedelta(minutes=20)
    assert max(waits) < timedelta(hours=6)
    assert retrying.waits_of(seed) == waits != retrying.waits_of(seed + 1)


def test_after_a_day_without_senders_all_arrive(project, reachable):
    """Nobody was there to send: the tries are all left."""
    with receiving() as receiver:
        reachable(receiver.port)
        tasks = [completed(project, receiver.url()) for _number in range(5)]
        move_clock(timedelta(days=1))
        assert send_all() == 5

    assert [one.json["task_id"] for one in receiver.taken()] == [task.public_id for task in tasks]


def test_a_server_that_was_down_for_a_day_gets_all(project, reachable):
    with receiving(usual=ERROR) as receiver:
        reachable(receiver.port)
        tasks = [completed(project, receiver.url()) for _number in range(3)]
        begun = now()
        clock = timedelta()
        while clock < timedelta(hours=24):  # each time to the next try that is due
            send_all()
            step = min(row.next_at for row in Outbox.objects.unsent()) - begun
            step = max(step, timedelta(seconds=1))
            clock += step
            if clock >= timedelta(hours=24):
                receiver.usual = OK
            move_clock(step)
        for _step in range(3):
            send_all()
            move_clock()

    assert {one.json["task_id"] for one in receiver.taken()} == {task.public_id for task in tasks}
    assert states() == ["delivered"] * 3


def test_a_sender_that_died_after_its_note_does_not_send_again(project, reachable):
    with receiving() as receiver:
        reachable(receiver.port)
        completed(project, receiver.url())
        row = sweeping.claim_next(at=now())
        calling.send_callback(row)  # and dies before the outbox hears of it
        move_clock(timedelta(minutes=3))
        send_all()

    assert (len(receiver.got), Attempt.objects.count(), Outbox.objects.get().state) == (1, 1, "sent")


def test_a_late_callback_tells_of_its_own_time(project, reachable):
    with receiving() as receiver:
        reachable(receiver.port)
        task = completed(project, receiver.url(), label="then")
        resolve(task, answer(box("now")))
        Task.objects.filter(pk=task.pk).update(status="pending", completed_at=None)
        send_all()

    told = receiver.got[0].json
    assert (told["status"], told["task"]["status"]) == ("completed", "completed")
    assert told["response"]["annotations"][0]["uuid"] == told["task"]["response"]["annotations"][0]["uuid"] == "then"
    assert told["task"]["completed_at"] == "2026-11-23T12:00:00.000Z"


def test_what_a_customer_is_cut_off_from_waits_and_goes_on_after(project, reachable):
    with receiving() as receiver:
        reachable(receiver.port)
        completed(project, receiver.url())
        bystander = make_picture_project("Theirs")
        completed(bystander, receiver.url("/theirs"))
        switch = kill_switch.throw(project.organization, reason="A court order.", by=None, at=now())
        for _day in range(30):
            send_all()
            move_clock(timedelta(days=1))
        assert [one.path for one in receiver.got] == ["/theirs"]
        held = Outbox.objects.unsent().get()
        assert (held.attempts, Attempt.objects.count()) == (0, 1)

        kill_switch.lift(switch, reason="", by=None, at=now())
        move_clock(sending.HELD)
        send_all()

    assert [one.path for one in receiver.got] == ["/theirs", "/"]
    assert states() == ["delivered"] * 2


def test_who_is_cut_off_while_it_connects_is_told_nothing(project, reachable, monkeypatch):
    connect = fetching.Trip.connect

    def connect_slowly(*args):
        kill_switch.throw(project.organization, reason="A court order.", by=None, at=now())
        return connect(*args)

    monkeypatch.setattr(fetching.Trip, "connect", connect_slowly)
    with receiving() as receiver:
        reachable(receiver.port)
        completed(project, receiver.url())
        send_all()

    assert [one.body for one in receiver.got] in ([], [b""])
    assert (Outbox.objects.unsent().get().attempts, Attempt.objects.count()) == (0, 0)


def test_an_e_mail_address_gets_a_mail(project):
    task = completed(project, "results@basalt.example")
    send_all()

    (message,) = mail.outbox
    (attached,) = message.attachments
    assert message.to == ["results@basalt.example"]
    assert attached.filename == f"task.completed-{task.public_id}.json"
    assert task.public_id.encode() in attached.content
    assert states() == ["delivered"]
    assert Attempt.objects.get().status is None


def test_a_mail_that_is_not_taken_is_tried_again(project, monkeypatch):
    def refuse(_message):
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(calling, "post", refuse)
    completed(project, "results@basalt.example")
    send_all()

    assert (states(), Attempt.objects.get().error) == (["waiting"], "mail_refused")


@pytest.mark.parametrize(
    ("own", "of_project", "of_organization", "expected"),
    [
        ("https://a.example", "https://b.example", "https://c.example", "https://a.example"),
        ("", "https://b.example", "https://c.example", "https://b.example"),
        ("", "", "https://c.example", "https://c.example"),
        ("", "", "", None),
    ],
)
def test_the_nearest_address_is_taken(own, of_project, of_organization, expected):
    project = make_picture_project()
    version = project.versions.get()
    version.params |= {"callback_url": of_project}
    version.save()
    CallbackSettings.objects.create(
        organization=project.organization, key="k", address=of_organization, changed_at=NOON
    )

    completed(project, own)

    assert Delivery.objects.values_list("address", flat=True).first() == expected
    assert Outbox.objects.count() == (1 if expected else 0)


def test_an_address_of_any_length_or_kind_never_stops_an_answer(project):
    for odd in ("https://" + "x" * 5000, ["a", "list"], {"a": 1}, "http://[::1", "no address", 17):
        task = add_task(project, params={"callback_url": odd})
        note(task, resolve(task, answer()).number)
    send_all()

    assert states() == ["waiting"] * 6
    assert set(Attempt.objects.values_list("error", flat=True)) <= {
        "address_too_long", "address_unreadable", "address_scheme", "host_unknown",
    }  # fmt: skip


def test_an_answer_of_the_queue_a_fix_and_an_error_are_each_told_once(project, reachable):
    with receiving() as receiver:
        reachable(receiver.port)
        task = add_task(project, params={"callback_url": receiver.url()})
        for label in ("first", "fixed"):
            decide(task, answer(box(label)))
        broken = add_task(project, params={"callback_url": receiver.url()})
        fail(broken)
        send_all()

    said = [
        (one.json["task_id"], one.json["status"], one.json["response"], one.json.get("error")) for one in receiver.got
    ]
    assert said == [
        (task.public_id, "completed", answer(box("first")), None),
        (task.public_id, "completed", answer(box("fixed")), None),
        (broken.public_id, "error", {}, "attachment_broken"),
    ]


def decide(task: Task, response) -> None:
    action(resolving.decide)(
        Task.objects.get(pk=task.pk), response, source=ResolutionSource.AUDIT, submission=None, at=NOON
    )


def fail(task: Task) -> None:
    action(readiness.fail)(task, code="attachment_broken", at=NOON)


def test_a_batch_that_completes_is_told_once(project, reachable):
    with receiving() as receiver:
        reachable(receiver.port)
        batch = creating.create_batch(project, name="Monday", by=None, at=NOON)
        Batch.objects.filter(pk=batch.pk).update(callback=receiver.url("/batch"), metadata={"run": 7})
        task = add_task(project, batch=batch)
        resolve(task, answer())
        assert [batches.complete_batches(at=NOON + timedelta(hours=9)) for _look in range(2)] == [1, 0]
        send_all()

    (got,) = receiver.got
    assert (got.path, got.json["name"], got.json["status"]) == ("/batch", "Monday", "completed")
    assert (got.json["project"], got.json["metadata"]) == (project.name, {"run": 7})
    assert got.json["completed_at"] == "2026-11-23T21:00:00.000Z"


def test_what_is_purged_or_foreign_is_given_up_at_once(project):
    completed(project, "https://example.org/")
    Delivery.objects.update(organization=OrganizationFactory.create().pk)
    send_all()

    assert (states(), Outbox.objects.get().error) == (["failed"], "What it tells of is not kept any more.")


def test_common_mail_is_not_sent_by_the_sender_of_callbacks(project):
    Outbox.objects.create(dedupe_key="x", kind="mail", target="a@example.org", next_at=NOON)

    assert list(rows()) == []


def test_the_guide_shows_how_to_check_a_signature(project, reachable):
    guide = (ROOT / "docs" / "guides" / "api.md").read_text(encoding="utf-8")
    shown: dict[str, Any] = {}
    blocks = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    exec(next(block for block in blocks if "def is_genuine(" in block), shown)
    with receiving() as receiver:
        reachable(receiver.port)
        completed(project, receiver.url())
        send_all()

    (got,) = receiver.got
    key, header = got.headers["scale-callback-auth"], got.headers["Plumbline-Signature"]
    old = f"t=1,v1={header.rpartition('v1=')[2]}"
    verdicts = [
        shown["is_genuine"](header, got.body, key),
        shown["is_genuine"](header, got.body + b" ", key),
        shown["is_genuine"](header, got.body, "another key"),
        shown["is_genuine"](old, got.body, key),
    ]
    assert verdicts == [True, False, False, False]
