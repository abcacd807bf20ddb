"""The lease of what is being sent: short, renewed while the sender lives; nothing leaves on one that may be over."""

import threading
import time

import pytest
from django.utils import timezone

from events import leasing, sending
from events.leasing import LEASE, leased
from events.models import Outbox
from events.sending import KINDS
from tests.events.test_sending import LATER, row
from tests.factories import NOON


@pytest.mark.django_db(transaction=True)
def test_a_slow_sender_keeps_its_row(monkeypatch):
    monkeypatch.setattr(leasing, "RENEWED_EVERY_S", 0.05)
    outbox = row()

    def slow(_outbox: Outbox) -> None:
        first = Outbox.objects.get().next_at
        for _ in range(200):
            if Outbox.objects.get().next_at > first:
                return
            threading.Event().wait(0.05)
        raise AssertionError("the lease is not renewed")

    monkeypatch.setitem(KINDS, "note", slow)
    assert sending.send(outbox, at=timezone.now())

    outbox.refresh_from_db()
    assert (outbox.state, outbox.attempts) == ("sent", 1)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_for_a_moment_does_not_end_the_renewing(monkeypatch):
    monkeypatch.setattr(leasing, "RENEWED_EVERY_S", 0.02)
    asked = []

    def away(rows, *, at):
        asked.append(at)
        raise leasing.DatabaseError("away")

    monkeypatch.setattr(leasing, "renewed", away)
    with leased([row()], since=time.monotonic()):
        while len(asked) < 3:
            threading.Event().wait(0.01)


@pytest.mark.django_db
def test_what_somebody_else_has_taken_meanwhile_is_not_handed_over():
    mine, lost = row("mine"), row("lost")
    claimed = {found.pk: found for one in (mine, lost) if (found := sending.claim(one.pk, at=NOON))}
    assert sending.claim(lost.pk, at=NOON + LEASE + LATER)

    with leased(list(claimed.values()), since=time.monotonic() - LEASE.total_seconds()) as lease:
        held = {pk for pk, found in claimed.items() if lease.holds(found)}

    assert held == {mine.pk}
    mine.refresh_from_db()
    assert mine.next_at > timezone.now()


@pytest.mark.django_db
def test_a_fresh_lease_asks_nobody(django_assert_num_queries):
    claimed = sending.claim(row().pk, at=NOON)
    assert claimed
    with leased([claimed], since=time.monotonic()) as lease, django_assert_num_queries(0):
        assert lease.holds(claimed)
        lease.end([claimed])
        assert not lease.holds(claimed)


def test_a_lease_outlives_two_renewals_that_fail():
    assert 2 * leasing.RENEWED_EVERY_S < leasing.FRESH_S < LEASE.total_seconds()
