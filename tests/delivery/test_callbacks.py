"""What a customer does about callbacks: keys, addresses, the log, and sending again."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from accounts.cutting_off import CutOffError
from core.errors import StaleState
from delivery import callbacks, expiring, sweeping
from delivery.models import Attempt, Delivery
from events import running
from events.models import Event, Outbox
from events.recording import by_site
from labeling import kill_switch
from tests.delivery.calls import completed, move_clock, send_all, states
from tests.delivery.making import make_picture_project
from tests.delivery.receiver import ERROR, receiving
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_picture_project()


def test_a_key_is_made_once_and_renewed_by_hand(project):
    organization = project.organization
    first = callbacks.key_of(organization.pk)
    assert callbacks.key_of(organization.pk) == first

    second = callbacks.renew_key(organization, by=by_site(), at=now())

    assert callbacks.key_of(organization.pk) == second != first
    assert callbacks.key_of(make_picture_project("Theirs").organization_id) not in {first, second}


def test_who_corrects_the_address_has_delivered_what_waits(project, reachable):
    organization = project.organization
    with receiving(usual=ERROR) as old, receiving() as new:
        reachable(old.port, new.port)
        callbacks.settings_of(organization.pk)
        callbacks.change_address(organization, old.url(), by=by_site(), at=now())
        completed(project)
        completed(project, old.url("/own"))
        send_all()
        callbacks.change_address(organization, new.url(), by=by_site(), at=now())
        move_clock()
        send_all()

    assert [one.path for one in new.taken()] == ["/"]
    assert sorted(one.path for one in old.got) == ["/", "/own", "/own"]
    assert states() == ["delivered", "waiting"]


def test_without_an_address_any_more_what_waits_is_given_up(project):
    organization = project.organization
    callbacks.settings_of(organization.pk)
    callbacks.change_address(organization, "https://basalt.example/", by=by_site(), at=now())
    completed(project)
    callbacks.change_address(organization, "", by=by_site(), at=now())
    send_all()

    assert (states(), Attempt.objects.count()) == (["failed"], 0)


def test_what_was_given_up_is_sent_again_with_all_its_tries(project, reachable):
    with receiving(usual=ERROR) as receiver:
        reachable(receiver.port)
        task = completed(project, receiver.url())
        for _try in range(21):
            send_all()
            move_clock(timedelta(days=1))
        task.refresh_from_db()
        assert (states(), task.callback_succeeded) == (["failed"], False)

        callbacks.send_again(Delivery.objects.get(), by=by_site(), at=now())
        assert (states(), Outbox.objects.get().attempts) == (["waiting"], 0)
        receiver.usual = "ok"
        send_all()

    task.refresh_from_db()
    assert (states(), task.callback_succeeded, Attempt.objects.count()) == (["delivered"], True, 22)
    assert Event.objects.filter(verb="callback_replayed").count() == 1


def test_what_arrived_is_sent_again_under_the_same_id(project, reachable):
    with receiving() as receiver:
        reachable(receiver.port)
        completed(project, receiver.url())
        send_all()
        callbacks.send_again(Delivery.objects.get(), by=by_site(), at=now())
        send_all()

    assert len({got.headers["Plumbline-Delivery"] for got in receiver.taken()}) == 1
    assert (len(receiver.taken()), states()) == (2, ["delivered"])


def test_what_is_being_sent_is_not_begun_anew(project):
    completed(project, "https://basalt.example/")
    assert sweeping.claim_next(at=now())

    with pytest.raises(StaleState) as refused:
        callbacks.send_again(Delivery.objects.get(), by=by_site(), at=now())
    assert refused.value.code == "being_sent"


def test_a_range_is_sent_again_in_order_by_a_job(project, reachable, monkeypatch):
    monkeypatch.setattr(callbacks, "ROWS_PER_STEP", 2)
    with receiving() as receiver:
        reachable(receiver.port)
        tasks = [completed(project, receiver.url()) for _number in range(5)]
        elsewhere = make_picture_project("Theirs")
        completed(elsewhere, receiver.url("/theirs"))
        send_all()
        deliveries = list(Delivery.objects.order_by("pk"))
        for number, one in enumerate(deliveries):
            Delivery.objects.filter(pk=one.pk).update(at=NOON + timedelta(hours=number))
        receiver.got.clear()

        job = callbacks.send_range_again(
            project.organization,
            mode="live",
            since=NOON + timedelta(hours=1),
            until=NOON + timedelta(hours=9),
            by=by_site(),
            user=None,
            at=now(),
        )
        running.run(job.pk)
        send_all()

    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 4, 4)
    assert [got.json["task_id"] for got in receiver.got] == [task.public_id for task in tasks[1:]]
    assert {got.path for got in receiver.got} == {"/"}


def test_of_a_customer_who_is_cut_off_nothing_is_changed_or_sent_again(project):
    completed(project, "https://basalt.example/")
    callbacks.settings_of(project.organization_id)
    kill_switch.throw(project.organization, reason="A court order.", by=None, at=now())

    with pytest.raises(CutOffError):
        callbacks.send_again(Delivery.objects.get(), by=by_site(), at=now())
    with pytest.raises(CutOffError):
        callbacks.renew_key(project.organization, by=by_site(), at=now())
    with pytest.raises(CutOffError):
        callbacks.change_address(project.organization, "https://elsewhere.example/", by=by_site(), at=now())


def test_the_log_says_what_each_try_was_answered(project, reachable):
    with receiving(ERROR) as receiver:
        reachable(receiver.port)
        task = completed(project, receiver.url())
        send_all()
        waiting = callbacks.log_json(Delivery.objects.get())
        move_clock()
        send_all()

    found = callbacks.log_json(Delivery.objects.get())
    assert waiting["next_try_at"] is not None
    assert {name: found[name] for name in ("event", "subject_id", "address", "state", "is_test", "next_try_at")} == {
        "event": "task.completed",
        "subject_id": task.public_id,
        "address": receiver.url(),
        "state": "delivered",
        "is_test": False,
        "next_try_at": None,
    }
    assert [(one["status"], one["error"], one["answer"]) for one in found["attempts"]] == [
        (200, None, "we say 200"),
        (500, "refused", "we say 500"),
    ]


def test_the_log_is_kept_for_thirty_days(project, reachable):
    with receiving() as receiver:
        reachable(receiver.port)
        completed(project, receiver.url())
        send_all()
        completed(project, "https://waits.example/")

    kept = expiring.delete_old_deliveries(at=now() + timedelta(days=29))
    gone = expiring.delete_old_deliveries(at=now() + timedelta(days=31))

    assert (kept, gone, states(), Outbox.objects.count(), Attempt.objects.count()) == (0, 1, ["waiting"], 1, 0)
