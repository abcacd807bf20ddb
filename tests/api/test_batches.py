"""Batches, as Scale's client makes, lists and launches them."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from scaleapi import ScaleClient
from scaleapi.batches import BatchStatus
from scaleapi.exceptions import (
    ScaleDuplicateResource,
    ScaleInvalidRequest,
    ScaleResourceNotFound,
    ScaleUnauthorized,
)
from scaleapi.tasks import TaskType

from accounts.models import Organization
from labeling import batches as completing
from projects import archiving, changing
from projects.models import Batch, Project
from tests.api.asking import BOXES, key_of
from tests.factories import UserFactory

BOX = TaskType.ImageAnnotation


@pytest.fixture
def project(client_live: ScaleClient) -> str:
    return str(client_live.create_project("Cows", BOX).name)


def test_a_batch_as_it_was_sent(client_live: ScaleClient, project: str):
    metadata = {"row": 7, "nested": {"ü": [1, None]}}
    batch = client_live.create_batch(project, "First", callback="https://example.org/hook", metadata=metadata)

    found = batch.as_dict()
    assert {name: found[name] for name in found if name != "created_at"} == {
        "name": "First", "project": "Cows", "type": "production", "status": "in_progress", "archived": False,
        "callback": "https://example.org/hook", "calibration_batch": False, "self_label_batch": False,
        "metadata": metadata,
    }  # fmt: skip
    assert client_live.get_batch("First").as_dict() == found


def test_what_was_not_said_is_empty(client_live: ScaleClient, project: str):
    batch = client_live.create_batch(project, "First").as_dict()

    assert (batch["callback"], batch["metadata"]) == ("", {})


@pytest.mark.parametrize(("terms", "kind"), [({}, "production"), ({"calibration_batch": True}, "calibration"),
                                             ({"self_label_batch": True}, "self_label")])  # fmt: skip
def test_batches_of_rapid_and_studio_wait_for_their_launch(client_live: ScaleClient, terms: dict[str, Any], kind: str):
    for product in ("rapid", "studio"):
        client_live.create_project(product, BOX, **{product: True})
        batch = client_live.create_batch(product, f"{product} 1", **terms)

        assert (batch.status, batch.as_dict()["type"]) == ("staging", kind)
        assert batch.as_dict().get("calibration_batch") is (kind == "calibration")
        assert batch.as_dict().get("self_label_batch") is (kind == "self_label")


def test_kinds_are_for_those_who_launch_and_one_at_a_time(client_live: ScaleClient, project: str):
    client_live.create_project("Rapid", BOX, rapid=True)

    for terms in (
        {"project": project, "calibration_batch": True},
        {"project": project, "self_label_batch": True},
        {"project": "Rapid", "calibration_batch": True, "self_label_batch": True},
    ):
        with pytest.raises(ScaleInvalidRequest):
            client_live.create_batch(batch_name="First", **terms)
    assert not Batch.objects.exclude(name=None).exists()


@pytest.mark.parametrize("callback", ["nowhere", "ftp://example.org/", "https://", "a b@example.org", "x" * 2001])
def test_a_callback_is_an_address(client_live: ScaleClient, project: str, callback: str):
    with pytest.raises(ScaleInvalidRequest):
        client_live.create_batch(project, "First", callback=callback)


def test_a_callback_may_be_a_mail_address(client_live: ScaleClient, project: str):
    assert client_live.create_batch(project, "First", callback="a@example.org").as_dict()["callback"] == "a@example.org"


def test_a_name_is_there_once_in_the_whole_account(client_live: ScaleClient, client_test: ScaleClient, project: str):
    client_live.create_project("Dogs", BOX)
    client_live.create_batch(project, "First")

    with pytest.raises(ScaleDuplicateResource):
        client_live.create_batch("Dogs", "First")
    client_test.create_project("Cows", BOX)
    assert client_test.create_batch("Cows", "First").project == "Cows"


def test_launching_closes_a_batch_of_rapid(client_live: ScaleClient):
    client_live.create_project("Rapid", BOX, rapid=True)
    batch = client_live.create_batch("Rapid", "First")
    client_live.create_task(BOX, **BOXES, batch="First")

    assert batch.finalize().status == "in_progress"
    assert batch.finalize().status == "in_progress"
    with pytest.raises(ScaleInvalidRequest, match="finalized"):
        client_live.create_task(BOX, **BOXES, batch="First")
    with pytest.raises(ScaleInvalidRequest, match='"batch" is required'):
        client_live.create_task(BOX, **BOXES, project="Rapid")
    assert client_live.tasks(batch="First").total == 1


def test_an_ordinary_batch_stays_open(client_live: ScaleClient, project: str):
    client_live.create_batch(project, "First").finalize()

    assert client_live.create_task(BOX, **BOXES, batch="First").batch == "First"


def test_the_status_counts_tasks(client_live: ScaleClient, project: str):
    batch = client_live.create_batch(project, "First")
    assert batch.get_status() == {"status": "in_progress", "pending": 0, "completed": 0, "error": 0, "canceled": 0}
    client_live.create_task(BOX, **BOXES, batch="First").cancel()
    client_live.create_task(BOX, **BOXES, batch="First")

    assert batch.get_status() == {"status": "in_progress", "pending": 1, "completed": 0, "error": 0, "canceled": 1}
    assert (batch.tasks_pending, batch.tasks_canceled) == (1, 1)


def test_a_batch_is_completed_when_its_last_task_has_ended(client_test: ScaleClient):
    client_test.create_project("Cows", BOX)
    batch = client_test.create_batch("Cows", "First")
    client_test.create_task(BOX, **BOXES, batch="First")

    completing.complete_batches(at=timezone.now() + timedelta(minutes=5))

    assert batch.get_status() == {"status": "completed", "pending": 0, "completed": 1, "error": 0, "canceled": 0}
    assert client_test.get_batch("First").as_dict()["completed_at"].endswith("Z")
    assert batch.finalize().status == "completed"


def test_metadata_is_replaced_and_emptied(client_live: ScaleClient, project: str):
    client_live.create_batch(project, "First", metadata={"a": 1})

    assert client_live.set_batch_metadata("First", {"b": {"c": 2}}).metadata == {"b": {"c": 2}}
    assert client_live.get_batch("First").metadata == {"b": {"c": 2}}
    assert client_live.set_batch_metadata("First", {}).metadata == {}
    with pytest.raises(ScaleInvalidRequest):
        client_live.set_batch_metadata("First", {"a": "x" * 64_001})


def test_metadata_may_be_merged_deeply(client_live: ScaleClient, project: str):
    client_live.create_batch(project, "First", metadata={"a": {"b": 1, "c": 2}, "d": 3})
    batch = Batch.objects.get(name="First")

    changing.set_batch_metadata(batch, {"a": {"c": 4}, "e": 5}, merge=True, at=timezone.now())

    batch.refresh_from_db()
    assert batch.metadata == {"a": {"b": 1, "c": 4}, "d": 3, "e": 5}


def test_pages_are_counted_by_how_many_were_passed(client_live: ScaleClient, project: str):
    names = [client_live.create_batch(project, f"B{number}").name for number in range(5)]

    page = client_live.batches(limit=2, offset=2)
    assert [batch.name for batch in page.docs] == [names[2], names[1]]
    assert (page.total, page.limit, page.offset, page.has_more) == (5, 2, 2, True)
    last = client_live.batches(limit=2, offset=4)
    assert ([batch.name for batch in last.docs], last.has_more) == ([names[0]], False)
    assert [batch.name for batch in client_live.get_batches()] == names[::-1]
    for wrong in ({"limit": 0}, {"limit": 101}, {"offset": -1}, {"offset": 10**20}, {"status": "paused"},
                  {"start_time": "soon"}):  # fmt: skip
        with pytest.raises(ScaleInvalidRequest):
            client_live.batches(**wrong)


def test_filters(client_live: ScaleClient, project: str):
    client_live.create_project("Rapid", BOX, rapid=True)
    client_live.create_batch(project, "Old")
    client_live.create_batch("Rapid", "New")
    between = Batch.objects.get(name="New").created_at.isoformat()

    def found(**wanted: Any) -> list[str]:
        return [batch.name for batch in client_live.get_batches(**wanted)]

    assert found(project_name=project) == ["Old"]
    assert found(batch_status=BatchStatus.Staging) == ["New"]
    assert found(created_after=between) == ["New"]
    assert found(created_before=between) == ["Old"]
    archiving.archive(Project.objects.get(name=project), by=UserFactory.create(), at=timezone.now())
    assert found(exclude_archived=True) == ["New"]
    assert found() == ["New", "Old"]
    with pytest.raises(ScaleResourceNotFound):
        found(project_name="Nothing")


def test_who_has_no_key_or_no_such_batch_gets_nothing(client_live: ScaleClient, live_server: Any):
    stranger = ScaleClient("live_nothing", api_instance_url=f"{live_server.url}/v1")
    asks = [
        lambda client: client.get_batch("First"),
        lambda client: client.batch_status("First"),
        lambda client: client.finalize_batch("First"),
        lambda client: client.set_batch_metadata("First", {"a": 1}),
        lambda client: client.create_batch("Cows", "First"),
    ]
    for ask in [*asks, lambda client: client.batches()]:
        with pytest.raises(ScaleUnauthorized):
            ask(stranger)
    for ask in asks:
        with pytest.raises(ScaleResourceNotFound):
            ask(client_live)


@pytest.mark.parametrize("count", [1, 3])
def test_listing_batches_takes_a_constant_number_of_queries(
    organization: Organization, count: int, django_assert_num_queries: Any
):
    auth = {"Authorization": "Basic " + base64.b64encode(f"{key_of(organization)}:".encode()).decode()}
    client = Client()
    client.post("/v1/projects", {"name": "A", "type": "chat"}, content_type="application/json", headers=auth)
    for number in range(count):
        order = {"project": "A", "name": f"B{number}"}
        client.post("/v1/batches", order, content_type="application/json", headers=auth)
    with django_assert_num_queries(3):
        assert client.get("/v1/batches", headers=auth).json()["totalDocs"] == count
