"""Tasks with a known answer: nobody who works on one can tell, and its pages."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Role
from events.models import Event
from labeling.models import Assignment
from labeling.submitting import submit
from projects.models import Project
from projects.task_rows import NewTask
from quality import gold
from quality.gold import Key
from quality.models import QualityTask
from tests.factories import CAT, DOG, NOON, MembershipFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import taken

pytestmark = pytest.mark.django_db
LIST_QUERIES = 9


@pytest.fixture
def project() -> Project:
    return make_project(rate_micros=70_000)


@pytest.fixture
def client_of(project: Project) -> Any:
    """A browser in which a member with that role is signed in."""

    def signed_in(role: str = Role.ADMIN, organization: Any = None) -> Client:
        membership: Membership = MembershipFactory.create(organization=organization or project.organization, role=role)
        client = Client()
        client.force_login(membership.user)
        return client

    return signed_in


def add(project: Project, kind: str = "evaluation", **more: Any) -> QualityTask:
    return gold.order(project, NewTask(params={"attachment": "text"}), Key(kind, DOG, **more), by=None, at=NOON)


def address(project: Project, name: str = "project_quality", *more: str) -> str:
    return reverse(f"customer:{name}", args=[project.organization.slug, project.public_id, *more])


def test_gold_looks_and_pays_like_any_other_task(project: Project):
    known = add(project, initial=CAT)
    make_tasks(project, 1)
    worker = make_worker(project)
    browser = Client()
    browser.force_login(worker.user)

    shown = {}
    for _turn in range(2):
        assignment = taken(worker, at=timezone.now())
        answer = browser.get(reverse("my:assignment", args=[assignment.public_id]))
        assert known.public_id not in answer.content.decode()
        is_known = assignment.work_item.task_id == known.task_id
        shown[is_known] = shape_of(answer.json()), assignment.rate_micros, assignment.work_item.kind
        submit(assignment, response=CAT, key=assignment.public_id, at=timezone.now())
    assert shown[True] == shown[False]
    assert Assignment.objects.filter(status="submitted").count() == 2


def shape_of(value: Any) -> Any:
    """The shape of JSON, without what differs from task to task."""
    if isinstance(value, dict):
        return {name: shape_of(inner) for name, inner in value.items()}
    return type(value).__name__


def test_pages_of_a_project_list_and_show_it(project: Project, client_of: Any):
    used, retired = add(project, initial=CAT), add(project, kind="training")
    gold.retire(retired, by=MembershipFactory.create().user, at=NOON)
    client = client_of()

    page = client.get(address(project)).content.decode()
    assert page.count(f"/quality/{used.public_id}/") == page.count(f"/quality/{retired.public_id}/") == 1
    one = client.get(address(project, "quality_task", used.public_id)).content.decode()
    assert "&quot;dog&quot;" in one
    assert "&quot;cat&quot;" in one
    assert "Retire it" in one
    assert "Enable again" in client.get(address(project, "quality_task", retired.public_id)).content.decode()


def test_an_empty_list_says_how_they_come(project: Project, client_of: Any):
    assert "through the API" in client_of().get(address(project)).content.decode()


def test_the_expected_answer_is_changed_and_checked(project: Project, client_of: Any):
    known = add(project)
    url, client = address(project, "quality_task", known.public_id), client_of()

    assert client.post(url, {"expected_response": json.dumps(CAT)}).status_code == 302
    known.refresh_from_db()
    assert known.expected_response == CAT
    for wrong in ("", "{", "[1]", '{"category": "cow"}', '{"category": "cat", "category": "dog"}', "NaN"):
        answer = client.post(url, {"expected_response": wrong})
        assert answer.status_code == 422, wrong
        assert 'role="alert"' in answer.content.decode() or "error" in answer.content.decode()
    known.refresh_from_db()
    assert known.expected_response == CAT


def test_it_is_retired_and_enabled(project: Project, client_of: Any):
    known, client = add(project), client_of()

    for _again in range(2):
        assert client.post(address(project, "retire_quality_task", known.public_id)).status_code == 302
        known.refresh_from_db()
        assert known.retired_at is not None
    for _again in range(2):
        assert client.post(address(project, "enable_quality_task", known.public_id)).status_code == 302
        known.refresh_from_db()
        assert known.retired_at is None
    said = [event.data["what"] for event in Event.objects.filter(verb="task_changed").order_by("pk")]
    assert said == ["quality_retired", "quality_enabled"]


def test_strangers_and_other_projects_see_nothing_of_it(project: Project, client_of: Any):
    known = add(project)
    beside = make_project(organization=project.organization)
    owner, stranger = client_of(), client_of(organization=make_project().organization)

    assert owner.get(address(beside, "quality_task", known.public_id)).status_code == 404
    for name, method in (("quality_task", "get"), ("retire_quality_task", "post"), ("enable_quality_task", "post")):
        assert getattr(stranger, method)(address(project, name, known.public_id)).status_code == 404
    assert not QualityTask.objects.visible_to(make_worker(project).user).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_a_constant_number_of_queries(
    project: Project, client_of: Any, count: int, django_assert_num_queries: Any
):
    for _number in range(count):
        add(project)
    client = client_of()
    client.get(address(project))
    with django_assert_num_queries(LIST_QUERIES):
        client.get(address(project))
