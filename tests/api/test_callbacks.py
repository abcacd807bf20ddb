"""The log of callbacks by key, and sending again."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from delivery.models import Attempt, Delivery
from events import running
from events.models import Event, Job, Outbox, OutboxState
from projects.models import Project
from tests.api.asking import key_of
from tests.api.test_access import ask
from tests.delivery.calls import completed, send_all, states
from tests.delivery.making import make_picture_project
from tests.delivery.receiver import ERROR, receiving
from tests.factories import NOON

pytestmark = pytest.mark.django_db
ADDRESS = "https://basalt.example/"


@pytest.fixture
def project() -> Project:
    return make_picture_project()


@pytest.fixture
def key(project: Project) -> str:
    return key_of(project.organization)


def log(key: str, query: str = "") -> Any:
    return ask("get", f"/v1/callbacks{query}", key).json()


def again(key: str, **body: Any) -> Any:
    return ask("post", "/v1/callbacks/send_again", key, json.dumps(body))


def given_up(*deliveries: Delivery) -> None:
    ids = [delivery.pk for delivery in deliveries]
    waiting = Delivery.objects.filter(pk__in=ids)
    waiting.update(state="failed", ended_at=NOON)


def test_the_log_is_read_page_by_page(project: Project, key: str):
    tasks = [completed(project, ADDRESS).public_id for _number in range(5)]
    first = log(key, "?limit=2")
    completed(project, ADDRESS)
    second = log(key, f"?limit=2&next_token={first['next_token']}")
    third = log(key, f"?limit=2&next_token={second['next_token']}")

    pages = [[one["subject_id"] for one in page["docs"]] for page in (first, second, third)]
    assert pages == [tasks[:2:-1], tasks[2:0:-1], tasks[:1]]
    assert (third["has_more"], "next_token" in third) == (False, False)


def test_it_filters_by_state_and_task(project: Project, key: str):
    first, second = completed(project, ADDRESS), completed(project, ADDRESS)
    given_up(Delivery.objects.get(subject_id=first.public_id))

    failed, waiting = log(key, "?state=failed")["docs"], log(key, "?state=waiting")["docs"]

    assert [one["subject_id"] for one in failed] == [first.public_id]
    assert [one["subject_id"] for one in waiting] == [second.public_id]
    assert log(key, f"?task={second.public_id}")["docs"] == waiting
    assert ask("get", "/v1/callbacks?task=nothing", key).status_code == 404
    assert "“state” is one of" in ask("get", "/v1/callbacks?state=melted", key).json()["error"]
    assert ask("get", "/v1/callbacks?next_token=nothing", key).status_code == 404


@pytest.mark.parametrize("count", [1, 8])
def test_a_page_costs_the_same_for_one_and_for_many(project: Project, count: int, django_assert_num_queries: Any):
    key = key_of(project.organization)
    for number in range(count):
        completed(project, ADDRESS)
        Attempt.objects.create(delivery=Delivery.objects.latest("pk"), at=NOON, duration_ms=number, address=ADDRESS)
    log(key)

    with django_assert_num_queries(4):
        assert len(log(key)["docs"]) == count


def test_one_shows_what_was_answered_and_is_sent_again(project: Project, key: str, reachable: Callable[[int], None]):
    with receiving(ERROR) as receiver:
        reachable(receiver.port)
        completed(project, receiver.url())
        send_all()
        place = f"/v1/callbacks/{Delivery.objects.get().public_id}"
        before = ask("get", place, key).json()
        sent = ask("post", f"{place}/send_again", key).json()
        send_all()

    assert [one["status"] for one in before["attempts"]] == [500]
    assert (before["state"], sent["state"], states()) == ("waiting", "waiting", ["delivered"])
    assert [one["status"] for one in ask("get", place, key).json()["attempts"]] == [200, 500]
    event = Event.objects.get(verb="callback_replayed")
    assert (event.actor_kind, event.actor_id) == ("api_key", project.organization.api_keys.get().public_id)


def test_while_it_is_sent_it_is_refused(project: Project, key: str):
    completed(project, ADDRESS)
    Outbox.objects.filter(state=OutboxState.WAITING).update(state=OutboxState.SENDING)

    answer = ask("post", f"/v1/callbacks/{Delivery.objects.get().public_id}/send_again", key)

    assert (answer.status_code, answer.json()["code"]) == (400, "being_sent")


def test_a_range_is_sent_again(project: Project, key: str):
    tasks = [completed(project, ADDRESS) for _number in range(3)]
    early, late, other = (Delivery.objects.get(subject_id=task.public_id) for task in tasks)
    Delivery.objects.filter(pk=late.pk).update(at=NOON + timedelta(hours=1))
    given_up(early, late, other)

    job = again(key, since=NOON.isoformat(), until=(NOON + timedelta(hours=1)).isoformat(), state="failed").json()
    running.run(Job.objects.get(public_id=job["job_id"]).pk)

    assert (job["state"], states()) == ("queued", ["waiting", "failed", "waiting"])
    assert Event.objects.get(verb="callback_replayed").actor_kind == "api_key"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"since": "2026-02-01", "until": "2026-02-01"}, "after the beginning"),
        ({"since": "soon", "until": "2026-02-01"}, "“since” is no time"),
        ({"since": "2026-02-01", "until": "2026-02-02", "state": "melted"}, "“state” is one of"),
        ({"until": "2026-02-02"}, "since"),
    ],
)
def test_an_impossible_range_is_refused(key: str, body: dict[str, str], sentence: str):
    answer = again(key, **body)

    assert answer.status_code == 400
    assert sentence in answer.json()["error"]
    assert Job.objects.count() == 0


def test_each_key_sees_its_own_world(project: Project, key: str):
    completed(project, ADDRESS)
    completed(make_picture_project("Theirs"), ADDRESS)
    lesser = key_of(project.organization, scopes=["read", "write"])
    own = Delivery.objects.get(organization=project.organization)

    assert [one["id"] for one in log(key)["docs"]] == [own.public_id]
    assert log(key_of(project.organization, mode="test"))["docs"] == []
    assert ask("get", "/v1/callbacks", lesser).status_code == 403
    assert ask("post", f"/v1/callbacks/{own.public_id}/send_again", lesser).status_code == 403
    assert ask("post", "/v1/callbacks/send_again", lesser, "{}").status_code == 403
