"""Projects, as Scale's client makes, reads and changes them."""

import base64
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from scaleapi import ScaleClient
from scaleapi.exceptions import (
    ScaleDuplicateResource,
    ScaleInvalidRequest,
    ScaleResourceNotFound,
    ScaleUnauthorized,
)
from scaleapi.tasks import TaskType

from accounts.models import Organization
from projects import archiving
from projects.models import Project, ProjectVersion
from task_types import registry
from tests.api.asking import BOXES, key_of
from tests.factories import UserFactory

BOX = TaskType.ImageAnnotation
GEOMETRIES = BOXES["geometries"]
NAMES = [
    "plain",
    "with spaces  inside",
    "a/b/c",
    "100% of 50%25 %2F",
    "what?really=1&x#y",
    "Кот 🐈‍⬛ 牛",
    "مشروع القطط \u200f!",
    "a//b",
    "-–;:,+*'\"\\<>|{}[]^`~@$=()",
    "/leading",
    "trailing/",
]


def test_a_project_as_it_was_sent(client_live: ScaleClient, organization: Organization):
    params = {"instruction": "Be **exact**.", "geometries": GEOMETRIES, "callback_url": "https://example.org/hook"}
    project = client_live.create_project("Cows", BOX, params=params)

    found = project.as_dict()
    (entry,) = found["param_history"]
    assert entry == {**params, "version": 0, "created_at": found["created_at"]}
    assert (project.version, project.instruction) == (0, "Be **exact**.")
    assert {name: found[name] for name in found if name not in {"param_history", "created_at"}} == {
        "name": "Cows", "type": "imageannotation", "archived": False, "rapid": False, "studio": False,
        "pipeline": "standard_task",
    }  # fmt: skip
    assert client_live.get_project("Cows").as_dict() == found
    stored = Project.objects.get(name="Cows")
    assert (stored.organization, stored.workforce, stored.product) == (organization, "managed", "enterprise")


def test_any_name_comes_back(client_live: ScaleClient):
    for name in NAMES:
        client_live.create_project(name, BOX)

        assert client_live.get_project(name).name == name
        assert client_live.update_project(name, padding=3).params["padding"] == 3
        assert client_live.create_batch(name, name).project == name
        assert client_live.create_task(BOX, **BOXES, batch=name).project == name
        assert client_live.tasks(project=name, batch=name).total == 1
    assert [project.name for project in client_live.projects()] == NAMES
    assert {batch.name for batch in client_live.get_batches()} == set(NAMES)


def test_a_name_that_no_address_could_say_is_refused(client_live: ScaleClient):
    for name in ("", " ", ".", "..", "x" * 201, "a\nb", "a/status", "a/setParams", "a/taskTemplates", "a/finalize"):
        with pytest.raises(ScaleInvalidRequest):
            client_live.create_project(name, BOX)
    assert client_live.projects() == []


def test_spaces_around_a_name_do_not_count(client_live: ScaleClient):
    assert client_live.create_project(" Cows ", BOX).name == "Cows"
    assert client_live.get_project(" Cows ").name == "Cows"


def test_a_name_is_there_once_in_each_world(client_live: ScaleClient, client_test: ScaleClient):
    client_live.create_project("Cows", BOX)

    with pytest.raises(ScaleDuplicateResource):
        client_live.create_project("Cows", TaskType.TextCollection)
    assert client_test.create_project("Cows", BOX).name == "Cows"


def test_every_kind_of_work_takes_a_project_without_parameters(client_live: ScaleClient):
    for kind in registry.ALL_NAMES:
        project = client_live.create_project(kind, TaskType(kind))

        (entry,) = project.as_dict()["param_history"]
        assert (project.type, sorted(entry)) == (kind, ["created_at", "version"])


def test_what_a_project_leaves_out_a_task_brings(client_live: ScaleClient):
    client_live.create_project("Cows", BOX, params={"instruction": "Be exact."})

    task = client_live.create_task(BOX, **{**BOXES, "project": "Cows"})
    assert task.params["geometries"] == GEOMETRIES
    assert task.instruction == f"{BOXES['instruction']}\n\nBe exact."
    with pytest.raises(ScaleInvalidRequest, match='"geometries" is required'):
        client_live.create_task(BOX, project="Cows", attachment="https://example.org/1.png")


@pytest.mark.parametrize(
    "params",
    [
        {"geometries": {"box": {"objects_to_annotate": []}}},
        {"geometries": {"blob": {"objects_to_annotate": ["cow"]}}},
        {"geometries": ["box"]},
        {"instruction": 7},
        {"instruction": "x" * 100_001},
    ],
)
def test_what_has_another_form_is_refused_and_named(client_live: ScaleClient, params: dict[str, Any]):
    with pytest.raises(ScaleInvalidRequest, match=r"(?i)geometr|instruction"):
        client_live.create_project("Cows", BOX, params=params)
    assert client_live.projects() == []


