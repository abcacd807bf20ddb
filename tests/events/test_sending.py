import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils.timezone import now

from events import jobs, sending, signals
from events.leasing import LEASE
from events.models import NEXT_OUTBOX_STATES, Outbox
from events.sending import KINDS, LONGEST_WAIT, MOST_TRIES, SendError
from tests.events.together import together
from tests.factories import NOON

LATER = timedelta(seconds=1)


@pytest.fixture
def sent(monkeypatch):
    """Rows that the sender of the kind `note` got; it fails for targets that say so."""
    found = []

    def sender(outbox):
        found.append(outbox.dedupe_key)
        if outbox.target == "down":
            raise SendError("down")
        if outbox.target == "wrong":
            raise SendError("wrong", again=False)

    monkeypatch.setitem(KINDS, "note", sender)
    return found


def row(key="a", **changes):
    return Outbox.objects.create(**({"dedupe_key": key, "kind": "note", "target": "up", "next_at": NOON} | changes))


def state_of(outbox):
    outbox.refresh_from_db()
    return outbox.state


def test_send_sends_and_records(db, sent):
    outbox = row()

    assert sending.send(outbox, at=NOON)
    assert not sending.send(outbox, at=NOON + LEASE + LATER)

    assert (sent, state_of(outbox), outbox.attempts) == (["a"], "sent", 1)
    assert outbox.sent_at is not None


def test_send_leaves_what_is_not_due(db, sent):
    assert not sending.send(row(next_at=NOON + LATER), at=NOON)
    assert sent == []


def test_send_of_an_unknown_kind_is_given_up(db):
    outbox = row(kind="pigeon")
    sending.send(outbox, at=NOON)

    assert (state_of(outbox), outbox.error) == ("failed", "Nothing sends pigeon.")


def test_enqueue_leaves_out_what_is_known(db):
    row()
    sending.enqueue(
        Outbox(dedupe_key="a", kind="note", target="up", next_at=NOON),
        Outbox(dedupe_key="b", kind="note", target="up", next_at=NOON),
    )
    assert list(Outbox.objects.order_by("dedupe_key").values_list("dedupe_key", flat=True)) == ["a", "b"]


def test_twenty_tries_take_a_day(db, sent):
    outbox = row(target="down")
    begin, at = now(), now()
    for attempt in range(1, MOST_TRIES + 1):
        Outbox.objects.filter(pk=outbox.pk).update(next_at=NOON)
        assert sending.send(outbox, at=at)
        assert state_of(outbox) == ("waiting" if attempt < MOST_TRIES else "failed")

    waits = [min(LONGEST_WAIT, sending.FIRST_WAIT * 2**n) for n in range(MOST_TRIES - 1)]
    assert timedelta(hours=23) < sum(waits, timedelta()) < timedelta(hours=25)
    assert (outbox.attempts, outbox.error, len(sent)) == (20, "down", 20)
    assert begin <= at


def test_wait_grows_and_never_exceeds_its_limit():
    waits = [sending.wait_after(attempt) for attempt in range(1, MOST_TRIES)]
    assert timedelta(seconds=8) <= waits[0] <= timedelta(seconds=12)
    assert waits[3] > waits[0]
    assert max(waits) <= LONGEST_WAIT * 1.2


def test_what_cannot_succeed_is_not_tried_again(db, sent):
    outbox = row(target="wrong")
    sending.send(outbox, at=NOON)
    assert (state_of(outbox), outbox.attempts) == ("failed", 1)


def test_revive_begins_anew_with_what_was_given_up(db, sent):
    outbox, other = row(target="wrong"), row("b", kind="mail", state="failed")
    sending.send(outbox, at=NOON)

    assert sending.revive("note", at=NOON) == 1
    assert (state_of(outbox), outbox.attempts, state_of(other)) == ("waiting", 0, "failed")


def test_order_is_kept_within_a_key(db, sent):
    first, second = row("1", order_key="task", target="down"), row("2", order_key="task")
    other = row("3", order_key="another")

    assert not sending.send(second, at=NOON)
    assert sending.send(first, at=NOON)
    assert not sending.send(second, at=NOON)
    assert sending.send(other, at=NOON)

    Outbox.objects.filter(pk=first.pk).update(target="up", next_at=NOON)
    assert sending.send(first, at=NOON)
    assert sending.send(second, at=NOON)
    assert sent == ["1", "3", "1", "2"]


def test_what_was_given_up_no_longer_holds_back_its_followers(db, sent):
    row("1", order_key="task", state="failed")
    assert sending.send(row("2", order_key="task"), at=NOON)


