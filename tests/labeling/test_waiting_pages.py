"""The pages of projects whose tasks the workbench cannot show."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Mode, Role
from labeling.views.operations import stuck
from projects.models import Project, Task
from projects.wording import KINDS
from quality import auditing
from task_types import registry
from tests.delivery.making import resolve
from tests.factories import NOON, MembershipFactory, UserFactory, make_project
from tests.projects.test_waiting import HIDDEN, add, project_of
from tests.task_types.orders import GOOD, ONE

pytestmark = pytest.mark.django_db

PAGES = [
    "customer:project",
    "customer:project_data",
    "customer:project_tasks",
    "customer:project_batches",
    "customer:project_taxonomy",
    "customer:project_instructions",
    "customer:project_people",
    "customer:project_audit",
    "delivery:exports",
    "customer:project_settings",
]
CANNOT = "The workbench cannot show this kind of work yet"


def member_of(project: Project) -> Client:
    client = Client()
    client.force_login(MembershipFactory.create(organization=project.organization, role=Role.ADMIN).user)
    return client


def address(name: str, project: Project, *more: str) -> str:
    return reverse(name, args=[project.organization.slug, project.public_id, *more])


def test_every_kind_has_its_words():
    assert set(KINDS) == set(registry.ALL_NAMES)
    assert len({str(name) for name, _note in KINDS.values()}) == len(KINDS)


@pytest.mark.parametrize("name", registry.ALL_NAMES)
@pytest.mark.parametrize("has_params", [True, False])
def test_every_page_of_a_project_of_every_kind_can_be_read(name, has_params):
    project = project_of(name, **(GOOD[name] if has_params else {}))
    (task,) = add(project, GOOD[name])
    client = member_of(project)
    site = Client()
    site.force_login(UserFactory.create(is_site_admin=True))

    texts = {page: client.get(address(page, project)) for page in PAGES}
    texts["customer:task"] = client.get(address("customer:task", project, task.public_id))
    texts["customer:projects"] = client.get(reverse("customer:projects", args=[project.organization.slug]))
    texts["operations:project"] = site.get(reverse("operations:project", args=[project.public_id]))
    texts["operations:projects"] = site.get(reverse("operations:projects"))

    assert {page: found.status_code for page, found in texts.items() if found.status_code != 200} == {}
    hidden = name in HIDDEN
    assert (CANNOT in texts["customer:project"].content.decode()) == hidden
    assert ("One task waits, pending." in texts["customer:project"].content.decode()) == hidden
    assert ("come through the API" in texts["customer:project_data"].content.decode()) == hidden
    assert ("cannot show this task yet" in texts["customer:task"].content.decode()) == hidden


def test_the_page_of_an_empty_project_of_a_hidden_kind_says_how_to_begin():
    project = project_of("segmentannotation")

    page = member_of(project).get(address("customer:project", project)).content.decode()

    assert f"{CANNOT}: Segments of pictures." in page
    assert "Send tasks by the API." in page
    assert "Add data</a>" not in page
    assert "pending." not in page


def test_the_page_counts_single_tasks_that_wait():
    project = make_project()
    own = {"attachment": "x", "taxonomies": {"Weather": {"choices": ["wet"]}}, "categories": []}
    add(project, {"attachment": "A text"}, own, own)

    page = member_of(project).get(address("customer:project", project)).content.decode()

    assert "2 tasks wait, pending." in page
    assert CANNOT not in page


def test_params_that_no_form_can_change_are_shown_as_they_are():
    project = project_of("segmentannotation", labels=["Road <b>"])
    client = member_of(project)

    page = client.get(address("customer:project_taxonomy", project)).content.decode()
    sent = client.post(address("customer:project_taxonomy", project), {"based_on": "0"})

    assert "&quot;Road &lt;b&gt;&quot;" in page
    assert sent.status_code == 302
    assert project.versions.count() == 1


def test_instructions_of_a_hidden_kind_can_be_written_on_the_page():
    project = project_of("segmentannotation", labels=["Road"])

    sent = member_of(project).post(
        address("customer:project_instructions", project), {"based_on": "0", "instruction": "Mind the edges."}
    )

    assert sent.status_code == 302
    latest = project.versions.latest("number")
    assert (latest.number, latest.instruction, latest.params) == (1, "Mind the edges.", {"labels": ["Road"]})


def test_a_file_for_a_hidden_kind_is_refused_in_words():
    project = project_of("segmentannotation", labels=["Road"])
    client = member_of(project)
    file = SimpleUploadedFile("a.txt", BytesIO(b"A text").read(), content_type="text/plain")

    answer = client.post(address("customer:project_data", project), {"files": [file]})

    assert answer.status_code == 422
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("segmentannotation", GOOD["segmentannotation"]),
        ("imageannotation", {**ONE, "geometries": {"ellipse": {"objects_to_annotate": ["Lamp"]}}}),
    ],
)
def test_a_made_up_answer_of_a_hidden_kind_is_shown_as_it_is_stored_and_not_audited(name, params):
    project = project_of(name, mode=Mode.TEST)
    (task,) = add(project, params)
    response = registry.plausible_response(name, params, task.public_id)
    resolve(task, response)
    client = member_of(project)

    page = client.get(address("customer:task", project, task.public_id)).content.decode()

    assert "here it is as it is stored" in page
    assert ("Lamp" if name == "imageannotation" else "labelMapping") in page
    assert 'id="workbench"' not in page
    assert not auditing.unaudited(project).exists()
    assert client.post(address("customer:project_audit", project), {"size": "1"}).status_code == 422


def test_what_waits_for_the_workbench_is_not_stuck():
    add(project_of("segmentannotation"), GOOD["segmentannotation"])
    (shown,) = add(make_project(), {"attachment": "A text"})

    assert stuck(at=NOON.replace(year=2027)) == []
    Task.objects.filter(pk=shown.pk).update(offered_at=None)
    assert [one["count"] for one in stuck(at=NOON.replace(year=2027))] == [1]
