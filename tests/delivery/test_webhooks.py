"""What a customer does about webhooks: begun, changed, tried out, ended."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from accounts.cutting_off import CutOffError
from core.errors import BusinessError, StaleState
from delivery import callbacks, following, webhooks
from delivery.models import Attempt, Delivery, Webhook
from events import sealing
from events.models import Event, Outbox
from events.recording import by_site
from labeling import kill_switch
from projects.models import Project
from tests.delivery.calls import move_clock, send_all, states
from tests.delivery.making import add_task, make_picture_project
from tests.delivery.receiver import ERROR, receiving
from tests.delivery.test_following import fail

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_picture_project()


def begun(project: Project, address: str = "https://basalt.example/", kinds: tuple[str, ...] = ("task.errored",)):
    return webhooks.start_webhook(project.organization, address=address, kinds=kinds, mode="live", by=None, at=now())


def change(webhook: Webhook, **changes) -> None:
    given = {"address": webhook.address, "kinds": webhook.kinds, "by": by_site(), "at": now()}
    webhooks.change_webhook(webhook, **(given | changes))


def follow() -> None:
    sealing.seal()
    following.follow(at=now())


@pytest.mark.parametrize("address", ["nonsense", "ftp://basalt.example", "https://a:b@basalt.example/", "a@b", "@"])
def test_what_is_no_address_is_refused_with_a_sentence(project, address):
    with pytest.raises(BusinessError) as refused:
        webhooks.start_webhook(
            project.organization, address=address, kinds=["task.errored"], mode="live", by=None, at=now()
        )

    assert (refused.value.code, refused.value.status) == ("bad_address", 400)


@pytest.mark.parametrize("kinds", [[], ["task.melted"]])
def test_a_webhook_names_kinds_that_there_are(project, kinds):
    with pytest.raises(BusinessError, match="at least one kind"):
        webhooks.start_webhook(
            project.organization, address="https://a.example/", kinds=kinds, mode="live", by=None, at=now()
        )


def test_webhooks_have_a_limit(project):
    given = {"address": "https://a.example/", "kinds": ["task.errored"], "mode": "live", "by": None, "at": now()}
    for _number in range(webhooks.MOST_WEBHOOKS):
        webhooks.start_webhook(project.organization, **given)

    with pytest.raises(BusinessError, match="at most 20"):
        webhooks.start_webhook(project.organization, **given)


def test_what_is_changed_holds_from_now_on(project):
    webhook = begun(project)
    change(webhook, kinds=["export.ready", "task.canceled", "export.ready"])
    fail(add_task(project))
    follow()
    assert states() == []

    change(webhook, kinds=["task.errored"])
    fail(add_task(project))
    follow()

    assert states() == ["waiting"]
    assert [event.data["what"] for event in Event.objects.filter(verb="webhook_changed")] == [["kinds"], ["kinds"]]
    assert Webhook.objects.get().kinds == webhook.kinds == ["task.errored"]


def test_what_is_the_same_is_no_change(project):
    change(begun(project))

    assert not Event.objects.filter(verb="webhook_changed").exists()


def test_what_waits_for_the_old_address_goes_to_the_new_one(project, reachable):
    with receiving(usual=ERROR) as old, receiving() as new:
        reachable(old.port, new.port)
        webhook, other = begun(project, old.url()), begun(project, old.url("/other"))
        fail(add_task(project))
        follow()
        send_all()
        change(webhook, address=new.url())
        move_clock()
        send_all()

    assert [one.path for one in new.taken()] == ["/"]
    assert sorted(one.path for one in old.got) == ["/", "/other", "/other"]
    assert Delivery.objects.get(webhook=webhook).state == "delivered"
    assert Delivery.objects.get(webhook=other).state == "waiting"


def test_what_waits_is_counted_with_the_host_that_it_goes_to(project):
    webhook = begun(project, "https://old.example/")
    fail(add_task(project))
    follow()
    change(webhook, address="https://new.example/")

    assert Outbox.objects.values_list("target", flat=True).get() == "new.example"


def test_sent_again_it_goes_to_the_address_of_now(project, reachable):
    with receiving() as old, receiving() as new:
        reachable(old.port, new.port)
        webhook = begun(project, old.url())
        fail(add_task(project))
        follow()
        send_all()
        change(webhook, address=new.url())
        callbacks.send_again(Delivery.objects.get(), by=by_site(), at=now())
        send_all()

    assert (len(old.taken()), len(new.taken())) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"address": "nonsense"}, "bad_address"), ({"kinds": []}, "bad_kinds"), ({"kinds": ["melted"]}, "bad_kinds")],
)
def test_an_impossible_change_changes_nothing(project, changes, code):
    webhook = begun(project)

    with pytest.raises(BusinessError) as refused:
        change(webhook, **changes)

    assert refused.value.code == code
    found = Webhook.objects.get()
    assert (found.address, found.kinds) == ("https://basalt.example/", ["task.errored"])


def test_a_test_says_what_it_is_and_is_signed(project, reachable):
    with receiving() as receiver:
        reachable(receiver.port)
        webhook = begun(project, receiver.url())
        sent = webhooks.send_test(webhook, by=by_site(), at=now())
        send_all()

    (got,) = receiver.taken()
    assert got.json == {
        "event": "webhook.test",
        "created_at": got.json["created_at"],
        "is_test": False,
        "data": {"webhook_id": webhook.public_id},
    }
    assert {"Plumbline-Signature", "scale-callback-auth"} <= {*got.headers}
    assert got.headers["Plumbline-Delivery"] == sent.public_id
    assert (states(), Attempt.objects.count()) == (["delivered"], 1)
    assert Event.objects.get(verb="webhook_tested").data == {"webhook": webhook.public_id}


def test_a_second_test_does_not_wait_for_one_that_does_not_arrive(project, reachable):
    with receiving(ERROR) as receiver:
        reachable(receiver.port)
        webhook = begun(project, receiver.url())
        webhooks.send_test(webhook, by=by_site(), at=now())
        send_all()
        webhooks.send_test(webhook, by=by_site(), at=now())
        send_all()

    assert states() == ["waiting", "delivered"]


def test_a_test_by_mail(project, mailoutbox):
    webhooks.send_test(begun(project, "ops@basalt.example"), by=by_site(), at=now())
    send_all()

    assert [(mail.to, mail.subject.partition(":")[0]) for mail in mailoutbox] == [
        (["ops@basalt.example"], "Test of a webhook")
    ]


def test_what_has_ended_is_neither_changed_nor_tried_out(project):
    webhook = begun(project)
    webhooks.end_webhook(webhook, by=by_site(), at=now() - timedelta(seconds=1))

    for call in (lambda: change(webhook), lambda: webhooks.send_test(webhook, by=by_site(), at=now())):
        with pytest.raises(StaleState) as refused:
            call()
        assert refused.value.code == "webhook_ended"
    assert states() == []


def test_of_a_customer_who_is_cut_off_nothing_is_changed_or_tried_out(project):
    webhook = begun(project)
    kill_switch.throw(project.organization, reason="A court order.", by=None, at=now())

    with pytest.raises(CutOffError):
        change(webhook, address="https://elsewhere.example/")
    with pytest.raises(CutOffError):
        webhooks.send_test(webhook, by=by_site(), at=now())