def test_sweep_sends_what_is_due_oldest_first(db, sent):
    row("new"), row("old", next_at=NOON - LATER), row("later", next_at=now() + timedelta(hours=1))
    row("1", order_key="task"), row("2", order_key="task")

    jobs.sweep_outbox()

    assert sent == ["old", "new", "1", "2"]


@pytest.mark.django_db(transaction=True)
def test_of_many_senders_one_sends(sent):
    outbox = row()
    assert sorted(together(*[lambda: sending.send(outbox, at=NOON)] * 6)) == [False] * 5 + [True]
    assert sent == ["a"]


@pytest.mark.django_db(transaction=True)
def test_sweepers_share_the_work(sent):
    keys = [f"{number:02}" for number in range(24)]
    for key in keys:
        row(key)
    together(*[jobs.sweep_outbox] * 4)

    assert sorted(sent) == keys
    assert set(Outbox.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.django_db(transaction=True)
def test_row_of_a_killed_sender_comes_back_after_its_lease(sent):
    outbox = row()
    sender = begin_to_send(outbox)
    try:
        assert sender.stdout.readline() == "sending\n"
    finally:
        sender.kill()
        sender.wait(timeout=10)
        sender.stdout.close()
        sender.stdin.close()

    outbox.refresh_from_db()
    assert outbox.state == "sending"
    assert not sending.send(outbox, at=outbox.next_at - LATER)
    assert sending.send(outbox, at=outbox.next_at + LATER)
    assert (sent, state_of(outbox), outbox.attempts) == (["a"], "sent", 2)


def begin_to_send(outbox):
    """Another process that claims the row and then never ends sending it."""
    script = Path(__file__).parent / "hanging_sender.py"
    root = Path(__file__).parents[2]
    environment = os.environ | {"DATABASE_URL": url_of_test_database(), "PYTHONPATH": str(root)}
    return subprocess.Popen(
        [sys.executable, str(script), str(outbox.pk)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def url_of_test_database():
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{database['NAME']}"
    place = f"{database['HOST']}:{database['PORT'] or 5432}" if not database["HOST"].startswith("/") else ""
    query = f"?host={database['HOST']}" if database["HOST"].startswith("/") else ""
    return f"postgresql://{database['USER']}:{database['PASSWORD']}@{place}/{database['NAME']}{query}"


def test_a_sender_that_lost_its_lease_records_nothing(db, sent):
    outbox = row()
    slow = sending.claim(outbox.pk, at=NOON)
    assert slow is not None
    assert sending.send(outbox, at=NOON + LEASE + LATER)

    assert not sending.record_failure(slow, SendError("late"), at=NOON)
    assert not sending.record_success([slow], at=NOON)
    assert (state_of(outbox), outbox.attempts, outbox.error) == ("sent", 2, "")


def test_every_state_but_the_last_has_a_way_on():
    assert set(NEXT_OUTBOX_STATES) == {"waiting", "sending", "failed", "sent"}


def test_a_kind_may_bring_its_own_terms(db, monkeypatch):
    given_up = []

    def sender(outbox):
        raise SendError("down")

    terms = sending.Terms(
        most_tries=2,
        wait=lambda outbox: timedelta(hours=outbox.attempts),
        sweep="some.job",
    )
    monkeypatch.setitem(KINDS, "dove", sender)
    monkeypatch.setitem(sending.TERMS, "dove", terms)
    outbox = row(kind="dove")

    def note(outbox, **_more):
        given_up.append((outbox.dedupe_key, connection.in_atomic_block))

    signals.given_up.connect(note)
    assert not sending.send_next(at=NOON), "the common sender leaves it alone"
    sending.send(outbox, at=NOON)
    outbox.refresh_from_db()
    assert (outbox.state, timedelta(minutes=59) < outbox.next_at - now() < timedelta(minutes=61)) == ("waiting", True)
    Outbox.objects.update(next_at=NOON)
    sending.send(outbox, at=NOON)

    assert (state_of(outbox), given_up) == ("failed", [("a", True)])


def test_each_kind_wakes_the_job_that_sends_it(db, monkeypatch, django_capture_on_commit_callbacks):
    asked = []
    monkeypatch.setattr("events.waking.publish", lambda name, _args: asked.append(name))
    monkeypatch.setitem(sending.TERMS, "dove", sending.Terms(sweep="some.job"))

    with django_capture_on_commit_callbacks(execute=True):
        for number in range(3):
            new = [
                Outbox(dedupe_key=f"{kind} {number}", kind=kind, target="up", next_at=NOON) for kind in ("note", "dove")
            ]
            sending.enqueue(*new)

    assert sorted(asked) == ["events.jobs.sweep_outbox", "some.job"]
