"""The guide's examples, run in their order against a live server, as its reader would."""

import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from accounts.models import Organization
from api.docs import schema_of
from delivery import following
from delivery.models import Delivery
from delivery.signatures import signature
from events import running, sealing
from events.models import Job, JobState
from projects.models import Project, Task
from quality.models import Audit
from tests.api.asking import key_of
from tests.delivery.calls import send_all

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "api.md"
HOST, RECEIVER = "https://label.example", "https://you.example/plumbline"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
Names = dict[str, Any]


def blocks() -> list[str]:
    return BLOCK.findall(GUIDE.read_text(encoding="utf-8"))


@pytest.fixture
def receiver(reachable: Any) -> Iterator[Any]:
    """A server that answers as the guide's class does, once that is there; its address is the guide's."""
    names: Names = {}

    class Late(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            names["Receiver"].do_POST(self)

        def log_message(self, *_words: Any) -> None:
            """It says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Late)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    reachable(server.server_port)
    yield names, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def work(_seconds: float = 0) -> None:
    """What happens elsewhere while the reader's program waits."""
    for pk in Job.objects.filter(state=JobState.QUEUED).values_list("pk", flat=True):
        running.run(pk)
    sealing.seal()
    following.follow(at=timezone.now())
    send_all()


@pytest.fixture
def ran(live_server: LiveServer, organization: Organization, receiver: Any, monkeypatch: pytest.MonkeyPatch) -> Names:
    """What is there when the last example has ended."""
    names, address = receiver
    monkeypatch.setenv("PLUMBLINE_KEY", key_of(organization, mode="test"))
    for number, block in enumerate(blocks(), start=1):
        text = block.replace(HOST, live_server.url).replace(RECEIVER, address).replace("time.sleep(", "work(")
        names["work"] = work
        exec(compile(text, f"example {number} of {GUIDE.name}", "exec"), names)
        work()
    return dict(names)


def test_every_example_does_what_the_guide_says(ran: Names, organization: Organization) -> None:
    project = Project.objects.get(organization=organization)
    task, watched = ran["task"], ran["watched"]
    assert (project.name, task.status, task.is_test) == ("Cows / north", "completed", True)
    assert ran["done"] == [task.id]
    assert ran["names"] == ["meadow-1"]
    assert (ran["upload"]["created"], ran["upload"]["refused"], ran["upload"]["done"]) == (4, 1, True)
    assert [one["line"] for one in ran["upload"]["refusals"]] == [5]
    told = list(ran["told"].values())
    assert [one["task_id"] for one in told if "task_id" in one] == [watched.id]
    assert [one["event"] for one in told if "event" in one] == ["webhook.test", "export.ready", "project.paused"]
    assert ran["lost"] == []
    assert ran["fixed"]["customer_review_status"] == "fixed"
    assert Audit.objects.get().task.public_id == task.id
    assert {one["task_id"] for one in ran["tasks"]} == set(Task.objects.values_list("public_id", flat=True))
    assert ("task_completed", task.id) in ran["seen"]
    assert (ran["people"], ran["spent"]) == ([], 0)
    assert not Delivery.objects.exclude(state="delivered").exists()


def test_the_receiver_of_the_guide_takes_nothing_from_a_stranger(ran: Names, receiver: Any) -> None:
    _names, address = receiver
    now, told = int(time.time()), dict(ran["told"])
    forged = {"Plumbline-Signature": f"t={now},v1={'0' * 64}", "Plumbline-Delivery": "forged"}

    assert ran["requests"].post(address, data=b'{"task_id": "forged"}', headers=forged).status_code == 401
    old = signature(ran["CALLBACK_KEY"], b"{}", at=now - 600)
    late = {"Plumbline-Signature": old, "Plumbline-Delivery": "late"}
    assert ran["requests"].post(address, data=b"{}", headers=late).status_code == 401
    assert ran["told"] == told


def test_every_path_of_the_guide_is_one_of_the_api() -> None:
    paths = {re.sub(r"\{[^}]*\}", "*", path) for path in schema_of("v1")["paths"]}
    text = GUIDE.read_text(encoding="utf-8")
    named = {re.sub(r"\b(ID|NAME)\b", "*", path) for path in re.findall(r"(/v1/[A-Za-z_/]+)`", text)}

    assert named
    assert named - paths == set()
