import socket
import time
from datetime import timedelta

import pytest
from django.db import transaction
from kombu import pools

from accounts.models import User
from config.celery import app
from events import running, telling, waking
from events.live import channel
from events.models import Job, Outbox
from tests.factories import NOON, UserFactory


@pytest.fixture(autouse=True)
def fresh_breaker(monkeypatch):
    monkeypatch.setattr(waking, "breaker", waking.Breaker())
    monkeypatch.setattr(waking, "live_breaker", waking.Breaker())


@pytest.fixture
def published(monkeypatch):
    found = []
    monkeypatch.setattr(waking, "publish", lambda name, args: found.append((name, args)))
    return found


@pytest.fixture
def closed_port():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield unused.getsockname()[1]


@pytest.fixture
def broker_down(closed_port, monkeypatch):
    """The port is bound and nobody listens on it; what earlier tests met is forgotten."""
    monkeypatch.setattr(waking, "breaker", waking.Breaker())
    monkeypatch.setattr(app.conf, "broker_write_url", f"redis://127.0.0.1:{closed_port}/0")
    yield
    pools.reset()


def messages_in_queue():
    with app.connection_for_read() as link:
        queue = link.SimpleQueue("celery")
        found = []
        while queue.qsize():
            message = queue.get(block=False)
            message.ack()
            found.append((message.headers["task"], tuple(message.payload[0])))
        queue.close()
        return found


def test_publish_puts_a_message_into_the_broker():
    messages_in_queue()
    assert waking.publish("events.jobs.run_job", (7,))
    assert messages_in_queue() == [("events.jobs.run_job", (7,))]


@pytest.mark.django_db(transaction=True)
def test_wake_up_comes_after_the_commit_and_once_for_many_rows(published):
    users = [UserFactory.create().pk for _number in range(3)]
    with transaction.atomic():
        telling.tell(users, code="x", params={}, dedupe_key="1", at=NOON, mail=True)
        telling.tell(users, code="x", params={}, dedupe_key="2", at=NOON, mail=True)
        assert published == []

    assert published == [("events.jobs.sweep_outbox", ())]


@pytest.mark.django_db(transaction=True)
def test_nobody_is_woken_by_what_is_undone(published):
    user = UserFactory.create()
    with transaction.atomic():
        running.start_job("x", organization=None, by=user, at=NOON)
        transaction.set_rollback(True)

    assert published == []


@pytest.mark.django_db(transaction=True)
def test_broker_that_is_down_neither_raises_nor_slows_nor_loses(broker_down):
    user = UserFactory.create()
    began = time.monotonic()
    for number in range(20):
        with transaction.atomic():
            running.start_job("x", organization=None, by=user, at=NOON)
            telling.tell([user.pk], code="x", params={}, dedupe_key=f"{number}", at=NOON, mail=True)
    took_s = time.monotonic() - began

    assert (User.objects.count(), Job.objects.count(), Outbox.objects.count()) == (1, 20, 20)
    assert Outbox.objects.due(at=NOON).count() == 20
    assert Job.objects.stalled(before=NOON + timedelta(seconds=1)).count() == 20
    assert took_s < 5
    assert waking.breaker.is_open()


@pytest.mark.django_db(transaction=True)
def test_pages_are_called_after_the_commit_and_once(monkeypatch):
    calls = []
    monkeypatch.setattr(channel, "call", lambda: calls.append(1))
    users = [UserFactory.create().pk for _number in range(3)]
    with transaction.atomic():
        telling.tell(users, code="x", params={}, dedupe_key="1", at=NOON, mail=False)
        telling.tell(users, code="x", params={}, dedupe_key="2", at=NOON, mail=False)
        assert calls == []

    assert calls == [1]


@pytest.mark.django_db(transaction=True)
def test_pages_that_cannot_be_called_slow_nobody_down(closed_port, settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{closed_port}/0"
    user = UserFactory.create()
    began = time.monotonic()
    for number in range(20):
        with transaction.atomic():
            telling.tell([user.pk], code="x", params={}, dedupe_key=f"{number}", at=NOON, mail=False)

    assert time.monotonic() - began < 3
    assert waking.live_breaker.is_open()
    assert not waking.breaker.is_open()


def test_after_a_failure_nobody_tries_for_a_while(broker_down, monkeypatch):
    assert not waking.publish("events.jobs.run_job", (1,))
    monkeypatch.setattr(app, "send_task", pytest.fail)
    assert not waking.publish("events.jobs.run_job", (1,))


def test_a_broker_that_never_answers_is_given_up_within_seconds(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(app.conf, "broker_write_url", f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        began = time.monotonic()
        assert not waking.publish("events.jobs.run_job", (1,))
        assert time.monotonic() - began < 4
    pools.reset()