def test_rapid_and_studio(client_live: ScaleClient):
    rapid = client_live.create_project("Rapid", BOX, rapid=True)
    studio = client_live.create_project("Studio", BOX, studio=True, dataset_id="ds_1")

    assert (rapid.as_dict()["rapid"], rapid.as_dict()["studio"]) == (True, False)
    assert (studio.as_dict()["rapid"], studio.as_dict()["studio"]) == (False, True)
    assert studio.as_dict()["datasetId"] == "ds_1"
    assert set(Project.objects.values_list("name", "workforce")) == {("Rapid", "managed"), ("Studio", "own")}
    with pytest.raises(ScaleInvalidRequest):
        client_live.create_project("Both", BOX, rapid=True, studio=True)


def post(path: str, key: str, body: dict[str, Any]) -> Any:
    auth = {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}
    return Client().post(f"/v1/{path}", body, content_type="application/json", headers=auth)


@pytest.mark.parametrize(
    ("said", "steps", "pipeline"),
    [
        ({}, [{"kind": "attempt", "places": 1}, {"kind": "review"}], "standard_task"),
        ({"pipeline": "standard_task"}, [{"kind": "attempt", "places": 1}, {"kind": "review"}], "standard_task"),
        ({"pipeline": "consensus_task"}, [{"kind": "attempt", "places": 3}], "consensus_task"),
        ({"pipeline": "consensus_task", "consensus_config": 5}, [{"kind": "attempt", "places": 5}], "consensus_task"),
        (
            {"pipeline": "consensus_task", "consensus_config": {"attempts": 2}},
            [{"kind": "attempt", "places": 2}],
            "consensus_task",
        ),
    ],
)
def test_a_studio_project_says_its_pipeline(
    organization: Organization, said: dict[str, Any], steps: list[Any], pipeline: str
):
    answer = post("projects", key_of(organization), {"name": "A", "type": "categorization", "studio": True, **said})

    assert answer.status_code == 200
    assert answer.json()["pipeline"] == pipeline
    assert ProjectVersion.objects.get().pipeline == steps


@pytest.mark.parametrize(
    "said",
    [
        {"pipeline": "consensus_task"},
        {"pipeline": "other", "studio": True},
        {"consensus_config": 3, "studio": True},
        {"pipeline": "consensus_task", "consensus_config": 1, "studio": True},
        {"pipeline": "consensus_task", "consensus_config": {"attempts": "many"}, "studio": True},
        {"pipeline": "consensus_task", "consensus_config": 10**9, "studio": True},
        {"type": "walking"},
        {"type": None},
        {"params": []},
        {"name": ["a"]},
        {"datasetId": "x" * 201},
    ],
)
def test_what_makes_no_project_is_refused_with_a_sentence(organization: Organization, said: dict[str, Any]):
    answer = post("projects", key_of(organization), {"name": "A", "type": "categorization", **said})

    assert (answer.status_code, Project.objects.count()) == (400, 0)
    assert len(answer.json()["error"]) > 10


def test_setting_parameters_appends_a_version(client_live: ScaleClient):
    client_live.create_project("Cows", BOX, params={"instruction": "First.", "geometries": GEOMETRIES})

    replaced = client_live.update_project("Cows", patch=False, padding=5)
    assert (replaced.version, replaced.instruction) == (1, None)
    assert set(replaced.params) == {"padding", "version", "created_at"}
    patched = client_live.update_project("Cows", patch=True, instruction="Second.", geometries=GEOMETRIES)
    assert (patched.version, patched.instruction) == (2, "Second.")
    assert patched.params["padding"] == 5
    kept = client_live.update_project("Cows", patch=True, padding=6)
    assert (kept.instruction, kept.params["padding"], kept.params["geometries"]) == ("Second.", 6, GEOMETRIES)
    emptied = client_live.update_project("Cows")
    assert sorted(emptied.params) == ["created_at", "version"]
    assert [entry["version"] for entry in emptied.as_dict()["param_history"]] == [0, 1, 2, 3, 4]
    assert client_live.get_project("Cows").as_dict() == emptied.as_dict()


def test_a_task_keeps_the_parameters_of_its_version_and_overrides_them(client_live: ScaleClient):
    client_live.create_project("Cows", BOX, params={"geometries": GEOMETRIES, "padding": 1})
    client_live.update_project("Cows", patch=True, padding=2)

    assert client_live.create_task(BOX, project="Cows", attachment="https://example.org/1.png").params["padding"] == 2
    own = client_live.create_task(BOX, project="Cows", attachment="https://example.org/1.png", padding=3)
    assert own.params["padding"] == 3


