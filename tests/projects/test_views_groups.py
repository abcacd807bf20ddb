"""The customer's pages of groups, and of who may work on a batch."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from projects.creating import create_batch
from projects.giving import Given, give_batch
from projects.grouping import create_group
from projects.models import Batch, EnrollmentRole, Group, Project, Workforce
from tests.factories import (
    NOON,
    EnrollmentFactory,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
    WorkerFactory,
    make_project,
    make_worker,
)
from workers.models import Worker

pytestmark = pytest.mark.django_db

NIGHT = "Night / 夜 <b>🌙</b> %"


@pytest.fixture
def organization():
    return OrganizationFactory.create(slug="basalt", name="Basalt")


@pytest.fixture
def project(organization):
    return make_project(organization=organization, workforce=Workforce.OWN, reviews=1)


@pytest.fixture
def manager(client, organization):
    client.force_login(MembershipFactory.create(organization=organization, role=Role.MANAGER).user)
    return client


def person(project: Project, email: str, role: str = EnrollmentRole.WORKER) -> Worker:
    worker = WorkerFactory.create(organization=project.organization, user=UserFactory.create(email=email))
    EnrollmentFactory.create(worker=worker, project=project, role=role)
    return worker


def address(name: str, project: Project, *more: str) -> str:
    return reverse(f"customer:{name}", args=[project.organization.slug, project.public_id, *more])


def text(response):
    return response.content.decode()


def members(group: Group) -> set[Worker]:
    return set(Worker.objects.filter(groups__group=group))


def test_a_group_is_made_seen_changed_and_deleted(manager, project):
    ida, jon = person(project, "ida@basalt.example"), person(project, "jon@basalt.example", EnrollmentRole.BOTH)
    assert "every batch is for everybody on the project" in text(manager.get(address("project_people", project)))
    form = text(manager.get(address("new_group", project)))
    assert [part in form for part in ("ida@basalt.example", "Attempts and reviews")] == [True, True]

    given = {"name": NIGHT, "people": [ida.public_id]}
    page = text(manager.post(address("new_group", project), given, follow=True))
    group = Group.objects.get()
    assert (group.name, members(group)) == (NIGHT, {ida})
    assert [part in page for part in ("Night / 夜 &lt;b&gt;🌙&lt;/b&gt; %", NIGHT)] == [True, False]

    here = address("group", project, group.public_id)
    assert text(manager.get(here)).count("checked") == 1
    manager.post(here, {"name": "Late", "people": [jon.public_id]})
    group.refresh_from_db()
    assert (group.name, members(group)) == ("Late", {jon})

    assert "keep what they have in hand" in text(manager.get(address("delete_group", project, group.public_id)))
    page = text(manager.post(address("delete_group", project, group.public_id), follow=True))
    assert "The group “Late” is deleted." in page
    assert Group.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "said"), [("", "required"), ("Day", "already"), ("a@basalt.example", "e-mail"), ("groups", "slashes")]
)
def test_a_wrong_name_says_what_is_wrong_and_loses_nothing(manager, project, name, said):
    ida = person(project, "ida@basalt.example")
    create_group(project, "Day", [], by=None, at=NOON)
    night = create_group(project, "Night", [], by=None, at=NOON)

    for page in (address("new_group", project), address("group", project, night.public_id)):
        response = manager.post(page, {"name": name, "people": [ida.public_id]})
        assert response.status_code == 422
        assert said in text(response)
        assert text(response).count("checked") == 1
    assert list(Group.objects.order_by("pk").values_list("name", flat=True)) == ["Day", "Night"]
    assert members(night) == set()


def test_nobody_else_s_people_can_be_ticked(manager, project, organization):
    elsewhere = make_project(organization=organization, workforce=Workforce.OWN)
    stranger = person(elsewhere, "eva@basalt.example")

    response = manager.post(address("new_group", project), {"name": "Day", "people": [stranger.public_id]})

    assert (response.status_code, Group.objects.count()) == (422, 0)
    assert "eva@basalt.example" not in text(response)


def test_a_group_to_which_alone_a_batch_is_given_is_not_deleted(manager, project):
    group = create_group(project, "Day", [], by=None, at=NOON)
    batch = create_batch(project, name="spring", by=None, at=NOON)
    give_batch(batch, Given((group,)), by=None, at=NOON)
    here = address("delete_group", project, group.public_id)

    page = text(manager.get(here))
    assert address("batch_people", project, batch.public_id) in page
    assert "Back to the group" in page
    assert "spring" in text(manager.get(address("group", project, group.public_id)))
    refused = manager.post(here)
    assert (refused.status_code, "“spring”" in text(refused)) == (409, True)
    assert Group.objects.count() == 1


def test_a_batch_is_given_to_groups_and_people_and_to_everybody(manager, project):
    ida = person(project, "ida@basalt.example")
    group = create_group(project, NIGHT, [ida], by=None, at=NOON)
    batch = create_batch(project, name="spring", by=None, at=NOON)
    here = address("batch_people", project, batch.public_id)
    listed = address("project_batches", project)
    assert text(manager.get(listed)).count("Everybody") == 2

    these = {"whom": "these", "groups": [group.public_id], "people": [ida.public_id]}
    page = text(manager.post(here, these, follow=True))
    assert Given.of(batch) == Given((group,), (ida,))
    assert [part in page for part in ("Night / 夜 &lt;b&gt;", "1 person", "Nobody of them reviews.")] == [True] * 3
    assert "Nobody of them attempts." not in page
    assert text(manager.get(here)).count("checked") == 3

    manager.post(here, {**these, "whom": "everybody"})
    assert Given.of(batch) == Given()
    assert text(manager.get(listed)).count("Everybody") == 2


@pytest.mark.parametrize("given", [{"whom": "these"}, {}, {"whom": "nobody"}, {"whom": "these", "groups": ["x"]}])
def test_whom_has_to_be_said(manager, project, given):
    ida = person(project, "ida@basalt.example")
    batch = create_batch(project, name="spring", by=None, at=NOON)
    give_batch(batch, Given((), (ida,)), by=None, at=NOON)

    response = manager.post(address("batch_people", project, batch.public_id), given)

    assert response.status_code == 422
    assert Given.of(batch) == Given((), (ida,))


def test_of_many_groups_the_list_names_three(manager, project):
    batch = create_batch(project, name="spring", by=None, at=NOON)
    groups = tuple(create_group(project, f"{name}-{'x' * 60}", [], by=None, at=NOON) for name in "abcde")
    give_batch(batch, Given(groups), by=None, at=NOON)

    page = text(manager.get(address("project_batches", project)))

    assert [f">{name}-x" in page for name in "abcde"] == [True, True, True, False, False]
    assert ("2 more groups" in page, "x" * 60 in page) == (True, False)


def test_who_has_left_the_project_is_shown_and_stays_ticked(manager, project):
    ida = person(project, "ida@basalt.example")
    batch = create_batch(project, name="spring", by=None, at=NOON)
    give_batch(batch, Given((), (ida,)), by=None, at=NOON)
    manager.post(address("end_enrollment", project, ida.public_id))

    page = text(manager.get(address("batch_people", project, batch.public_id)))
    assert [part in page for part in ("ida@basalt.example", "Not on the project any more")] == [True, True]
    listed = text(manager.get(address("project_batches", project)))
    assert "Nobody of them attempts." in listed
    manager.post(address("batch_people", project, batch.public_id), {"whom": "these", "people": [ida.public_id]})
    assert Given.of(batch) == Given((), (ida,))


def test_members_see_to_whom_a_batch_is_given_without_addresses(client, project, organization):
    client.force_login(MembershipFactory.create(organization=organization, role=Role.MEMBER).user)
    ida = person(project, "ida@basalt.example")
    batch = create_batch(project, name="spring", by=None, at=NOON)
    give_batch(batch, Given((), (ida,)), by=None, at=NOON)

    page = text(client.get(address("project_batches", project)))

    assert ("1 person" in page, "ida@basalt.example" in page) == (True, False)
    assert address("batch_people", project, batch.public_id) not in page
    assert client.get(address("batch_people", project, batch.public_id)).status_code == 403


def test_projects_of_the_site_s_contractors_have_no_such_pages(manager, organization):
    managed = make_project(organization=organization)
    make_worker(managed)
    group = Group.objects.create(project=managed, name="Day", created_at=NOON)
    pages = [
        address("new_group", managed),
        address("group", managed, group.public_id),
        address("delete_group", managed, group.public_id),
        address("batch_people", managed, Batch.objects.get(project=managed).public_id),
    ]

    assert [manager.get(page).status_code for page in pages] == [404] * 4
    assert "Who gets tasks of it" not in text(manager.get(address("project_batches", managed)))
    assert "New group" not in text(manager.get(address("project_people", managed)))


def test_another_project_s_group_and_batch_are_not_found(manager, project, organization):
    other = make_project(organization=organization, workforce=Workforce.OWN)
    group = create_group(other, "Day", [], by=None, at=NOON)

    for page in (
        address("group", project, group.public_id),
        address("delete_group", project, group.public_id),
        address("batch_people", project, other.batches.get().public_id),
    ):
        assert manager.get(page).status_code == 404


def test_the_pages_need_as_many_queries_for_many_rows_as_for_few(manager, project):
    few, many = (grown(manager, project, count) for count in (1, 3))

    assert few == many


def grown(client: Client, project: Project, count: int) -> list[int]:
    """More of everything; how many queries each page needs then."""
    group, batch = [given(project, f"{count}.{number}") for number in range(count)][-1]
    pages = [
        address("project_people", project),
        address("project_batches", project),
        address("new_group", project),
        *(address(name, project, group.public_id) for name in ("group", "delete_group")),
        address("batch_people", project, batch.public_id),
    ]
    found = []
    for page in pages:
        client.get(page)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page).status_code == 200
        found.append(len(captured))
    return found


def given(project: Project, name: str) -> tuple[Group, Batch]:
    ida = person(project, f"{name}@basalt.example")
    group = create_group(project, name, [ida], by=None, at=NOON)
    batch = create_batch(project, name=name, by=None, at=NOON)
    give_batch(batch, Given((group,), (ida,)), by=None, at=NOON)
    return group, batch
