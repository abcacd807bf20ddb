"""Who works on projects, by key: pseudonyms, standing and figures; own people put on and taken off."""

import json
from typing import Any

import pytest

from accounts.models import Organization
from events.models import Event
from projects.models import Enrollment, Project
from tests.api.asking import key_of
from tests.api.test_access import ask
from tests.factories import MembershipFactory, OrganizationFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import ACCEPTED, judged, make_reviewer, submitted
from tests.quality.test_figures import own_project, own_worker
from workers.models import Worker

pytestmark = pytest.mark.django_db
NONE = {"accepted": 0, "fixed": 0, "rejected": 0}


@pytest.fixture
def organization() -> Organization:
    return OrganizationFactory.create(name="Basalt")


@pytest.fixture
def key(organization: Organization) -> str:
    return key_of(organization)


def workers(key: str, query: str = "") -> Any:
    return ask("get", f"/v1/workers{query}", key).json()


def post(key: str, what: str, **body: Any) -> Any:
    return ask("post", f"/v1/workers/{what}", key, json.dumps(body))


def at_work(project: Project) -> Worker:
    """Somebody of the site who has handed something in."""
    make_tasks(project)
    worker = make_worker(project)
    submitted(worker, project=project)
    return worker


def test_a_contractor_of_the_site_is_a_pseudonym_with_figures(organization, key):
    project = make_project(organization=organization, name="Cows / 牛?", reviews=1)
    worker = at_work(project)
    reviewer = make_reviewer(project)
    judged(reviewer, ACCEPTED)

    answer = ask("get", "/v1/workers", key)

    of_reviewer, of_worker = answer.json()["docs"]
    assert of_worker == {
        "worker": worker.pseudonym,
        "project": "Cows / 牛?",
        "role": "worker",
        "state": "active",
        "since": "2026-11-23T12:00:00.000Z",
        "answers": 1,
        "reviews": 0,
        "reviewed": {"accepted": 1, "fixed": 0, "rejected": 0, "accepted_share": 1.0, "interval": [0.2065, 1.0]},
        "audited": NONE,
    }
    assert (of_reviewer["worker"], of_reviewer["role"], of_reviewer["reviews"]) == (reviewer.pseudonym, "reviewer", 1)
    for one in (worker, reviewer):
        for secret in (one.user.email, one.user.name, one.public_id, one.user.public_id):
            assert secret not in answer.content.decode()


def test_whoever_has_had_no_task_of_it_is_the_sites_matter(organization, key):
    make_worker(make_project(organization=organization))

    assert workers(key)["docs"] == []


def test_filters(organization, key):
    street, trees = own_project(organization, name="Street"), own_project(organization, name="Trees")
    ann, ben = own_worker(organization, street), own_worker(organization, street, trees)
    Enrollment.objects.filter(worker=ann).update(role="reviewer")
    Enrollment.objects.filter(worker=ben, project=trees).update(state="ended")

    def pairs(query: str) -> Any:
        return [(one["worker"], one["project"]) for one in workers(key, query)["docs"]]

    assert pairs("") == [(ben.pseudonym, "Trees"), (ben.pseudonym, "Street"), (ann.pseudonym, "Street")]
    assert pairs("?project=Street") == [(ben.pseudonym, "Street"), (ann.pseudonym, "Street")]
    assert pairs("?role=reviewer") == [(ann.pseudonym, "Street")]
    assert pairs("?state=ended") == [(ben.pseudonym, "Trees")]
    assert pairs("?project=Trees&state=active") == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?role=king", "“role” is one of worker, reviewer, both"),
        ("?state=on", "“state” is one of"),
        ("?limit=0", "limit"),
    ],
)
def test_an_impossible_filter_gets_a_sentence(key, query, sentence):
    answer = ask("get", f"/v1/workers{query}", key)

    assert (answer.status_code, answer.json()["status_code"]) == (400, 400)
    assert sentence in answer.json()["error"]


