"""The customer's pages of projects: happy path, stranger, wrong input, and as many queries for many rows as for one."""

from io import BytesIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from accounts.models import Organization, Role
from events.models import Event
from files import bringing
from files.addresses import FetchError
from files.models import Fetch
from projects import creating
from projects.adding import add_tasks
from projects.models import Batch, BatchStatus, Import, Project, Task
from projects.sources import Source
from projects.task_rows import NewTask
from tests.factories import NOON, MembershipFactory, OrganizationFactory, UserFactory, make_project, make_tasks

pytestmark = pytest.mark.django_db(transaction=True)

BOXES = {"geometries": {"box": {"objects_to_annotate": ["Car", "Person"]}}}


@pytest.fixture
def organization():
    return OrganizationFactory.create(slug="basalt", name="Basalt")


def signed_in(client: Client, organization: Organization, role: str = Role.MEMBER) -> Client:
    client.force_login(MembershipFactory.create(organization=organization, role=role).user)
    return client


@pytest.fixture
def member(client, organization):
    return signed_in(client, organization)


def address(name: str, project: Project, *more: str) -> str:
    return reverse(f"customer:{name}", args=[project.organization.slug, project.public_id, *more])


def png(color: str = "red") -> bytes:
    target = BytesIO()
    Image.new("RGB", (40, 30), color).save(target, "PNG")
    return target.getvalue()


def make_picture_project(organization: Organization, **terms: Any) -> Project:
    return creating.create_project(
        organization,
        name="Pictures",
        type="imageannotation",
        terms=creating.Terms(params=BOXES, **terms),
        by=None,
        at=NOON,
    )


PAGES = [
    "project",
    "project_data",
    "project_tasks",
    "project_batches",
    "project_taxonomy",
    "project_instructions",
    "project_settings",
]


@pytest.mark.parametrize("name", PAGES)
def test_a_project_page_is_for_members_of_its_organization(name, member, organization):
    project = make_project(organization=organization)
    make_tasks(project)
    stranger, other = Client(), OrganizationFactory.create()

    assert member.get(address(name, project)).status_code == 200
    assert signed_in(stranger, other).get(address(name, project)).status_code == 404
    assert stranger.get(address(name, project).replace("basalt", other.slug)).status_code == 404
    assert Client().get(address(name, project)).status_code == 302


def test_the_list_shows_how_far_each_project_is(member, organization):
    project = make_project(organization=organization, name="Street furniture", price_micros=500_000)
    tasks = make_tasks(project, 4)
    Task.objects.filter(pk__in=[task.pk for task in tasks[:3]]).update(status="completed")
    make_project(name="Not yours")

    page = member.get(reverse("customer:projects", args=["basalt"])).content.decode()

    assert "Street furniture" in page
    assert project.codename in page
    assert "3 of 4" in page
    assert "$1.50" in page
    assert "Not yours" not in page


def test_without_projects_the_list_says_how_to_begin(member):
    page = member.get(reverse("customer:projects", args=["basalt"])).content.decode()

    assert "No projects yet." in page
    assert "Start with 20 items; you can label them yourself." in page


@pytest.mark.parametrize("name", PAGES)
def test_many_rows_need_no_more_queries(name, member, organization):
    project = make_project(organization=organization)
    counts = []
    for number in (1, 3):
        Batch.objects.create(
            organization=organization, project=project, name=f"batch {number}", created_at=project.created_at
        )
        make_tasks(project, number)
        cache.clear()
        with CaptureQueriesContext(connection) as seen:
            assert member.get(address(name, project)).status_code == 200
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_the_tasks_are_found_by_state_batch_and_id(member, organization):
    project = make_project(organization=organization)
    first, second = make_tasks(project, 2)
    Task.objects.filter(pk=second.pk).update(status="completed", unique_id="mine/7")

    def found(**query: str) -> list[bool]:
        page = member.get(address("project_tasks", project), query).content.decode()
        return [task.public_id in page for task in (first, second)]

    assert found() == [True, True]
    assert found(status="completed") == [False, True]
    assert found(search="mine/7") == [False, True]
    assert found(batch=first.batch.public_id, status="pending") == [True, False]
    assert found(status="canceled") == [False, False]


def test_a_batch_is_made_launched_and_moved(member, organization):
    project = make_project(organization=organization)

    member.post(address("project_batches", project), {"name": "one", "kind": "production", "status": "staging"})
    batch = Batch.objects.get(name="one")
    assert batch.status == BatchStatus.STAGING
    assert member.post(address("launch_batch", project, batch.public_id)).status_code == 302
    assert member.post(address("launch_batch", project, batch.public_id)).status_code == 409
    member.post(address("move_batch", project, batch.public_id), {"to": "up"})

    order = Batch.objects.filter(project=project).order_by("order_key").values_list("name", "status")
    assert list(order) == [("one", "in_progress"), (None, "in_progress")]


