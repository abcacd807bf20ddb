"""Contractors do not see customers: all that reaches them is searched for planted names and ids."""

import base64
import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from PIL import Image

from files.models import File, Rendition
from labeling import payload as payload_module
from labeling.views import workbench
from payments import silence
from projects.models import Project
from tests import leaks
from tests.leaks import Planted
from workers.models import Worker

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = re.compile(r"""(?:href|src|action|hx-get|data-[a-z-]*url)="([^"]+)\"""")
BOX = {
    "uuid": "1",
    "type": "box",
    "label": "Car",
    "left": 100,
    "top": 100,
    "width": 200,
    "height": 150,
    "attributes": {},
}
ANSWER = {"annotations": [BOX], "global_attributes": {}}
WRONG = {"annotations": [{**BOX, "label": "Lorry"}], "global_attributes": {}}
PAGES_AT_LEAST = 12


class Contractor:
    """A contractor's browser: keeps all that it was sent."""

    def __init__(self, worker: Worker, planted: Planted) -> None:
        self.client = Client(raise_request_exception=False)
        self.client.force_login(worker.user, backend="accounts.backends.EmailBackend")
        self.planted = planted
        self.leaks: list[str] = []
        self.pages: set[str] = set()

    def ask(self, method: str, path: str, body: object = None, **headers: str):
        sent = {} if body is None else {"data": body, "content_type": "application/json"}
        response = (
            self.client.generic(method, path, headers=headers)
            if body is None
            else getattr(self.client, method.lower())(path, **sent, headers=headers)
        )
        self.look(f"{method} {path}", response)
        return response

    def look(self, where: str, response) -> None:
        content = b"".join(response.streaming_content) if response.streaming else response.content
        head = "\n".join(f"{name}: {value}" for name, value in response.items()) + response.cookies.output()
        for part, found in (("address", where), ("head", head), ("body", content)):
            self.leaks += self.planted.leaks_in(found, where=f"{part} of {where}")
        response.read = content

    def post(self, path: str, body: object = None):
        return self.ask("POST", path, body or {})

    def work(self) -> None:
        """Every call of the workbench, and each of its refusals."""
        first = self.post("/my/work/next").json()["assignment"]
        self.post("/my/work/reserve")
        self.pictures(first)
        path = f"/my/assignments/{first['id']}"
        for verb, body in calls(first):
            method = "PUT" if verb == "draft" else "POST"
            self.ask(method, f"{path}/{verb}", body)
        self.ask("GET", path)
        second = self.post("/my/work/next").json()
        if second["state"] == "assigned":
            self.post(f"/my/assignments/{second['assignment']['id']}/report", {"reason": "broken", "comment": "?"})
        self.post("/my/work/next", {"project": "Nobody's"})

    def pictures(self, assignment: dict[str, Any]) -> None:
        for medium in assignment["media"]:
            whole = self.ask("GET", medium["url"])
            self.ask("HEAD", medium["url"])
            self.ask("GET", medium["url"], Range="bytes=0-99")
            self.ask("GET", f"{medium['url']}x")
            with Image.open(BytesIO(whole.read)) as image:
                image.load()
                assert not image.getexif()
                assert image.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "icc_profile", "dpi"}

    def crawl(self, start: str = "/") -> None:
        """Every page that links lead to from the start, and pages that are not there."""
        waiting = [start, "/account/", "/nothing/", f"/my/projects/{self.planted.project.name}x/", "/operations/"]
        while waiting:
            path = waiting.pop()
            if path in self.pages:
                continue
            self.pages.add(path)
            response = self.client.get(path)
            self.look("a page that is asked for by a wrong name" if "Quetzal" in path else path, response)
            waiting += [found for found in linked(path, response) if found not in self.pages]


