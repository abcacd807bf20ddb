"""Another site of ours stands in for the vendor: ordered there by the vendor's client, brought here by the command."""

import http.client
import json
import socket
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from scaleapi.tasks import TaskType

from accounts.models import Organization
from labeling.importing import finish
from labeling.models import Resolution
from leaving.models import Counterpart
from projects.creating import Terms, create_batch, create_project
from projects.models import Attachment, Task
from tests.answering import HERE, Stranger, allow, answering
from tests.api.asking import BOXES, client_of, key_of
from tests.factories import NOON, OrganizationFactory
from tests.leaving.vendor import answer_of

NAME = "Cows / 牛?"
RESPONSE = {
    "annotations": [
        {
            "uuid": "a", "type": "box", "label": "big cow", "left": 1.5, "top": 2, "width": 30, "height": 40,
            "attributes": {},
        }
    ],
    "global_attributes": {},
}  # fmt: skip


@pytest.fixture
def there(transactional_db) -> Organization:
    return OrganizationFactory.create(slug="there")


@pytest.fixture
def here(transactional_db) -> Organization:
    return OrganizationFactory.create(slug="here")


@pytest.fixture
def ordered(there, live_server) -> None:
    """By the vendor's client: three tasks in a batch, one without; two of them are finished."""
    terms = Terms(params={"geometries": BOXES["geometries"]}, instruction="Be exact.")
    project = create_project(there, name=NAME, type="imageannotation", terms=terms, by=None, at=NOON)
    create_batch(project, name="Meadow", by=None, at=NOON)
    client = client_of(live_server.url, there)
    for number, where in enumerate(["batch", "batch", "batch", "project"]):
        client.create_task(
            TaskType.ImageAnnotation,
            **{where: "Meadow" if where == "batch" else NAME},
            attachment=f"https://example.org/{number}.jpg",
            instruction="Far ones too.",
            callback_url="https://example.org/hook",
            unique_id=f"cow-{number}",
            metadata={"row": number},
            tags=["north"],
            priority=30,
        )
    done = Task.objects.filter(unique_id__in=["cow-0", "cow-3"]).values_list("pk", flat=True)
    finish({key: [RESPONSE] for key in done}, at=NOON)


def forwarded(path: str, request: str, live_url: str) -> tuple[int, bytes]:
    """What the live server answers."""
    wanted = next(line for line in request.splitlines() if line.lower().startswith("authorization:"))
    connection = http.client.HTTPConnection(urlsplit(live_url).netloc, timeout=30)
    try:
        connection.request("GET", path, headers={"Authorization": wanted.partition(":")[2].strip()})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.fixture
def site(there, ordered, live_server, settings, monkeypatch):
    def say(wire: socket.socket, path: str, stranger: Stranger) -> None:
        status, body = forwarded(path, stranger.asked[-1], live_server.url)
        wire.sendall(answer_of(json.loads(body), f"{status} As it was"))

    monkeypatch.setenv("SCALE_KEY", key_of(there))
    with answering(say, host=HERE) as stranger:
        allow(settings, stranger)
        yield stranger


def run(site: Stranger) -> str:
    out = StringIO()
    call_command("import_scale", "here", url=site.url("/v1"), key_env="SCALE_KEY", page_size=2, stdout=out)
    return out.getvalue()


def test_what_was_ordered_there_is_the_same_here_for_the_vendors_client(here, there, site, live_server):
    said = run(site)

    assert "2 finished tasks and 2 open ones came in, with 4 files; 0 were here already; 0 were not taken." in said
    theirs = {one.unique_id: one.as_dict() for one in client_of(live_server.url, there).get_tasks(project_name=NAME)}
    ours = {one.unique_id: one.as_dict() for one in client_of(live_server.url, here).get_tasks(project_name=NAME)}
    assert ours.keys() == theirs.keys() == {"cow-0", "cow-1", "cow-2", "cow-3"}
    for name, task in ours.items():
        differs = {key for key in task.keys() | theirs[name].keys() if task.get(key) != theirs[name].get(key)}
        assert differs - {"updated_at"} == {"task_id"}
    assert Attachment.objects.filter(task__organization=here, fetch__isnull=False).count() == 4


def test_the_two_changed_lines_are_all_that_differs_for_a_program(here, site, live_server):
    """The guide's two lines, against the site that has everything now."""
    run(site)
    client = client_of(live_server.url, here)

    count = client.get_tasks_count(project_name=NAME)
    done = [task for task in client.get_tasks(project_name=NAME) if task.status == "completed"]
    client.create_task(TaskType.ImageAnnotation, project=NAME, attachment="https://example.org/new.jpg")

    assert (count, client.get_tasks_count(project_name=NAME)) == (4, 5)
    assert [task.response for task in done] == [RESPONSE, RESPONSE]
    assert Resolution.objects.filter(task__organization=here, source="import").count() == 2


def test_a_second_run_from_there_brings_what_was_ordered_meanwhile(here, there, site, live_server):
    run(site)
    client_of(live_server.url, there).create_task(
        TaskType.ImageAnnotation, batch="Meadow", attachment="https://example.org/9.jpg"
    )

    said = run(site)

    assert "0 finished tasks and 1 open ones came in, with 1 files; 4 were here already; 0 were not taken." in said
    assert Counterpart.objects.filter(kind="task").count() == Task.objects.filter(organization=here).count() == 5