def test_page_by_page_it_stays_the_same(organization, key):
    project = own_project(organization, name="Street")
    names = [own_worker(organization, project).pseudonym for _number in range(5)]

    first = workers(key, "?limit=2")
    own_worker(organization, project)
    second = workers(key, f"?limit=2&next_token={first['next_token']}")
    third = workers(key, f"?limit=2&next_token={second['next_token']}")

    pages = [[one["worker"] for one in page["docs"]] for page in (first, second, third)]
    assert pages == [names[:2:-1], names[2:0:-1], names[:1]]
    assert (third["has_more"], "next_token" in third) == (False, False)
    assert str(project.pk) not in first["next_token"].split(".")


def test_own_people_are_put_on_and_taken_off(organization, key):
    project = own_project(organization, name="Street")
    worker = own_worker(organization)

    on = post(key, "put_on", project="Street", email=worker.user.email.upper(), role="both").json()
    other_role = post(key, "put_on", project="Street", email=worker.user.email, role="reviewer").json()
    off = post(key, "take_off", project="Street", worker=worker.pseudonym)

    assert (on["worker"], on["email"], on["role"], on["state"]) == (
        worker.pseudonym, worker.user.email, "both", "active",
    )  # fmt: skip
    assert other_role == on | {"role": "reviewer"}
    assert off.json() == other_role | {"state": "ended"} == workers(key)["docs"][0]
    assert post(key, "take_off", project="Street", worker=worker.pseudonym).json() == off.json()
    assert Enrollment.objects.get().project == project
    events = Event.objects.filter(verb="enrollment_changed").order_by("pk")
    assert [(event.actor_kind, event.data["after"]) for event in events] == [
        ("api_key", "both"), ("api_key", "reviewer"), ("api_key", ""),
    ]  # fmt: skip


def test_a_member_labels_from_the_first_time_on(organization, key):
    own_project(organization, name="Street")
    member = MembershipFactory.create(organization=organization).user

    assert post(key, "put_on", project="Street", email=member.email).json()["email"] == member.email
    assert Worker.objects.get(user=member).organization == organization


def test_of_the_sites_contractors_the_site_decides(organization, key):
    worker = at_work(make_project(organization=organization, name="Street"))
    own_project(organization, name="Ours")

    for answer in (
        post(key, "put_on", project="Street", email=worker.user.email),
        post(key, "take_off", project="Street", worker=worker.pseudonym),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, "not_own")
    stranger = post(key, "put_on", project="Ours", email=worker.user.email)
    nobody = post(key, "put_on", project="Ours", email="nobody@example.org")
    assert {answer.json()["code"] for answer in (stranger, nobody)} == {"not_ours"}
    assert post(key, "take_off", project="Ours", worker=worker.pseudonym).status_code == 404
    assert Enrollment.objects.active().count() == 1


def test_an_unknown_role_gets_a_sentence(organization, key):
    own_project(organization, name="Street")

    answer = post(key, "put_on", project="Street", email=own_worker(organization).user.email, role="king")

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_value")
    assert not Enrollment.objects.exists()


def test_each_key_sees_its_own_world(organization, key):
    project = own_project(organization, name="Street")
    worker = own_worker(organization, project)
    others = [key_of(organization, mode="test"), key_of(OrganizationFactory.create())]

    for other in others:
        assert workers(other)["docs"] == []
        assert ask("get", "/v1/workers?project=Street", other).status_code == 404
        token = f"{project.public_id}.{worker.pseudonym}"
        assert ask("get", f"/v1/workers?next_token={token}", other).status_code == 404
        assert post(other, "put_on", project="Street", email=worker.user.email).status_code == 404
        assert post(other, "take_off", project="Street", worker=worker.pseudonym).status_code == 404
    lesser = key_of(organization, scopes=["read", "write"])
    assert ask("get", "/v1/workers", lesser).status_code == 403
    assert post(lesser, "put_on", project="Street", email=worker.user.email).status_code == 403
    assert post(lesser, "take_off", project="Street", worker=worker.pseudonym).status_code == 403
    assert Enrollment.objects.active().count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_costs_the_same_for_one_and_for_many(organization, key, count, django_assert_num_queries):
    project = make_project(organization=organization)
    for _number in range(count):
        at_work(project)
    workers(key)

    with django_assert_num_queries(5):
        assert len(workers(key)["docs"]) == count
