"""The customer's page of what was delivered."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import Mode, Organization, Role
from delivery import callbacks
from events.recording import by_site
from labeling import batches
from labeling.importing import finish
from projects import adding, creating
from projects.models import Batch, BatchStatus, Project
from projects.task_rows import NewTask
from tests.api.asking import key_of
from tests.api.test_access import ask
from tests.factories import CAT, NOON, MembershipFactory, OrganizationFactory, make_project, make_tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return OrganizationFactory.create(slug="basalt")


@pytest.fixture
def project(organization) -> Project:
    return make_project(organization=organization, name="Street")


def client_of(organization: Organization, role: str) -> Client:
    client = Client()
    client.force_login(MembershipFactory.create(organization=organization, role=role).user)
    return client


@pytest.fixture
def manager(organization) -> Client:
    return client_of(organization, Role.MANAGER)


def delivered(project: Project, name: str, *, tasks: int = 1, hours: int = 0) -> Batch:
    batch = creating.create_batch(project, name=name, by=None, at=NOON)
    made = make_tasks(project, tasks, batch=batch)
    finish({task.pk: [CAT] for task in made}, at=NOON)
    assert batches.complete(batch, at=NOON + timedelta(hours=hours)) == 1
    return batch


def names(client: Client, **query) -> list[tuple[str | None, int]]:
    return [(row.batch.name, row.tasks) for row in client.get("/o/basalt/deliveries/", query).context["rows"]]


def test_completed_batches_the_newest_first_as_in_the_api(organization, project, manager):
    delivered(project, "late", hours=2, tasks=2)
    delivered(project, "early", hours=1)
    creating.create_batch(project, name="open", by=None, at=NOON)
    make_tasks(project)
    delivered(make_project(), "theirs")

    assert names(manager) == [("late", 2), ("early", 1)]
    by_api = ask("get", "/v2/deliveries", key_of(organization)).json()["deliveries"]
    assert [(one["name"], one["task_count"]) for one in by_api] == names(manager)


def test_one_that_is_opened_again_is_none(project, manager):
    batch = delivered(project, "a")
    adding.add_tasks(batch, [NewTask(params={"attachment": "one more"})], by=None, at=timezone.now())

    assert (names(manager), Batch.objects.get(pk=batch.pk).status) == ([], BatchStatus.IN_PROGRESS)


def test_the_other_world_stands_apart(project, manager):
    batch = delivered(project, "a")
    Batch.objects.filter(pk=batch.pk).update(mode=Mode.TEST)

    assert (names(manager), names(manager, mode="test")) == ([], [("a", 1)])


def test_a_line_leads_to_the_export_of_its_batch(project, manager):
    batch = delivered(project, "a")
    home = f"/o/basalt/projects/{project.public_id}/exports/"
    page = manager.get("/o/basalt/deliveries/").content.decode()
    assert f"{home}?batch={batch.public_id}" in page

    form = manager.get(home, {"batch": batch.public_id}).content.decode()

    assert f'<option value="{batch.public_id}" selected>a</option>' in form


def test_whether_its_callback_arrived_is_for_those_who_may_see_callbacks(organization, project, manager):
    callbacks.settings_of(organization.pk)
    callbacks.change_address(organization, "https://basalt.example/", by=by_site(), at=NOON)
    delivered(project, "a")
    member = client_of(organization, Role.MEMBER)

    def said(client: Client) -> tuple[bool, bool]:
        page = client.get("/o/basalt/deliveries/").content.decode()
        return "Waiting" in page, "/exports/" in page

    assert (said(manager), said(member)) == ((True, True), (False, False))


def test_a_stranger_finds_nothing(project):
    delivered(project, "a")

    assert client_of(OrganizationFactory.create(), Role.ADMIN).get("/o/basalt/deliveries/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_and_for_many(project, manager, count, django_assert_num_queries):
    for number in range(count):
        delivered(project, f"batch {number}")
    names(manager)
    cache.clear()  # counts are kept for two seconds

    with django_assert_num_queries(7):
        assert len(names(manager)) == count
