import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from core import gate
from events import recording, sealing
from events.models import Event, SealChain, SealMark
from events.verbs import Verb
from tests.events.together import together
from tests.factories import NOON, OrganizationFactory


def write(*organizations, subject="s"):
    recording.write(
        *[
            recording.event(
                Verb.TASK_CREATED,
                at=NOON,
                actor=recording.by_site(),
                subject_type="task",
                subject_id=subject,
                organization_id=organization.pk if organization else None,
                data={"n": number, "rate": 0.1, "nested": {"b": [1, None], "a": "ü"}},
            )
            for number, organization in enumerate(organizations)
        ]
    )


def numbers(organization):
    rows = Event.objects.filter(sealing.of(organization.pk if organization else None))
    return list(rows.order_by("pk").values_list("seq", flat=True))


def test_seal_numbers_each_chain_by_itself(db):
    one, other = OrganizationFactory.create(), OrganizationFactory.create()
    write(one, other, None, one)
    write(None, one)

    assert sealing.seal() == 6
    assert sealing.seal() == 0

    assert (numbers(one), numbers(other), numbers(None)) == ([1, 2, 3], [1], [1, 2])
    assert len(set(Event.objects.values_list("hash", flat=True))) == 6
    assert set(SealChain.objects.values_list("organization_id", "last_seq")) == {(one.pk, 3), (other.pk, 1), (None, 2)}
    assert [sealing.verify(pk) for pk in sealing.organizations()] == [[], [], []]


def test_seal_goes_on_where_it_ended(db):
    one = OrganizationFactory.create()
    for _round in range(3):
        write(one, one)
        sealing.seal()

    assert numbers(one) == [1, 2, 3, 4, 5, 6]
    assert sealing.verify(one.pk) == []


def test_seal_takes_more_than_one_chunk(db, monkeypatch):
    monkeypatch.setattr(sealing, "EVENTS_PER_CHUNK", 4)
    monkeypatch.setattr(sealing, "EVENTS_PER_PAGE", 3)
    one = OrganizationFactory.create()
    write(*[one] * 10)

    assert sealing.seal() == 10
    assert numbers(one) == list(range(1, 11))
    assert sealing.verify(one.pk) == []


@pytest.mark.parametrize(
    "change",
    [
        {"data": {"n": 7}},
        {"verb": "task_canceled"},
        {"actor_id": "somebody"},
        {"subject_id": "x"},
        {"request_id": "x"},
        {"at": NOON.replace(hour=13)},
        {"hash": "0" * 64},
    ],
)
def test_verify_finds_what_was_changed(db, change):
    one = OrganizationFactory.create()
    write(*[one] * 5)
    sealing.seal()
    Event.objects.filter(organization=one, seq=3).update(**change)

    broken = sealing.verify(one.pk)
    assert broken == ([3, 4] if "hash" in change else [3])


def test_verify_finds_a_change_that_was_hashed_anew(db):
    one = OrganizationFactory.create()
    write(*[one] * 5)
    sealing.seal()
    before, event = Event.objects.filter(seq__in=[2, 3]).order_by("seq")
    event.data = {"n": 7}
    event.hash = sealing.digest(event, previous=before.hash)
    event.save()

    assert sealing.verify(one.pk) == [4]


@pytest.mark.parametrize(("gone", "broken"), [([3], [3, 4]), ([4, 5], [4, 5]), ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5])])
def test_verify_finds_what_was_removed(db, gone, broken):
    one = OrganizationFactory.create()
    write(*[one] * 5)
    sealing.seal()
    Event.objects.filter(seq__in=gone).delete()

    assert sealing.verify(one.pk) == broken


def test_verify_finds_a_last_event_that_was_replaced(db):
    one = OrganizationFactory.create()
    write(*[one] * 2)
    sealing.seal()
    before, last = Event.objects.order_by("seq")
    last.verb = Verb.TASK_CANCELED
    last.hash = sealing.digest(last, previous=before.hash)
    last.save()

    assert sealing.verify(one.pk) == [2]


def test_command_says_which_chain_is_broken(db):
    one, other = OrganizationFactory.create(slug="one"), OrganizationFactory.create(slug="other")
    write(one, one, other, None)
    sealing.seal()
    out = StringIO()
    call_command("verify_events", stdout=out)
    assert out.getvalue().splitlines() == ["the site: whole", "one: whole", "other: whole"]

    Event.objects.filter(organization=one, seq=1).update(data={})
    out = StringIO()
    with pytest.raises(CommandError, match="1 sealed events are not what was sealed"):
        call_command("verify_events", stdout=out)
    assert "one: broken at 1" in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_two_sealers_give_each_number_once():
    one = OrganizationFactory.create()
    write(*[one] * 300)

    together(*[sealing.seal] * 4)
    sealing.seal()

    assert numbers(one) == list(range(1, 301))
    assert sealing.verify(one.pk) == []


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sealed_above_what_an_open_transaction_may_still_insert():
    one = OrganizationFactory.create()
    inserted, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            write(one, subject="slow")
            inserted.set()
            may_commit.wait(timeout=10)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert inserted.wait(timeout=10)
    if gate.is_postgres():
        write(one, subject="quick")
        assert sealing.seal() == 0
    may_commit.set()
    thread.join(timeout=10)
    if not gate.is_postgres():  # it has one writer: the quick one waited
        write(one, subject="quick")

    assert sealing.seal() == 2
    assert list(Event.objects.order_by("seq").values_list("subject_id", flat=True)) == ["slow", "quick"]


def test_seal_does_not_wait_for_writers_of_another_server(db):
    one = OrganizationFactory.create()
    write(one)
    sealing.seal()
    SealMark.objects.update(pending_writers=["9999/9999"])
    write(one)

    assert sealing.seal() == 1
    assert sealing.verify(one.pk) == []


def test_seal_asks_one_question_when_there_is_nothing_to_do(db):
    with CaptureQueriesContext(connection) as queries:
        assert sealing.seal() == 0
    assert len(queries) == 1


def test_hash_does_not_depend_on_the_order_of_keys():
    fields = {"at": NOON, "seq": 1, "verb": "task_created"}
    one, other = Event(data={"a": 1, "b": 2}, **fields), Event(data={"b": 2, "a": 1}, **fields)
    assert sealing.digest(one, previous="") == sealing.digest(other, previous="")
    assert sealing.digest(one, previous="") != sealing.digest(one, previous="0")


@pytest.mark.django_db(transaction=True)
def test_numbers_follow_ids_while_many_write():
    one = OrganizationFactory.create()
    writers_left = threading.Semaphore(0)

    def write_often():
        try:
            for _round in range(15):
                with transaction.atomic():
                    write(one)
                    write(one, one)
        finally:
            writers_left.release()
        return 0

    def seal_all_the_time():
        sealed = 0
        ended = 0
        while ended < 3:
            sealed += sealing.seal()
            ended += writers_left.acquire(blocking=False)
        return sealed

    results = together(write_often, write_often, write_often, seal_all_the_time)
    rest = sealing.seal()

    assert results[3] + rest == 3 * 15 * 3
    assert numbers(one) == list(range(1, 136))
    assert sealing.verify(one.pk) == []
