"""The page of one webhook."""

import pytest
from django.test import Client
from django.utils.timezone import now

from accounts.models import Role
from delivery import webhooks
from delivery.models import Delivery, Webhook
from events.models import Event
from tests.delivery.calls import send_all
from tests.delivery.making import make_picture_project
from tests.delivery.receiver import receiving
from tests.factories import MembershipFactory, OrganizationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization():
    return make_picture_project().organization


@pytest.fixture
def manager(organization) -> Client:
    client = Client()
    client.force_login(MembershipFactory.create(organization=organization, role=Role.MANAGER).user)
    return client


def webhook_of(organization, address: str = "https://basalt.example/") -> Webhook:
    return webhooks.start_webhook(organization, address=address, kinds=["export.ready"], mode="live", by=None, at=now())


def page_of(organization, webhook: Webhook) -> str:
    return f"/o/{organization.slug}/callbacks/settings/webhooks/{webhook.public_id}/"


def test_the_list_leads_to_it_and_it_is_changed(organization, manager):
    webhook = webhook_of(organization)
    page = page_of(organization, webhook)
    assert page in manager.get(f"/o/{organization.slug}/callbacks/settings/").content.decode()
    assert webhook.public_id in manager.get(page).content.decode()

    wanted = {"address": "https://basalt.example/other", "kinds": ["task.errored", "project.paused"]}
    assert manager.post(page, wanted).status_code == 302

    webhook.refresh_from_db()
    assert (webhook.address, webhook.kinds) == (wanted["address"], sorted(wanted["kinds"]))
    assert Event.objects.get(verb="webhook_changed").actor_kind == "user"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"address": "nonsense", "kinds": ["export.ready"]}, "neither a web address nor"),
        ({"address": "https://a.example/"}, "This field is required"),
    ],
)
def test_a_wrong_change_is_said_beside_the_field(organization, manager, data, said):
    webhook = webhook_of(organization)

    answer = manager.post(page_of(organization, webhook), data)

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_test_leads_to_what_was_answered(organization, manager, reachable):
    with receiving() as receiver:
        reachable(receiver.port)
        webhook = webhook_of(organization, receiver.url())
        answer = manager.post(f"{page_of(organization, webhook)}test/")
        send_all()

    found = Delivery.objects.get()
    assert answer["Location"] == f"/o/{organization.slug}/callbacks/{found.public_id}/"
    page = manager.get(answer["Location"]).content.decode()
    assert "Test of a webhook" in page
    assert "webhook.test" in page
    assert "we say 200" in page
    log = manager.get(f"/o/{organization.slug}/callbacks/", {"kind": "webhook.test"}).content.decode()
    assert found.public_id in log


def test_one_that_has_ended_is_shown_and_refuses(organization, manager):
    webhook = webhook_of(organization)
    page = page_of(organization, webhook)
    manager.post(f"{page}end/")

    assert "Send a test" not in manager.get(page).content.decode()
    assert manager.post(f"{page}test/").status_code == 409
    assert manager.post(page, {"address": "https://a.example/", "kinds": ["export.ready"]}).status_code == 409


def test_a_foreign_one_is_not_found(organization, manager):
    webhook = webhook_of(OrganizationFactory.create())
    page = page_of(organization, webhook)

    assert [manager.get(page).status_code, manager.post(f"{page}test/").status_code] == [404, 404]
