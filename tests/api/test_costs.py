"""What projects cost, by key."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Organization
from tests.api.asking import key_of
from tests.api.test_access import ask
from tests.factories import NOON, OrganizationFactory, make_project
from tests.payments.test_costs import hand_in, judge, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return OrganizationFactory.create(name="Basalt", time_zone="Africa/Nairobi")


@pytest.fixture
def key(organization: Organization) -> str:
    return key_of(organization)


def costs(key: str, query: str = "") -> Any:
    return ask("get", f"/v1/costs{query}", key).json()


def amounts(**changes: Any) -> Any:
    zero = "0.000000"
    names = ("cost", "worked", "accepted", "rejected", "in_review")
    return {"completed_tasks": 0} | dict.fromkeys(names, zero) | changes


ONE = amounts(completed_tasks=1, cost="0.900000", worked="0.340000", in_review="0.340000")


def test_amounts_are_exact_texts_with_their_currency(organization, key):
    project = paid(organization, name="Cows / 牛?", reviews=1)
    hand_in(project)
    judge(project, "accepted")

    assert costs(key) == {
        "docs": [
            {"project": "Cows / 牛?", "project_id": project.public_id, "type": "categorization", "currency": "USD"}
            | amounts(completed_tasks=1, cost="0.900000", worked="0.680000", accepted="0.340000", in_review="0.340000")
        ],
        "time_zone": "Africa/Nairobi",
        "limit": 100,
        "has_more": False,
    }


def test_of_one_project_in_a_time_day_by_day(organization, key):
    project, other = paid(organization, name="Street"), paid(organization, name="Other")
    late = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
    hand_in(project, at=late)
    hand_in(project, at=late + timedelta(days=9))
    hand_in(other, at=late)

    found = costs(key, "?project=Street&since=2026-03-01&until=2026-03-05&by=day")

    (doc,) = found["docs"]
    assert doc["days"] == [{"day": "2026-03-02"} | ONE]
    assert {name: doc[name] for name in ONE} == ONE


def test_page_by_page_it_stays_the_same(organization, key):
    names = [paid(organization, name=f"Project {number}").name for number in range(5)]

    first = costs(key, "?limit=2")
    make_project(organization=organization, name="New")
    second = costs(key, f"?limit=2&next_token={first['next_token']}")
    third = costs(key, f"?limit=2&next_token={second['next_token']}")

    pages = [[one["project"] for one in page["docs"]] for page in (first, second, third)]
    assert pages == [names[:2:-1], names[2:0:-1], names[:1]]
    assert (third["has_more"], "next_token" in third) == (False, False)


def test_tasks_without_a_project_cost_too(organization, key):
    body = '{"attachment": "https://example.org/a.jpg", "categories": ["a", "b"]}'
    ask("post", "/v1/task/categorization", key, body)

    (doc,) = costs(key)["docs"]

    assert (doc["project"], doc["type"]) == ("Without a project: categorization", "categorization")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?since=2026-02-02&until=2026-02-02", "after the beginning"),
        ("?since=soon", "“since” is no time"),
        ("?by=week", "by"),
        ("?by=day", "needs “since” and “until”"),
        ("?by=day&since=2024-01-01&until=2026-01-01", "at most 366 days"),
        ("?limit=0", "limit"),
    ],
)
def test_what_cannot_be_gets_a_sentence(key, query, sentence):
    answer = ask("get", f"/v1/costs{query}", key)

    assert (answer.status_code, answer.json()["status_code"]) == (400, 400)
    assert sentence in answer.json()["error"]


def test_each_key_sees_its_own_world_and_only_one_that_administers(organization, key):
    hand_in(paid(organization, name="Street"))
    theirs = paid(OrganizationFactory.create(), name="Theirs")
    hand_in(theirs)

    assert [one["project"] for one in costs(key)["docs"]] == ["Street"]
    assert costs(key_of(organization, mode="test"))["docs"] == []
    assert ask("get", "/v1/costs", key_of(organization, scopes=["read", "write"])).status_code == 403
    for query in ("?project=Theirs", f"?next_token={theirs.public_id}", "?next_token=nothing"):
        assert ask("get", f"/v1/costs{query}", key).status_code == 404
    assert ask("get", "/v1/costs?project=Street", key_of(organization, mode="test")).status_code == 404


def test_nobodys_name_is_in_it(organization, key):
    worker = hand_in(paid(organization), at=NOON).worker

    text = ask("get", "/v1/costs?since=2020-01-01", key).content.decode()

    for secret in (worker.pseudonym, worker.public_id, worker.user.email, worker.user.name):
        assert secret not in text


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_costs_the_same_for_one_and_for_many(organization, key, count, django_assert_num_queries):
    for _number in range(count):
        hand_in(paid(organization), at=datetime(2026, 3, 1, tzinfo=UTC))
    query = "?since=2026-03-01&until=2026-04-01&by=day"
    costs(key, query)

    with django_assert_num_queries(8):
        assert len(costs(key, query)["docs"]) == count
