"""Pausing by the API, ours beyond Scale: a project or all of one's work, with the four policies, preview and ramp."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import KeyScope, Organization
from labeling.claiming import Nothing, claim
from labeling.models import Assignment, AssignmentStatus
from projects.models import Pause, PausePolicy, PauseScope, Project
from tests.api.asking import key_of
from tests.factories import MembershipFactory, OrganizationFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import taken
from tests.labeling.stops import run_jobs, stop

pytestmark = pytest.mark.django_db
TEXT = {"text_for_workers": "New data comes."}


@pytest.fixture
def project() -> Project:
    project = make_project(organization=OrganizationFactory.create(name="Basalt"), name="Cows / 牛?")
    make_tasks(project, 2)
    return project


def ask(organization: Organization, path: str, body: Any = None, **terms: Any) -> Any:
    key = key_of(organization, **({"scopes": [scope.value for scope in KeyScope]} | terms))
    headers = {"Authorization": f"Bearer {key}"}
    if path == "pauses":
        return Client().get(f"/v1/{path}", headers=headers)
    return Client().post(f"/v1/{path}", body or {}, content_type="application/json", headers=headers)


def of_project(project: Project, what: str, body: Any = None, **terms: Any) -> Any:
    return ask(project.organization, f"projects/Cows%20%2F%20%E7%89%9B%3F/{what}", body, **terms)


def test_a_project_is_paused_and_resumed(project):
    answer = of_project(project, "pause", TEXT | {"reason": "data"})

    assert answer.status_code == 200
    one = Pause.objects.get()
    assert (one.scope, one.project, one.policy) == (PauseScope.PROJECT, project, PausePolicy.FINISH)
    assert (one.is_customers, one.reason) == (True, "data")
    assert answer.json()["pause"] == ask(project.organization, "pauses").json()["pauses"][0]
    assert claim(make_worker(project), at=timezone.now()) is Nothing.EMPTY

    said = of_project(project, "resume").json()
    assert ([found["id"] for found in said["resumed"]], said["still_paused"]) == ([one.public_id], [])
    assert isinstance(claim(make_worker(project), at=timezone.now()), Assignment)
    assert of_project(project, "resume").status_code == 400


def test_all_of_ones_work(project):
    assert ask(project.organization, "pause", TEXT).status_code == 200
    other = make_project()
    make_tasks(other)

    assert claim(make_worker(project), at=timezone.now()) is Nothing.EMPTY
    assert isinstance(claim(make_worker(other), at=timezone.now()), Assignment)
    (by_site,) = stop(project, at=timezone.now())
    said = ask(project.organization, "resume", {"ramp_minutes": 30}).json()
    assert [found["id"] for found in said["still_paused"]] == [by_site.public_id]
    one = Pause.objects.get(scope=PauseScope.ORGANIZATION)
    assert one.ended_at is not None
    assert one.ramp_ends_at == one.ended_at + timedelta(minutes=30)


def test_policies_with_their_terms(project):
    at_work = taken(make_worker(project), at=timezone.now())
    until = timezone.now() + timedelta(hours=2)

    assert of_project(project, "pause", TEXT | {"policy": "recall", "until": until.isoformat()}).status_code == 200
    run_jobs()
    at_work.refresh_from_db()
    assert (at_work.status, Pause.objects.get().ends_at) == (AssignmentStatus.RECALLED, until)
    grace = of_project(project, "pause", TEXT | {"policy": "grace", "grace_minutes": 5}).json()["pause"]
    assert "grace_until" in grace


def test_a_preview_counts_and_writes_nothing(project):
    taken(make_worker(project), at=timezone.now())

    found = of_project(project, "pause", TEXT | {"preview": True}).json()["preview"]

    assert (found["people"], found["in_hand"], found["open_places"]) == (1, 1, 1)
    assert found["last_lease_at"]
    assert Pause.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [{}, TEXT | {"policy": "grace"}, TEXT | {"grace_minutes": 5}, TEXT | {"policy": "x"}, TEXT | {"reason": "x"},
     TEXT | {"until": "2020-01-01"}, TEXT | {"until": "soon"}, {"text_for_workers": "Basalt stops."},
     TEXT | {"policy": "grace", "grace_minutes": 0}],
)  # fmt: skip
def test_what_cannot_be_gets_a_sentence(project, body):
    answer = of_project(project, "pause", body)

    assert (answer.status_code, answer.json()["status_code"]) == (400, 400)
    assert answer.json()["error"]
    assert Pause.objects.count() == 0


def test_a_persons_pause_is_theirs(project):
    stop(project, is_customers=True)
    Pause.objects.update(created_by=MembershipFactory.create(organization=project.organization).user)

    assert of_project(project, "resume").status_code == 400
    assert Pause.objects.get().ended_at is None


def test_who_may(project):
    stranger = OrganizationFactory.create()
    of_project(project, "pause", TEXT)

    for path in ("pause", "resume"):
        assert of_project(project, path, TEXT, scopes=["read", "write"]).status_code == 403
        assert of_project(project, path, TEXT, mode="test").status_code == 404
        assert ask(project.organization, path, TEXT, mode="test").status_code == 400
        assert ask(stranger, f"projects/Cows%20%2F%20%E7%89%9B%3F/{path}", TEXT).status_code == 404
    assert ask(stranger, "pauses").json() == {"pauses": []}
    assert Pause.objects.get().ended_at is None
