"""Exports by key: begun, followed, downloaded, stopped."""

import json
from typing import Any

import pytest

from core import jsonio
from core.errors import BusinessError
from events import running
from events.models import Event, Job, JobState
from labeling import kill_switch
from projects import creating, naming
from projects.models import Project
from tests.api.asking import key_of
from tests.api.test_access import ask
from tests.delivery.making import add_task, make_picture_project
from tests.factories import NOON

pytestmark = pytest.mark.django_db
NAME = "Straßen / 1"


@pytest.fixture
def project() -> Project:
    return make_picture_project(NAME)


@pytest.fixture
def key(project: Project) -> str:
    return key_of(project.organization)


def start(key: str, name: str = NAME, **more: Any) -> Any:
    return ask("post", f"/v1/projects/{name}/exports", key, json.dumps({"format": "scale_jsonl"} | more))


def finish(export_id: str) -> None:
    running.run(Job.objects.get(public_id=export_id).pk)


def test_an_export_is_begun_followed_and_downloaded(project: Project, key: str):
    tasks = [add_task(project), add_task(project)]

    begun = start(key).json()
    early = ask("get", f"/v1/exports/{begun['export_id']}/file", key)
    finish(begun["export_id"])
    done = ask("get", f"/v1/exports/{begun['export_id']}", key).json()
    file = ask("get", f"/v1/exports/{begun['export_id']}/file", key)

    assert begun == {
        "export_id": Job.objects.get().public_id,
        "project": NAME,
        "format": "scale_jsonl",
        "state": "queued",
        "done": 0,
        "total": None,
    }
    assert (early.status_code, early.json()["error"]) == (404, "This export has no file: it is not done.")
    assert done == begun | {"state": "done", "done": 2, "total": 2}
    lines = file.getvalue().decode().splitlines()
    assert [jsonio.parse(line.encode())["task_id"] for line in lines] == [task.public_id for task in tasks]
    assert file["Content-Disposition"].startswith('attachment; filename="Stra-en-1-')
    assert (file["X-Content-Type-Options"], file["Cache-Control"]) == ("nosniff", "private, no-store")


def test_the_key_is_who_did_it(project: Project, key: str):
    begun = start(key).json()
    ask("post", f"/v1/exports/{begun['export_id']}/cancel", key)

    events = Event.objects.filter(verb__in=["export_made", "job_canceled"]).order_by("pk")
    used = project.organization.api_keys.get()
    assert [(event.verb, event.actor_kind, event.actor_id) for event in events] == [
        ("export_made", "api_key", used.public_id),
        ("job_canceled", "api_key", used.public_id),
    ]


def test_of_a_batch_and_of_a_status(project: Project, key: str):
    batch = creating.create_batch(project, name="North", by=None, at=NOON)
    add_task(project)
    mine = add_task(project, batch=batch)

    begun = start(key, batch="North", status="pending").json()
    none = start(key, batch="North", status="completed").json()
    finish(begun["export_id"])
    finish(none["export_id"])

    assert mine.public_id in ask("get", f"/v1/exports/{begun['export_id']}/file", key).getvalue().decode()
    totals = [ask("get", f"/v1/exports/{one['export_id']}", key).json()["total"] for one in (begun, none)]
    assert totals == [1, 0]


@pytest.mark.parametrize(
    ("more", "status", "sentence"),
    [
        ({"format": "papyrus"}, 400, "cannot be exported in that format"),
        ({"status": "melted"}, 400, "“status” is one of"),
        ({"batch": "Nowhere"}, 404, "“Nowhere”"),
        ({"batch": "Of another"}, 404, "“Of another”"),
    ],
)
def test_an_impossible_one_is_refused(project: Project, key: str, more: dict[str, str], status: int, sentence: str):
    terms = creating.Terms(params=project.current_version.params if project.current_version else {})
    other = creating.create_project(
        project.organization, name="Other", type="imageannotation", terms=terms, by=None, at=NOON
    )
    creating.create_batch(other, name="Of another", by=None, at=NOON)

    answer = start(key, **more)

    assert answer.status_code == status
    assert sentence in answer.json()["error"]
    assert Job.objects.count() == 0


def test_a_canceled_one_has_no_file_and_a_done_one_stays(project: Project, key: str):
    stopped, done = start(key).json()["export_id"], start(key).json()["export_id"]
    finish(done)

    states = [ask("post", f"/v1/exports/{one}/cancel", key).json()["state"] for one in (stopped, done)]

    assert states == [JobState.CANCELED, JobState.DONE]
    assert ask("get", f"/v1/exports/{stopped}/file", key).status_code == 404
    assert ask("get", f"/v1/exports/{done}/file", key).getvalue() == b""


def test_the_kill_switch_closes_a_file_that_is_being_sent(project: Project, key: str, monkeypatch: pytest.MonkeyPatch):
    add_task(project)
    export = start(key).json()["export_id"]
    finish(export)
    monkeypatch.setattr("files.serving.LOOKS_EVERY_S", -1)
    whole = ask("get", f"/v1/exports/{export}/file", key).getvalue()
    file = ask("get", f"/v1/exports/{export}/file", key)
    kill_switch.throw(project.organization, reason="A court order.", by=None, at=NOON)

    assert whole
    assert file.getvalue() == b""
    assert ask("get", f"/v1/exports/{export}/file", key).status_code == 403


def test_other_jobs_and_keys_without_the_scope(project: Project, key: str):
    job = running.start_job("callbacks_again", organization=project.organization, by=None, at=NOON)
    export = start(key).json()["export_id"]
    lesser = key_of(project.organization, scopes=["read", "write"])

    assert ask("get", f"/v1/exports/{job.public_id}", key).status_code == 404
    assert [ask("get", f"/v1/exports/{export}{end}", lesser).status_code for end in ("", "/file")] == [403, 403]
    assert [start(lesser).status_code, ask("post", f"/v1/exports/{export}/cancel", lesser).status_code] == [403, 403]


def test_a_name_that_would_hide_another_projects_exports_is_refused():
    with pytest.raises(BusinessError, match="does not end in"):
        naming.checked_name("Streets/exports")


@pytest.mark.parametrize("name", ["%0Aq", "a%0Db", "%03%0Aq"])
def test_a_name_with_a_line_break_is_not_there_and_says_so_as_json(key: str, name: str):
    answer = start(key, name)

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert answer.json()["status_code"] == 404
