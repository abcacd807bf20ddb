"""The loop of a customer's scripts: ordered by Scale's client, done by people in their browsers, and back again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest
import requests
from django.test.utils import override_settings
from playwright.sync_api import Browser
from scaleapi import ScaleClient
from scaleapi.tasks import TaskType

from accounts.models import Organization
from delivery import callbacks
from labeling.models import WorkItem
from projects.models import Project, Task
from task_types import registry
from tests.answering import Stranger, answering, by_path, file_answer
from tests.api.asking import client_with, key_of
from tests.browser.loops import LOOPS, PICTURE, SCENE, Loop
from tests.browser.pages import answers
from tests.browser.pages.background import background
from tests.browser.pages.bench import Bench
from tests.browser.pages.people import Windows, enroll, make_contractor, open_windows
from tests.browser.pages.waiting import until
from tests.browser.site import Site
from tests.delivery.receiver import Receiver, receiving
from tests.factories import OrganizationFactory

NETWORK = "127.0.0.0/8"
PATH = "/street-7.png"
HALF = 0.5
IDS = frozenset({"uuid", "id", "source_ref", "target_ref"})
UUID = re.compile(r"[0-9a-f-]{8,64}")


@dataclass(frozen=True)
class Customer:
    """Their key, their server of pictures, and the one that hears of what is done."""

    url: str
    organization: Organization
    key: str
    pictures: Stranger
    receiver: Receiver

    @property
    def client(self) -> ScaleClient:
        return client_with(self.url, self.key)

    def ask(self, method: str, path: str, **more: Any) -> bytes:
        answer = requests.request(method, f"{self.url}/v1/{path}", auth=(self.key, ""), timeout=20, **more)
        assert answer.status_code == 200, answer.text
        return answer.content


@pytest.fixture
def customer(site: Site) -> Iterator[Customer]:
    organization = OrganizationFactory.create(slug="basalt", name="Basalt Mapping")
    pictures = by_path({PATH: file_answer(SCENE.png)})
    with answering(pictures) as stranger, receiving() as receiver:
        yield Customer(site.url, organization, key_of(organization), stranger, receiver)


@pytest.fixture
def windows(browser: Browser, site: Site, customer: Customer, tmp_path: Path) -> Iterator[Windows]:
    ports = [customer.pictures.port, customer.receiver.port]
    reachable = {"FETCH_PRIVATE_NETWORKS": NETWORK, "FETCH_PORTS": ",".join(map(str, ports))}
    own = {"FETCH_PRIVATE_NETWORKS": [ip_network(NETWORK)], "FETCH_PORTS": ports}
    with (
        override_settings(WORKBENCH_TEST_HOOK=True, **own),
        background(tmp_path, reachable),
        open_windows(browser, site) as windows,
    ):
        yield windows


@pytest.mark.slow(reason="one task of each kind of work is ordered, labeled, reviewed, and comes back three ways")
def test_what_is_ordered_by_the_client_comes_back_by_api_callback_and_export(windows: Windows, customer: Customer):
    assert LOOPS.keys() == set(registry.NAMES)
    ids = {name: order(customer, name, loop) for name, loop in LOOPS.items()}
    on_offer = WorkItem.objects.filter(open=True)
    until(lambda: on_offer.count() == len(LOOPS), what="the worker fetches and reads the pictures")
    contractor, reviewer = make_contractor("K7Q2"), make_contractor("R3D5")
    for project in Project.objects.all():
        enroll(contractor, project)
        enroll(reviewer, project, reviews=True)
    label_all(Bench(windows.open(contractor.user)))
    review_all(Bench(windows.open(reviewer.user)))
    until(lambda: len(customer.receiver.taken()) == len(LOOPS), what="every callback arrives")
    until(lambda: not Task.objects.exclude(callback_succeeded=True).exists(), what="its arrival is noted")

    for name, loop in LOOPS.items():
        check(customer, name, ids[name], loop)


def order(customer: Customer, name: str, loop: Loop) -> str:
    """In a project of its own; the task's id."""
    kind = TaskType(name)
    customer.client.create_project(name_of(name), kind, params={"instruction": "Be exact.", **loop.params})
    given = orjson.loads(orjson.dumps(loop.order).replace(PICTURE.encode(), customer.pictures.url(PATH).encode()))
    task = customer.client.create_task(
        kind, **given, project=name_of(name), callback_url=customer.receiver.url(f"/{name}"), metadata={"kind": name}
    )
    return str(task.id)


def name_of(name: str) -> str:
    return f"All of it / {name}"


def label_all(bench: Bench) -> None:
    for project in Project.objects.order_by("pk"):
        loop = LOOPS[project.type]
        bench.start(project.codename)
        loop.begin(bench)
        loop.answer(bench)
        bench.expect_saved()
        bench.submit()
        bench.expect_nothing()


def review_all(bench: Bench) -> None:
    for project in Project.objects.order_by("pk"):
        bench.start(project.codename, kind="review")
        answers.accept(bench)
        bench.expect_nothing()


def check(customer: Customer, name: str, task_id: str, loop: Loop) -> None:
    """What came back is what was answered, and the same on every way, byte for byte."""
    (found,) = customer.client.get_tasks(project_name=name_of(name), include_attachment_url=False)
    task = found.as_dict()
    assert (task["task_id"], task["status"], task["metadata"]) == (task_id, "completed", {"kind": name})
    assert same(task["response"], loop.response), task["response"]

    written = customer.ask("GET", f"task/{task_id}")
    assert orjson.loads(written) == task
    assert exported(customer, name) == written + b"\n"
    # When the callback was sent nobody knew yet that it would arrive.
    before = {key: value for key, value in task.items() if key != "callback_succeeded"}
    body = {"task_id": task_id, "response": task["response"], "task": before, "status": "completed"}
    (got,) = [one for one in customer.receiver.taken() if one.path == f"/{name}"]
    assert got.body == orjson.dumps(body)
    assert got.headers["scale-callback-auth"] == callbacks.key_of(customer.organization.pk)


def exported(customer: Customer, name: str) -> bytes:
    path = f"projects/{quote(name_of(name), safe='')}/exports"
    export = orjson.loads(customer.ask("POST", path, json={"format": "scale_jsonl"}))["export_id"]
    until(lambda: orjson.loads(customer.ask("GET", f"exports/{export}"))["state"] == "done", what="the export")
    return customer.ask("GET", f"exports/{export}/file")


def same(found: Any, wanted: Any) -> bool:
    """Of the same shape, key by key, and half a pixel off at most; objects have ids of their own besides."""
    if isinstance(wanted, dict):
        found = {key: value for key, value in found.items() if key not in IDS or not UUID.fullmatch(str(value))}
        return found.keys() == wanted.keys() and all(same(found[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(same, found, wanted))
    if isinstance(wanted, float | int) and not isinstance(wanted, bool):
        return isinstance(found, float | int) and abs(found - wanted) <= HALF
    return bool(found == wanted)
