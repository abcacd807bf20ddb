"""The key of callbacks and their usual address, by API key."""

import json
from typing import Any

import pytest

from accounts.models import Organization
from delivery import callbacks
from delivery.models import CallbackSettings
from events.models import Event
from tests.api.asking import key_of
from tests.api.test_access import ask
from tests.delivery.calls import completed, send_all
from tests.delivery.making import make_picture_project
from tests.delivery.receiver import receiving
from tests.factories import OrganizationFactory

pytestmark = pytest.mark.django_db
PLACE = "/v1/callbacks/settings"


@pytest.fixture
def organization() -> Organization:
    return make_picture_project().organization


@pytest.fixture
def key(organization: Organization) -> str:
    return key_of(organization)


def change(key: str, address: Any) -> Any:
    return ask("post", PLACE, key, json.dumps({"address": address}))


def test_they_are_those_of_the_page(organization, key):
    found = ask("get", PLACE, key).json()

    own = CallbackSettings.objects.get(organization=organization)
    assert (found["key"], found["address"]) == (own.key, "")
    assert callbacks.key_of(organization.pk) == own.key


def test_the_key_that_is_shown_is_the_one_that_is_sent(organization, key, reachable):
    with receiving() as receiver:
        reachable(receiver.port)
        change(key, receiver.url())
        completed(organization.projects.get())
        send_all()

    (got,) = receiver.taken()
    assert got.headers["scale-callback-auth"] == ask("get", PLACE, key).json()["key"]


def test_a_new_key_ends_the_old_one(organization, key):
    old = ask("get", PLACE, key).json()

    new = ask("post", f"{PLACE}/renew_key", key).json()

    assert new["key"] != old["key"]
    assert new == ask("get", PLACE, key).json() == old | {"key": new["key"], "changed_at": new["changed_at"]}
    event = Event.objects.get(verb="callback_key_renewed")
    assert (event.actor_kind, event.actor_id) == ("api_key", organization.api_keys.get().public_id)


def test_before_anybody_has_asked_a_key_is_made_and_renewed(key):
    assert ask("post", f"{PLACE}/renew_key", key).json()["key"].startswith("callback_")


def test_the_address_is_changed_and_taken_away(key):
    assert change(key, "results@basalt.example").json()["address"] == "results@basalt.example"
    assert change(key, "").json()["address"] == ""
    assert Event.objects.filter(verb="callback_settings_changed").count() == 2


@pytest.mark.parametrize(
    ("address", "sentence"),
    [("nonsense", "neither a web address"), ("h" * 3000, "address"), (None, "address"), (["a"], "address")],
)
def test_what_is_no_address_gets_a_sentence(key, address, sentence):
    answer = change(key, address)

    assert (answer.status_code, answer.json()["status_code"]) == (400, 400)
    assert sentence in answer.json()["error"]


def test_a_test_key_reads_and_changes_nothing(organization, key):
    test_key = key_of(organization, mode="test")
    before = ask("get", PLACE, key).json()

    assert ask("get", PLACE, test_key).json() == before
    for answer in (change(test_key, "a@basalt.example"), ask("post", f"{PLACE}/renew_key", test_key)):
        assert (answer.status_code, answer.json()["code"]) == (400, "test_key")
    assert ask("get", PLACE, key).json() == before


def test_only_a_key_that_administers_and_of_ones_own(organization, key):
    lesser, stranger = key_of(organization, scopes=["read", "write"]), key_of(OrganizationFactory.create())

    for method, path in (("get", PLACE), ("post", PLACE), ("post", f"{PLACE}/renew_key")):
        assert ask(method, path, lesser, "{}").status_code == 403
    assert ask("get", PLACE, stranger).json()["key"] != ask("get", PLACE, key).json()["key"]
