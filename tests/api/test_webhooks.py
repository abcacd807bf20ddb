"""Webhooks by key: listed, made, changed, tried out, ended."""

import json
from typing import Any

import pytest

from accounts.models import Organization
from delivery.happenings import NAMES
from delivery.models import Delivery, Webhook
from events.models import Event
from tests.api.asking import key_of
from tests.api.test_access import ask
from tests.delivery.calls import send_all
from tests.delivery.receiver import receiving
from tests.factories import OrganizationFactory

pytestmark = pytest.mark.django_db
TOLD = {"address": "https://basalt.example/told", "events": ["task.errored", "export.ready"]}


@pytest.fixture
def organization() -> Organization:
    return OrganizationFactory.create(name="Basalt")


@pytest.fixture
def key(organization: Organization) -> str:
    return key_of(organization)


def post(key: str, path: str = "", body: Any = None) -> Any:
    return ask("post", f"/v1/webhooks{path}", key, None if body is None else json.dumps(body))


def made(key: str, **changes: Any) -> Any:
    return post(key, body=TOLD | changes).json()


def listed(key: str) -> Any:
    return ask("get", "/v1/webhooks", key).json()["webhooks"]


def test_one_is_made_shown_and_listed(organization, key):
    found = made(key)

    assert found == {
        "id": Webhook.objects.get().public_id,
        "address": TOLD["address"],
        "events": sorted(TOLD["events"]),
        "is_test": False,
        "created_at": found["created_at"],
    }
    assert ask("get", f"/v1/webhooks/{found['id']}", key).json() == found
    assert listed(key) == [found]
    event = Event.objects.get(verb="webhook_started")
    assert (event.actor_kind, event.actor_id) == ("api_key", organization.api_keys.get().public_id)


def test_what_is_left_out_of_a_change_stays(key):
    one = made(key)

    address = post(key, f"/{one['id']}", {"address": "ops@basalt.example"}).json()
    events = post(key, f"/{one['id']}", {"events": list(NAMES)}).json()
    nothing = post(key, f"/{one['id']}", {}).json()

    assert address == one | {"address": "ops@basalt.example"}
    assert events == nothing == address | {"events": sorted(NAMES)}
    assert [event.data["what"] for event in Event.objects.filter(verb="webhook_changed")] == [["address"], ["kinds"]]


def test_ended_it_is_shown_and_no_longer_listed(key):
    one, other = made(key), made(key, address="https://basalt.example/other")
    place = f"/v1/webhooks/{one['id']}"

    ended = ask("delete", place, key).json()

    assert ended == one | {"ended_at": ended["ended_at"]}
    assert ask("delete", place, key).json() == ask("get", place, key).json() == ended
    assert listed(key) == [other]
    for path, body in ((f"/{one['id']}", {}), (f"/{one['id']}/test", None)):
        answer = post(key, path, body)
        assert (answer.status_code, answer.json()["code"]) == (400, "webhook_ended")


def test_a_test_is_sent_and_its_answer_read(key, reachable):
    with receiving() as receiver:
        reachable(receiver.port)
        sent = post(key, f"/{made(key, address=receiver.url())['id']}/test").json()
        send_all()

    assert (sent["event"], sent["state"], sent["attempts"]) == ("webhook.test", "waiting", [])
    found = ask("get", f"/v1/callbacks/{sent['id']}", key).json()
    assert (found["state"], [one["answer"] for one in found["attempts"]]) == ("delivered", ["we say 200"])
    assert [got.json["event"] for got in receiver.taken()] == ["webhook.test"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (TOLD | {"address": "nonsense"}, "neither a web address nor an e-mail address"),
        (TOLD | {"address": "ftp://basalt.example/"}, "begins with https://"),
        (TOLD | {"address": "h" * 3000}, "address"),
        (TOLD | {"events": ["task.melted"]}, "“events” is one of task.completed"),
        (TOLD | {"events": []}, "at least one kind"),
        ({"address": TOLD["address"]}, '"events" is required'),
    ],
)
def test_what_cannot_be_gets_a_sentence(key, body, sentence):
    one = made(key)

    for path in ("", f"/{one['id']}"):
        if path and "required" in sentence:
            continue
        answer = post(key, path, body)
        assert (answer.status_code, answer.json()["status_code"]) == (400, 400)
        assert sentence in answer.json()["error"]
    assert listed(key) == [one]


def test_each_world_has_its_own(organization, key):
    test_key = key_of(organization, mode="test")
    live, test = made(key), made(test_key)

    assert (listed(key), listed(test_key)) == ([live], [test])
    assert (live["is_test"], test["is_test"]) == (False, True)
    for other, one in ((key, test), (test_key, live), (key_of(OrganizationFactory.create()), live)):
        assert ask("get", f"/v1/webhooks/{one['id']}", other).status_code == 404
        assert ask("delete", f"/v1/webhooks/{one['id']}", other).status_code == 404
        assert post(other, f"/{one['id']}", {}).status_code == 404
        assert post(other, f"/{one['id']}/test").status_code == 404
    assert Webhook.objects.active().count() == 2
    assert not Delivery.objects.exists()


def test_only_a_key_that_administers(organization, key):
    one, lesser = made(key), key_of(organization, scopes=["read", "write"])

    for method, path in (("get", ""), ("get", f"/{one['id']}"), ("delete", f"/{one['id']}")):
        assert ask(method, f"/v1/webhooks{path}", lesser).status_code == 403
    for path in ("", f"/{one['id']}", f"/{one['id']}/test"):
        assert post(lesser, path, TOLD).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_many(key, count, django_assert_num_queries):
    for _number in range(count):
        made(key)
    listed(key)

    with django_assert_num_queries(2):
        assert len(listed(key)) == count
