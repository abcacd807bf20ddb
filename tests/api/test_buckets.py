"""Orders by the API for files in buckets: one organization's key opens them, another one's does not."""

import json
from typing import Any

import pytest
from django.core import serializers
from django.test import Client
from django.utils import timezone
from scaleapi import ScaleClient
from scaleapi.exceptions import ScaleInvalidRequest
from scaleapi.tasks import TaskType

from accounts.models import Organization
from files import bringing
from files.models import Fetch, File
from projects.models import Attachment, Task
from tests.api.asking import BOXES, key_of
from tests.bucket_store import ACCESS_KEY, SECRET_KEY, Store, entry, serving, write_list
from tests.files.conftest import picture

BOX = TaskType.ImageAnnotation
HERE = "s3://scans/deep/er/a b+ü.png"
HIDDEN = ("X-Amz", ACCESS_KEY, SECRET_KEY)


@pytest.fixture
def store(settings: Any, tmp_path: Any, organization: Organization) -> Any:
    """The bucket `scans` is `organization`'s alone; `denied.png` is there, and its store does not give it."""
    found = Store({"/scans/deep/er/a b+ü.png": picture()}, timezone.now(), denied=frozenset({"/scans/denied.png"}))
    with serving(found, settings) as stranger:
        endpoint = stranger.url().rstrip("/")
        write_list(settings, tmp_path, entry("s3://scans", organization.slug, endpoint=endpoint))
        yield stranger


def rows_of_all_tables() -> str:
    return str(serializers.serialize("json", [*Task.objects.all(), *Attachment.objects.all(), *Fetch.objects.all()]))


def test_an_order_fetches_from_the_bucket_and_shows_the_address_as_it_was_given(client_live: ScaleClient, store: Any):
    task = client_live.create_task(BOX, **{**BOXES, "attachment": HERE})
    bringing.bring_due(clock=timezone.now)

    found = client_live.get_task(task.id)
    (attachment,) = Attachment.objects.all()
    assert (found.params["attachment"], attachment.source, Fetch.objects.get().state) == (HERE, HERE, "done")
    assert File.objects.get().name == "a b+ü.png"
    assert "X-Amz-Signature=" in store.asked[0]
    shown = json.dumps(found.as_dict(), default=str) + rows_of_all_tables()
    assert not [one for one in HIDDEN if one in shown]


def test_another_organization_is_refused_like_for_a_bucket_that_nobody_has(
    connect: Any, other_organization: Organization, store: Any
):
    client = connect(other_organization)
    said = set()
    for address in (HERE, "s3://nobody/a.png", "gs://scans/a.png"):
        for call in (
            lambda address=address: client.create_task(BOX, **{**BOXES, "attachment": address}),
            lambda address=address: client.import_file(address),
        ):
            with pytest.raises(ScaleInvalidRequest) as refused:
                call()
            said.add(str(refused.value).partition("> ")[2] or str(refused.value))

    assert len(said) == 1
    assert "have opened for your organization" in said.pop()
    assert (Task.objects.count(), Fetch.objects.count(), store.asked) == (0, 0, [])


def test_a_store_that_refuses_makes_an_error_with_a_reason_that_helps(client_live: ScaleClient, store: Any):
    task = client_live.create_task(BOX, **{**BOXES, "attachment": "s3://scans/denied.png"})
    bringing.bring_due(clock=timezone.now)

    found = client_live.get_task(task.id).as_dict()
    assert (found["status"], found["params"]["attachment"]) == ("error", "s3://scans/denied.png")
    assert "status 403" in found["error"]
    shown = json.dumps(found, default=str) + rows_of_all_tables()
    assert not [one for one in HIDDEN if one in shown]


def test_an_imported_file_comes_from_the_bucket(client_live: ScaleClient, store: Any):
    file = client_live.import_file(HERE)
    bringing.bring_due(clock=timezone.now)

    assert client_live.api.get_request("assets")["docs"][0]["display_name"] == "a b+ü.png"
    task = client_live.create_task(BOX, **{**BOXES, "attachment": file.attachment_url})
    assert Attachment.objects.get(task__public_id=task.id).file == File.objects.get()


def test_a_line_of_many_orders_is_refused_alone(organization: Organization, client_live: ScaleClient, store: Any):
    client_live.create_project("Cows", BOX, params={"geometries": BOXES["geometries"]})
    body = "\n".join(json.dumps({"attachment": address}) for address in (HERE, "s3://nobody/a.png", HERE))

    told = Client().post(
        "/v1/bulk/tasks?upload_id=a&project=Cows",
        body.encode(),
        content_type="application/x-ndjson",
        headers={"Authorization": f"Bearer {key_of(organization)}"},
    )

    assert (told.json()["created"], [one["line"] for one in told.json()["refusals"]]) == (2, [2])
    assert "have opened for your organization" in told.json()["refusals"][0]["error"]
    assert set(Fetch.objects.values_list("address", flat=True)) == {HERE}
