"""The feed of what happened: in order, without gaps, nothing of another's, nothing about people."""

from typing import Any

import pytest

from accounts.models import Organization
from events import recording, sealing
from events.models import Event
from events.recording import Actor
from events.verbs import Verb
from projects import adding, creating
from projects.models import Project
from projects.task_rows import NewTask
from tests.api.asking import BOXES, key_of
from tests.api.test_access import ask
from tests.factories import NOON, MembershipFactory, OrganizationFactory, UserFactory, make_worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return OrganizationFactory.create(name="Basalt")


def make(organization: Organization, name: str = "Cows", mode: str = "live") -> Project:
    terms = creating.Terms(params={"geometries": BOXES["geometries"]})
    return creating.create_project(
        organization, name=name, type="imageannotation", terms=terms, mode=mode, by=None, at=NOON
    )


def add(project: Project, count: int) -> None:
    adding.add_tasks(project.batches.get(name=None), [NewTask(params=BOXES)] * count, by=None, at=NOON)


def happen(organization: Organization, verb: Verb, actor: Actor, **data: Any) -> None:
    Event.objects.bulk_create(
        [
            recording.event(
                verb,
                at=NOON,
                actor=actor,
                subject_type="task",
                subject_id="0123",
                organization_id=organization.pk,
                data=data,
            )
        ]
    )


def feed(key: str, after: int = 0, limit: int = 100) -> Any:
    answer = ask("get", f"/v1/events?after={after}&limit={limit}", key)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_it_goes_on_where_it_ended_and_misses_nothing(organization: Organization):
    key = key_of(organization)
    project = make(organization)
    sealing.seal()
    seen, after = [], 0
    for _round in range(3):
        add(project, 5)
        add(make(OrganizationFactory.create()), 1)
        sealing.seal()
        while True:
            page = feed(key, after, limit=2)
            seen += page["docs"]
            assert page["next_after"] >= after
            after = page["next_after"]
            if not page["has_more"]:
                break

    stored = Event.objects.filter(organization=organization, verb__in=["task_created", "project_created"])
    told = [(one["seq"], one["hash"]) for one in seen if one["verb"] in {"task_created", "project_created"}]
    assert told == list(stored.order_by("seq").values_list("seq", "hash"))
    assert len(told) == 16
    assert feed(key, after) == {"docs": [], "next_after": after, "has_more": False}


def test_what_is_not_sealed_is_not_told_yet(organization: Organization):
    key = key_of(organization)
    make(organization)

    early = feed(key)
    sealing.seal()

    assert early == {"docs": [], "next_after": 0, "has_more": False}
    assert "project_created" in {one["verb"] for one in feed(key, early["next_after"])["docs"]}


def test_nothing_of_who_works_is_told(organization: Organization):
    key = key_of(organization)
    worker = recording.by_worker(make_worker())
    happen(organization, Verb.ASSIGNMENT_CLAIMED, worker, task="0123")
    happen(organization, Verb.SUBMISSION_RECEIVED, worker, active_s=12)
    happen(organization, Verb.HOLD_STARTED, recording.by_site(), worker="0456")
    happen(organization, Verb.ENROLLMENT_CHANGED, recording.by_site(), before="a")
    happen(organization, Verb.TASK_COMPLETED, worker, number=1, source="attempt", worker=worker.id)
    happen(organization, Verb.TRANSFER_MADE, worker, amount=3)
    sealing.seal()

    page = feed(key)

    (one,) = page["docs"]
    assert (one["verb"], one["actor"], one["data"]) == ("task_completed", {"kind": "worker"}, {"number": 1})
    assert page["next_after"] == sealing.length(organization.pk)
    assert page["next_after"] > one["seq"]
    assert worker.id not in str(page)


def test_members_and_keys_are_named_and_strangers_are_not(organization: Organization):
    key = key_of(organization)
    member = MembershipFactory.create(organization=organization).user
    stranger = UserFactory.create(is_site_admin=True)
    for actor in (recording.by_user(member), recording.by_user(stranger), recording.by_site()):
        happen(organization, Verb.TASK_CANCELED, actor)
    used = organization.api_keys.get()
    happen(organization, Verb.TASK_CANCELED, recording.by_key(used))
    sealing.seal()

    actors = [one["actor"] for one in feed(key)["docs"] if one["verb"] == "task_canceled"]

    assert actors == [
        {"kind": "user", "id": member.public_id},
        {"kind": "user"},
        {"kind": "site"},
        {"kind": "api_key", "id": used.public_id},
    ]


def test_each_key_is_told_of_its_own_world(organization: Organization):
    live, test = make(organization, "Live"), make(organization, "Test", mode="test")
    make(OrganizationFactory.create(), "Theirs")
    sealing.seal()

    told = {
        mode: {one["subject_id"] for one in feed(key_of(organization, mode=mode))["docs"] if one["verb"][:4] == "proj"}
        for mode in ("live", "test")
    }

    assert told == {"live": {live.public_id}, "test": {test.public_id}}


@pytest.mark.parametrize("count", [1, 9])
def test_a_page_costs_the_same_for_few_and_for_many(
    organization: Organization, count: int, django_assert_max_num_queries: Any
):
    add(make(organization), count)
    sealing.seal()
    key = key_of(organization)
    feed(key)

    with django_assert_max_num_queries(12):
        assert len(feed(key)["docs"]) > count


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=0", "limit=501", f"after={2**63}"])
def test_another_question_is_refused(organization: Organization, query: str):
    assert ask("get", f"/v1/events?{query}", key_of(organization)).status_code == 400


def test_it_is_for_keys_that_administer(organization: Organization):
    assert ask("get", "/v1/events", key_of(organization, scopes=["read", "write"])).status_code == 403
