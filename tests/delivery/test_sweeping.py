"""The threads that send: what hangs holds up nothing else, and a host has few of them."""

import threading
import time
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.core import mail
from django.utils.timezone import now

from delivery import calling, jobs, sweeping
from events.jobs import sweep_outbox
from events.models import Outbox
from tests.delivery.calls import completed, move_clock, rows, states
from tests.delivery.making import make_picture_project
from tests.delivery.receiver import ERROR, SILENCE, receiving
from tests.factories import NOON

HUNG_S = 4.0
never = threading.Event()


@pytest.fixture
def senders(monkeypatch):
    found = sweeping.Senders()
    monkeypatch.setattr(sweeping, "senders", found)
    yield found
    found.wait()


@pytest.mark.django_db(transaction=True)
def test_of_ten_receivers_one_that_hangs_holds_up_nobody(senders, reachable, monkeypatch):
    monkeypatch.setattr(calling, "TIMEOUT_S", HUNG_S)
    # Hosts are told apart by name: each gets one of its own that leads to this machine.
    monkeypatch.setattr("files.fetching.look_up", lambda _host, _port: ["127.0.0.1"])
    project = make_picture_project()
    with ExitStack() as stack:
        hung = stack.enter_context(receiving(usual=SILENCE))
        others = [stack.enter_context(receiving()) for _number in range(9)]
        reachable(hung.port, *(other.port for other in others))
        for _round in range(3):
            completed(project, f"http://hung.example:{hung.port}/")
        for _round in range(3):
            for number, other in enumerate(others):
                completed(project, f"http://host-{number}.example:{other.port}/")
        params = {"code": "resumed", "params": {}}
        Outbox.objects.create(dedupe_key="m", kind="mail", target="a@example.org", params=params, next_at=NOON)

        begun = time.monotonic()
        jobs.sweep_callbacks()
        asked_for = time.monotonic() - begun
        sweep_outbox()
        while sum(len(other.taken()) for other in others) < 27 and time.monotonic() - begun < HUNG_S:
            never.wait(0.02)
        took = time.monotonic() - begun
        hung.ending.set()
        senders.wait()

    assert asked_for < 1.0, "Celery's job waits for nobody"
    assert [message.to for message in mail.outbox] == [["a@example.org"]]
    assert [len(other.taken()) for other in others] == [3] * 9
    assert took < HUNG_S
    assert states().count("delivered") == 27


@pytest.mark.django_db
def test_a_host_has_few_at_once_and_one_while_it_refuses():
    project = make_picture_project()
    for number in range(6):
        completed(project, f"https://slow.example/{number}")
    completed(project, "https://quick.example/")

    taken = [sweeping.claim_next(at=now()) for _number in range(6)]
    assert [row.target if row else None for row in taken] == ["slow.example"] * 4 + ["quick.example", None]

    move_clock(timedelta(minutes=3))  # their senders died
    Outbox.objects.filter(target="slow.example", state="sending").update(state="waiting", attempts=1)
    again = [sweeping.claim_next(at=now()) for _number in range(3)]
    assert [row.target if row else None for row in again] == ["slow.example", "quick.example", None]


@pytest.mark.django_db
def test_what_one_host_refuses_leaves_the_others_their_turn(reachable):
    project = make_picture_project()
    with receiving(usual=ERROR) as bad, receiving() as good:
        reachable(bad.port, good.port)
        for _number in range(5):
            completed(project, bad.url())
        completed(project, good.url())
        tries = sum(1 for _row in rows())

    assert (tries, len(good.taken())) == (6, 1)