def test_the_order_of_tasks_is_chosen_in_the_settings(member, organization):
    project = make_project(organization=organization)

    assert member.post(address("change_filling", project), {"filling": "breadth"}).status_code == 302
    project.refresh_from_db()
    assert project.filling == "breadth"
    page = member.get(address("project_settings", project)).content.decode()
    assert "Saved. It holds from the next task that somebody takes." in page
    member.post(address("change_filling", project), {"filling": "breadth"})
    member.post(address("change_filling", project), {"filling": "sideways"})

    assert "Choose one of the two orders of tasks." in member.get(address("project_settings", project)).content.decode()
    assert list(Event.objects.filter(verb="project_changed").values_list("data", flat=True)) == [{"filling": "breadth"}]


def test_a_batch_name_that_is_taken_is_said_at_the_field(member, organization):
    project = make_project(organization=organization)
    given = {"name": "one", "kind": "production", "status": "staging"}
    member.post(address("project_batches", project), given)

    answer = member.post(address("project_batches", project), given)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"name": ["There is a batch with this name already."]}


def test_files_of_one_form_become_tasks_or_are_refused_with_the_reason(member, organization):
    project = make_picture_project(organization)
    files = [
        SimpleUploadedFile("good.png", png()),
        SimpleUploadedFile("same.png", png()),
        SimpleUploadedFile("note.txt", b"not a picture"),
        SimpleUploadedFile("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ]

    answer = member.post(address("project_data", project), {"files": files})

    assert answer.status_code == 422
    assert [(one.name, one.reason) for one in answer.context["answers"]] == [
        ("good.png", ""),
        ("same.png", ""),
        ("note.txt", "This project labels pictures; this is a text."),
        ("drawing.svg", "SVG drawings can contain programs and are not taken. Export the drawing as PNG."),
    ]
    tasks = Task.objects.filter(project=project).prefetch_related("attachments")
    assert len({task.attachments.get().file_id for task in tasks}) == 1
    assert len(tasks) == 2


def test_a_site_admin_sees_counts_and_no_tasks(client, organization):
    project = make_project(organization=organization)
    (task,) = make_tasks(project)
    client.force_login(UserFactory.create(is_site_admin=True))

    assert client.get(address("project", project)).status_code == 200
    assert task.public_id not in client.get(address("project_tasks", project)).content.decode()
    assert client.get(address("task", project, task.public_id)).status_code == 404
    assert client.post(address("project_data", project)).status_code == 403


def test_the_page_of_an_import_asks_what_the_column_holds(member, organization):
    terms = creating.Terms(params={"fields": [{"type": "text", "field_id": "note", "title": "Note"}]})
    project = creating.create_project(organization, name="Both", type="textcollection", terms=terms, by=None, at=NOON)
    found = waiting_import(project, "url", "caption")
    page = address("import", project, found.public_id)

    asked = member.get(page).content.decode()
    refused = member.post(page, {"column": "url", "holds": "nonsense"})
    begun = member.post(page, {"column": "url", "holds": "address"})

    assert "Addresses of pictures" in asked
    assert (refused.status_code, begun.status_code) == (422, 302)
    found.refresh_from_db()
    assert (found.column, found.holds, found.job is None) == ("url", "address", False)


def test_pages_say_what_is_still_to_be_fetched_and_where_the_failures_are(member, organization):
    project = make_picture_project(organization)
    found = waiting_import(project, "url")
    Import.objects.update(column="url", holds="address", made=2)
    source = Source("https://store.example/a.png")
    batch = project.batches.get()
    add_tasks(batch, [NewTask(sources=[source]), NewTask(sources=[source])], by=None, at=NOON)
    batches, one = address("project_batches", project), address("import", project, found.public_id)

    assert "2 tasks wait for their files to be fetched." in member.get(batches).content.decode()
    assert member.get(one).context["fetching"] == 2

    bringing.fail(Fetch.objects.get(), FetchError("http_status", status=403), at=NOON)
    cache.clear()

    page = member.get(batches).content.decode()
    assert "to be fetched" not in page
    failed = f"{address('project_tasks', project)}?batch={batch.public_id}&status=error"
    assert failed.replace("&", "&amp;") in page
    sentence = "The server did not give the file: it answered with status 403."
    assert member.get(failed).content.decode().count(sentence) == 2


def waiting_import(project: Project, *columns: str) -> Import:
    return Import.objects.create(
        organization=project.organization,
        project=project,
        batch=project.batches.get(),
        kind="csv",
        name="rows.csv",
        upload_id="0" * 24,
        columns=list(columns),
        created_at=NOON,
    )