def calls(assignment: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "draft", {"revision": 0, "document": ANSWER}
    yield "draft", {"revision": 0, "document": WRONG}
    yield "draft", {"revision": "?"}
    yield "heartbeat", {"active": True}
    yield "extend", {}
    yield "skip", {"reason": "nonsense"}
    if assignment["mode"] == "review":
        yield "review", {"key": "key-12345", "verdict": "rejected"}
        reasons = {"reason_class": "missing_object", "comment": "Look again.", "evidence": [{"kind": "task"}]}
        yield "review", {"key": "key-12345", "verdict": "rejected", **reasons}
        return
    yield "submit", {"key": "key-12345", "response": WRONG}
    yield "submit", {"key": "key-12345", "response": ANSWER, "active_ms": 5000}
    yield "submit", {"key": "key-54321", "response": ANSWER}
    yield "amend", {"key": "key-99999", "response": ANSWER}
    yield "release", {}


def linked(path: str, response) -> list[str]:
    """Where the page leads, on this site; what changes something is not followed."""
    if not response.get("Content-Type", "").startswith("text/html"):
        return []
    found = [urlsplit(urljoin(path, address)) for address in ADDRESS.findall(response.read.decode())]
    own = {part.path + (f"?{part.query}" if part.query else "") for part in found if not part.netloc and part.path}
    return sorted(address for address in own if not address.startswith("/static/"))


@pytest.fixture
def planted() -> Planted:
    return leaks.plant()


def everything(planted: Planted) -> list[str]:
    """All that two contractors are sent while one works, the other reviews, and the work is paused and resumed."""
    worker, reviewer = Contractor(planted.worker, planted), Contractor(planted.reviewer, planted)
    worker.work()
    reviewer.work()
    leaks.pause_and_resume(planted)
    silence.accept_by_silence(at=timezone.now() + timedelta(days=8))
    for person in (worker, reviewer):
        person.crawl()
        assert len(person.pages) >= PAGES_AT_LEAST, person.pages
    return worker.leaks + reviewer.leaks + mails(planted)


def mails(planted: Planted) -> list[str]:
    leaks.send_all_mail()
    to = {planted.worker.user.email, planted.reviewer.user.email}
    theirs = [message for message in mail.outbox if set(message.to) & to]
    assert len(theirs) >= 5
    return [
        leak for one in theirs for leak in planted.leaks_in(one.message().as_bytes(), where=f"mail “{one.subject}”")
    ]


def test_nothing_that_reaches_a_contractor_names_the_customer(planted):
    assert everything(planted) == []


def test_a_leak_in_the_payload_is_found(planted, monkeypatch):
    real = payload_module.payload

    def leaking(assignment, *, at):
        return real(assignment, at=at) | {"name": File.objects.all()[0].name}

    monkeypatch.setattr(workbench, "payload", leaking)

    assert any("wolframkamera in body of POST /my/work/next" in leak for leak in everything(planted))


def test_a_leak_on_a_page_and_in_a_mail_is_found(planted):
    Project.objects.update(codename="Quetzalbau")

    found = everything(planted)

    assert "quetzalbau in body of /my/" in found
    assert any("quetzalbau in mail" in leak for leak in found)


def test_a_leak_inside_a_picture_is_found(planted):
    for rendition in Rendition.objects.filter(kind="full"):
        default_storage.delete(rendition.key)
        default_storage.save(rendition.key, ContentFile(leaks.picture(0)))
    contractor = Contractor(planted.worker, planted)
    assignment = contractor.post("/my/work/next").json()["assignment"]

    contractor.ask("GET", assignment["media"][0]["url"])

    assert any(leak.startswith("exifkobaltin in body of GET /media/") for leak in contractor.leaks)


@pytest.mark.parametrize(
    "disguised",
    [
        b"ZIRKONFELD",
        quote("Zïrkonfeld Zirkonfeld").encode(),
        b"%5Airkonfeld",
        b"&#90;irkonfeld",
        b"\\u005airkonfeld",
        "Zirkonfeld".encode("utf-16-le"),
        b"Zirkonfeld".hex().encode(),
        *(b"x" * shift + base64.urlsafe_b64encode(b"y" * shift + b"at Zirkonfeld") for shift in range(4)),
    ],
)
def test_disguises_are_seen_through(disguised):
    assert leaks.found_in(b'{"a": "' + disguised + b'"}', ["zirkonfeld"]) == {"zirkonfeld"}
    assert not leaks.found_in(disguised, ["wolframkamera"])
