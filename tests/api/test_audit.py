"""An audit that brings the right answer: it is the task's then, wherever the task is read."""

import json
from typing import Any

import orjson
import pytest

from accounts.models import Organization
from delivery import callbacks, downloading, exporting
from delivery.models import Delivery
from events import running
from events.models import Event
from events.recording import by_site
from labeling.importing import finish
from labeling.models import Resolution
from labeling.submitting import submit
from payments import silence
from payments.models import LedgerLine
from projects.models import Project, Task
from quality.models import Audit
from tests.api.asking import BOXES, key_of
from tests.api.test_access import ask
from tests.delivery.calls import send_all
from tests.delivery.making import add_task, answer, attach, box, make_picture_project, resolve
from tests.delivery.receiver import receiving
from tests.factories import (
    CAT,
    DOG,
    NOON,
    MembershipFactory,
    OrganizationFactory,
    make_project,
    make_tasks,
    make_worker,
)
from tests.labeling.steps import taken

pytestmark = pytest.mark.django_db
FIX = {"accepted": False, "response": DOG, "comments": "It is a dog."}


@pytest.fixture
def organization() -> Organization:
    return OrganizationFactory.create(name="Basalt")


@pytest.fixture
def key(organization: Organization) -> str:
    return key_of(organization)


def answered(organization: Organization, **terms: Any) -> Task:
    """A task for which somebody was paid to answer “cat”."""
    project = make_project(organization=organization, rate_micros=340_000, **terms)
    (task,) = make_tasks(project)
    assignment = taken(make_worker(project), at=NOON)
    submit(assignment, response=CAT, key="key-number-one", at=NOON)
    return task


def audit(key: str, task: Task, body: Any) -> Any:
    return ask("post", f"/v1/task/{task.public_id}/audit", key, json.dumps(body))


def shown(key: str, task: Task) -> Any:
    return ask("get", f"/v1/task/{task.public_id}", key).json()


def exported(project: Project) -> list[Any]:
    job = exporting.start_export(project, format_code="scale_jsonl", by=None, at=NOON)
    running.run(job.pk)
    job.refresh_from_db()
    chunks: Any = downloading.download(job, project).streaming_content
    return [orjson.loads(line) for line in b"".join(chunks).splitlines()]


def test_the_fix_is_the_answer_in_task_callback_and_export(organization, key, reachable):
    with receiving() as receiver:
        reachable(receiver.port)
        callbacks.settings_of(organization.pk)
        callbacks.change_address(organization, receiver.url(), by=by_site(), at=NOON)
        task = answered(organization)
        answer = audit(key, task, FIX)
        send_all()

    assert answer.status_code == 200
    found = shown(key, task)
    assert (found["response"], found["customer_review_status"]) == (DOG, "fixed")
    told = [got.json for got in receiver.taken()]
    assert [one["response"] for one in told] == [CAT, DOG]
    (line,) = exported(task.project)
    assert (
        line == found == told[-1]["task"] | {"callback_succeeded": True} == answer.json() | {"callback_succeeded": True}
    )


def test_it_is_the_same_as_on_the_page(organization, key):
    task = answered(organization)
    audit(key, task, FIX)

    given = Audit.objects.get()
    assert (given.verdict, given.comment, given.by, given.sent_back) == ("fixed", "It is a dog.", None, False)
    rows = Resolution.objects.filter(task=task).order_by("number")
    assert list(rows.values_list("source", "response", "current")) == [("attempt", CAT, False), ("audit", DOG, True)]
    assert given.fix == rows[1]
    event = Event.objects.get(verb="audit_given")
    assert (event.actor_kind, event.data["verdict"]) == ("api_key", "fixed")


def test_the_page_says_that_a_key_has_fixed_it(organization, key, client):
    task = answered(organization)
    audit(key, task, FIX)
    client.force_login(MembershipFactory.create(organization=organization).user)

    page = client.get(f"/o/{organization.slug}/projects/{task.project.public_id}/audit/").content.decode()

    assert '<td data-fold="start">an API key</td>' in page
    assert "It is a dog." in page