def test_wrong_parameters_leave_the_project_as_it_is(client_live: ScaleClient):
    client_live.create_project("Cows", BOX, params={"geometries": GEOMETRIES})

    with pytest.raises(ScaleInvalidRequest):
        client_live.update_project("Cows", patch=True, geometries={"box": 1})
    assert client_live.get_project("Cows").version == 0


def test_an_archived_project_takes_no_parameters_and_is_filtered(client_live: ScaleClient, organization: Organization):
    client_live.create_project("Old", BOX)
    client_live.create_project("New", BOX)
    client_live.create_task(BOX, **BOXES)
    archiving.archive(Project.objects.get(name="Old"), by=UserFactory.create(), at=timezone.now())

    assert [(found.name, found.as_dict()["archived"]) for found in client_live.projects()] == [
        ("Old", True),
        ("New", False),
    ]
    auth = {"Authorization": f"Bearer {key_of(organization)}"}
    for word, names in {"true": ["Old"], "False": ["New"]}.items():
        rows = Client().get(f"/v1/projects?archived={word}", headers=auth).json()
        assert [row["name"] for row in rows] == names
    with pytest.raises(ScaleInvalidRequest):
        client_live.update_project("Old", padding=1)


def test_a_template_says_what_tasks_bring(client_live: ScaleClient):
    field = {"type": "text", "field_id": "a", "title": "A"}
    client_live.create_project("Form", TaskType.TextCollection, params={"fields": [field]})
    client_live.create_project("Cows", BOX)
    client_live.create_project("Talk", TaskType.Chat, params={"template_variables": {"prompt": {"type": "text"}}})

    template = client_live.get_project("Form").get_template()
    assert template.version == 0
    assert template.get_template_variables() == {
        "attachments": {"required": True},
        "fields": {"required": False, "default": [field]},
    }
    assert template.get_response_schema()["properties"]["annotations"]["type"] == "object"
    assert client_live.get_project("Talk").get_template().get_template_variables() == {"prompt": {"type": "text"}}
    with pytest.raises(ScaleInvalidRequest):
        client_live.get_project("Cows").get_template()


def test_who_has_no_key_or_no_such_project_gets_nothing(client_live: ScaleClient, connect: Any, live_server: Any):
    stranger = ScaleClient("live_nothing", api_instance_url=f"{live_server.url}/v1")
    for ask in (
        lambda client: client.create_project("Cows", BOX),
        lambda client: client.projects(),
        lambda client: client.get_project("Cows"),
        lambda client: client.update_project("Cows", a=1),
        lambda client: client.get_project_template("Cows"),
    ):
        with pytest.raises(ScaleUnauthorized):
            ask(stranger)
    for ask in (
        lambda client: client.get_project("Cows"),
        lambda client: client.update_project("Cows", a=1),
        lambda client: client.get_project_template("Cows"),
        lambda client: client.create_batch("Cows", "A"),
        lambda client: client.create_task(BOX, **BOXES, project="Cows"),
    ):
        with pytest.raises(ScaleResourceNotFound):
            ask(client_live)


@pytest.mark.parametrize(
    "path", ["projects/%00", "batches/%00", "batches?project=%00", "tasks?project=a%00b", "task/%00"]
)
def test_a_name_with_a_nul_names_nothing(organization: Organization, path: str):
    answer = Client().get(f"/v1/{path}", headers={"Authorization": f"Bearer {key_of(organization)}"})

    assert answer.status_code in {400, 404}


@pytest.mark.parametrize("count", [1, 3])
def test_listing_projects_takes_a_constant_number_of_queries(
    organization: Organization, count: int, django_assert_num_queries: Any
):
    key = key_of(organization)
    auth = {"Authorization": f"Bearer {key}"}
    for number in range(count):
        post("projects", key, {"name": f"A{number}", "type": "categorization"})
        post(f"projects/A{number}/setParams", key, {"a": 1})
    client = Client()
    client.get("/v1/projects", headers=auth)
    with django_assert_num_queries(3):
        assert len(client.get("/v1/projects", headers=auth).json()) == count


def test_a_large_number_comes_back(client_live: ScaleClient):
    """PostgreSQL keeps 1e30 as a whole number, which is beyond 64 bits."""
    client_live.create_project("Large", TaskType.ImageAnnotation, {"far": 1e30})

    project = client_live.update_project("Large", near=1, patch=True)

    assert float(project.as_dict()["param_history"][-1]["far"]) == 1e30
