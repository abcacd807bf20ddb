"""Many tasks in one request: what is refused, what is kept, and what is sent again."""

import io
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organization
from api.v1 import lines
from projects import creating
from projects.models import Project, Task
from tests.api.asking import BOXES, key_of
from tests.factories import NOON, OrganizationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return OrganizationFactory.create(name="Basalt")


@pytest.fixture
def project(organization: Organization) -> Project:
    terms = creating.Terms(params={"geometries": BOXES["geometries"]})
    return creating.create_project(organization, name="Cows", type="imageannotation", terms=terms, by=None, at=NOON)


def orders(count: int, **more: Any) -> list[dict[str, Any]]:
    return [{"attachment": f"https://example.org/{n}.png", "unique_id": f"u{n}", **more} for n in range(count)]


def send(organization: Organization, rows: list[Any], *, upload_id: str = "a", **query: str) -> Any:
    body = b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows)
    headers = {"Authorization": f"Bearer {key_of(organization)}"}
    query = {"upload_id": upload_id} | (query or {"project": "Cows"})
    address = "/v1/bulk/tasks?" + "&".join(f"{name}={value}" for name, value in query.items())
    return Client().post(address, body, content_type="application/x-ndjson", headers=headers)


def test_each_line_makes_a_task_or_says_why_not(organization: Organization, project: Project):
    rows = [
        *orders(3, tags=["x"], metadata={"row": 1}),
        b"{not json",
        {"attachment": "https://example.org/9.png", "tags": "x"},
        {"tags": ["no attachment"]},
        {"attachment": "https://example.org/9.png", "unique_id": "u1"},
        {"attachment": "nowhere"},
        b"",
    ]

    told = send(organization, rows).json()

    assert (told["lines"], told["created"], told["refused"], told["done"]) == (9, 3, 6, True)
    reasons = {one["line"]: one["error"] for one in told["refusals"]}
    assert "not JSON" in reasons[4]
    assert '"tags"' in reasons[5]
    assert '"attachment" is required' in reasons[6]
    assert "unique_id" in reasons[7]
    assert set(reasons) == {4, 5, 6, 7, 8, 9}
    assert set(Task.objects.values_list("unique_id", flat=True)) == {"u0", "u1", "u2"}
    assert Task.objects.filter(tags__tag="x").count() == 3


def test_the_same_upload_sent_again_makes_nothing_twice(organization: Organization, project: Project):
    first = send(organization, orders(4)).json()

    again = send(organization, orders(4)).json()

    assert again == first
    assert Task.objects.count() == 4


def test_an_upload_that_broke_off_goes_on(
    organization: Organization, project: Project, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lines, "CHUNK", 2)
    rows = orders(5)
    whole = lines.OrderLines.lines

    def broken(self: lines.OrderLines) -> Any:
        for number, line in enumerate(whole(self), start=1):
            if number == 4:
                raise OSError("The connection was closed.")
            yield line

    monkeypatch.setattr(lines.OrderLines, "lines", broken)
    assert send(organization, rows).status_code == 500
    assert Task.objects.count() == 2
    headers = {"Authorization": f"Bearer {key_of(organization)}"}
    assert Client().get("/v1/bulk/tasks/a", headers=headers).json()["lines"] == 2

    monkeypatch.setattr(lines.OrderLines, "lines", whole)
    told = send(organization, rows).json()

    assert (told["created"], told["refused"], told["done"]) == (5, 0, True)
    assert Task.objects.count() == 5


def test_an_upload_belongs_to_one_batch_and_one_customer(organization: Organization, project: Project):
    creating.create_batch(project, name="B", by=None, at=timezone.now())
    send(organization, orders(1))

    assert send(organization, orders(1), batch="B").status_code == 400
    assert send(organization, orders(1), upload_id="b", project="Unknown").status_code == 404
    stranger = OrganizationFactory.create()
    assert send(stranger, orders(1)).status_code == 404
    headers = {"Authorization": f"Bearer {key_of(stranger)}"}
    assert Client().get("/v1/bulk/tasks/a", headers=headers).status_code == 404


def test_a_line_that_is_too_long_refuses_itself_alone(organization: Organization, project: Project):
    long = b'{"attachment": "' + b"x" * lines.MOST_BYTES + b'"}'
    stream = io.BytesIO(b"\n".join([json.dumps(orders(1)[0]).encode(), long, json.dumps(orders(2)[1]).encode()]))

    (chunk,) = lines.OrderLines(stream, project).chunks()

    assert [one.code for one in chunk.arrivals] == ["", "line_too_long", ""]
    assert chunk.is_last