def test_whoever_answered_keeps_what_they_earned(organization, key):
    task = answered(organization, review_days=7)
    audit(key, task, FIX)

    assert set(LedgerLine.objects.values_list("kind", flat=True)) == {"earned"}
    assert silence.accept_by_silence(at=NOON.replace(year=NOON.year + 1)) == 1


def test_a_fix_may_be_mended_but_has_no_verdict(organization, key):
    task = answered(organization)
    audit(key, task, FIX)

    for body in ({"accepted": True}, {"accepted": False}, FIX):
        refused = audit(key, task, body)
        assert (refused.status_code, refused.json()["code"]) == (400, "audited")
    assert audit(key, task, FIX | {"response": CAT}).json()["response"] == CAT
    assert list(Resolution.objects.order_by("number").values_list("source", flat=True)) == ["attempt", "audit", "audit"]


def test_after_a_verdict_there_is_no_fix(organization, key):
    task = answered(organization)
    audit(key, task, {"accepted": True})

    assert audit(key, task, FIX).json()["code"] == "audited"
    assert shown(key, task)["response"] == CAT


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (FIX | {"response": {"category": "cow"}}, "Nobody could hand this answer in: “cow”"),
        (FIX | {"response": {}}, "Nobody could hand this answer in"),
        (FIX | {"response": [1]}, "response"),
        (FIX | {"response": "dog"}, "response"),
        (FIX | {"accepted": True}, "not both"),
        ({"response": DOG}, '"accepted" is required'),
    ],
)
def test_what_cannot_be_gets_a_sentence_and_changes_nothing(organization, key, body, sentence):
    task = answered(organization)

    answer = audit(key, task, body)

    assert (answer.status_code, answer.json()["status_code"]) == (400, 400)
    assert sentence in answer.json()["error"]
    assert not Audit.objects.exists()
    assert shown(key, task)["response"] == CAT


def test_the_edges_of_the_picture_hold_for_a_fix_too():
    project = make_picture_project()
    task = add_task(project)
    attach(task, "street.png")
    resolve(task, answer(box("a")))
    key = key_of(project.organization)

    outside = audit(key, task, {"accepted": False, "response": answer(box("a") | {"left": 700})})
    inside = audit(key, task, {"accepted": False, "response": answer(box("a") | {"left": 600})})

    assert (outside.status_code, inside.status_code) == (400, 200)
    assert "Nobody could hand this answer in" in outside.json()["error"]


def test_a_kind_that_the_workbench_does_not_show_takes_any_object(organization, key):
    order = {"attachment": "https://example.org/a.mp3", "fields": [{"type": "text", "field_id": "said"}]}
    made = ask("post", "/v1/task/transcription", key, json.dumps(order)).json()
    task = Task.objects.get(public_id=made["task_id"])
    finish({task.pk: [{"annotations": {}}]}, at=NOON)

    better = {"annotations": {"said": "Moo."}}
    assert audit(key, task, {"accepted": False, "response": better}).json()["response"] == better


def test_an_open_task_has_no_answer_to_fix(organization, key):
    project = make_project(organization=organization)
    (task,) = make_tasks(project)

    refused = audit(key, task, FIX)

    assert (refused.status_code, refused.json()["code"]) == (400, "not_completed")
    assert not Resolution.objects.exists()


def test_in_the_test_world(organization):
    key = key_of(organization, mode="test")
    made = ask("post", "/v1/task/imageannotation", key, json.dumps(BOXES)).json()
    task = Task.objects.get(public_id=made["task_id"])
    better = made["response"] | {"annotations": []}

    assert audit(key, task, {"accepted": False, "response": better}).json()["response"] == better


def test_who_may(organization, key):
    task = answered(organization)

    assert audit(key_of(organization, scopes=["read"]), task, FIX).status_code == 403
    for other in (key_of(organization, mode="test"), key_of(OrganizationFactory.create())):
        assert audit(other, task, FIX).status_code == 404
    assert not Audit.objects.exists()
    assert not Delivery.objects.exists()
    assert audit(key_of(organization, scopes=["write"]), task, FIX).status_code == 200
