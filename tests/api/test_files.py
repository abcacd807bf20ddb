"""Files by themselves, as Scale's client uploads and imports them, and tasks that name them."""

import io
from typing import Any

import pytest
import requests
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.utils import timezone
from PIL import Image
from scaleapi import ScaleClient
from scaleapi.exceptions import (
    ScaleDuplicateResource,
    ScaleException,
    ScaleInvalidRequest,
    ScaleResourceNotFound,
    ScaleUnauthorized,
)
from scaleapi.tasks import TaskType

from accounts.models import Organization
from core import limits
from files import bringing
from files.addresses import FetchError
from files.models import Fetch, File
from files.storing import store
from labeling import kill_switch
from projects.models import Asset, Attachment
from tests.api.asking import BOXES, key_of
from tests.factories import UserFactory

BOX = TaskType.ImageAnnotation
ADDRESS = "https://example.org/cows/17.png?size=big"


def picture(colour: str = "teal") -> io.BytesIO:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(buffer, "PNG")
    buffer.seek(0)
    buffer.name = "cow – 牛.png"
    return buffer


def test_an_uploaded_file_is_named_by_its_address(client_live: ScaleClient, organization: Organization):
    client_live.create_project("Cows", BOX)
    file = client_live.upload_file(
        picture(), project_name="Cows", display_name="A cow.png", reference_id="cow-1", metadata='{"row": {"ü": 7}}'
    )

    found = file.as_dict()
    size = len(picture().getvalue())
    assert {name: found[name] for name in found if name not in {"id", "created_at", "updated_at"}} == {
        "attachment_url": f"scaledata://{organization.public_id}/{file.id}", "display_name": "A cow.png",
        "reference_id": "cow-1", "metadata": {"row": {"ü": 7}}, "project_names": ["Cows"], "mime_type": "image/png",
        "size": size, "status": "uploaded",
    }  # fmt: skip
    task = client_live.create_task(BOX, **{**BOXES, "attachment": file.attachment_url})
    assert task.params["attachment"] == file.attachment_url
    stored = Attachment.objects.get(task__public_id=task.id)
    assert stored.file == File.objects.get() == Asset.objects.get().file


def test_a_name_is_enough(client_live: ScaleClient):
    found = client_live.upload_file(picture()).as_dict()

    assert (found["display_name"], found["mime_type"]) == ("cow – 牛.png", "image/png")
    assert (found["metadata"], found["project_names"]) == ({}, [])
    assert "reference_id" not in found


def test_a_reference_is_there_once_in_each_world(client_live: ScaleClient, client_test: ScaleClient):
    client_live.upload_file(picture(), reference_id="a")

    for again in (
        lambda: client_live.upload_file(picture("red"), reference_id="a"),
        lambda: client_live.import_file(ADDRESS, reference_id="a"),
    ):
        with pytest.raises(ScaleDuplicateResource):
            again()
    client_test.upload_file(picture(), reference_id="a")
    first, second = client_live.upload_file(picture()), client_live.upload_file(picture(), reference_id="b")
    assert first.id != second.id
    assert File.objects.filter(mode="live").count() == 1


@pytest.mark.parametrize(
    ("terms", "error"),
    [
        ({"metadata": "no json"}, ScaleInvalidRequest),
        ({"metadata": "[1]"}, ScaleInvalidRequest),
        ({"metadata": '{"a": "' + "x" * 64_001 + '"}'}, ScaleException),
        ({"reference_id": ""}, ScaleInvalidRequest),
        ({"reference_id": "x" * 256}, ScaleInvalidRequest),
        ({"display_name": "a\0b"}, ScaleInvalidRequest),
        ({"project_name": "Nothing"}, ScaleResourceNotFound),
    ],
)
def test_what_is_said_of_a_file_is_checked(client_live: ScaleClient, terms: dict[str, str], error: type[Exception]):
    with pytest.raises(error):
        client_live.upload_file(picture(), **terms)
    assert (Asset.objects.count(), File.objects.count()) == (0, 0)


def test_only_a_form_with_a_file_is_taken(organization: Organization):
    headers = {"Authorization": f"Bearer {key_of(organization)}"}
    empty = io.BytesIO(b"")
    empty.name = "empty.png"
    bodies: list[tuple[Any, str]] = [
        ({}, MULTIPART_CONTENT),
        ({"file": "a text"}, MULTIPART_CONTENT),
        ({"file": empty}, MULTIPART_CONTENT),
        (b'{"file": 1}', "application/json"),
        (b"--x", "multipart/form-data"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
    ]
    for body, kind in bodies:
        if kind == MULTIPART_CONTENT:
            answer = Client().post("/v1/files/upload", body, headers=headers)
        else:
            answer = Client().post("/v1/files/upload", body, headers=headers, content_type=kind)
        assert (answer.status_code, list(answer.json())[:2]) == (400, ["status_code", "error"]), body


def test_a_large_file_goes_to_the_disk_and_a_larger_one_nowhere(
    client_live: ScaleClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "FILE_BY_API", limits.MB)
    assert client_live.upload_file(io.BytesIO(b"x" * limits.MB)).as_dict()["size"] == limits.MB
    for size in (limits.MB + 1, 3 * limits.MB):
        with pytest.raises(ScaleException) as refused:
            client_live.upload_file(io.BytesIO(b"y" * size))
        assert refused.value.code == 413
    assert Asset.objects.count() == 1


def test_an_imported_file_is_answered_before_it_is_there(client_live: ScaleClient, organization: Organization):
    file = client_live.import_file(ADDRESS, reference_id="cow-1", metadata={"a": 1})

    found = file.as_dict()
    assert (found["display_name"], found["status"], found["metadata"]) == ("17.png", "waiting", {"a": 1})
    assert {"size", "mime_type"}.isdisjoint(found)
    task = client_live.create_task(BOX, **{**BOXES, "attachment": file.attachment_url})
    attachment = Attachment.objects.get(task__public_id=task.id)
    assert (attachment.fetch, attachment.file, attachment.source) == (Fetch.objects.get(), None, file.attachment_url)
    stored = arrived(organization)
    attachment.refresh_from_db()
    assert attachment.file == stored
    later = client_live.create_task(BOX, **{**BOXES, "attachment": file.attachment_url})
    assert Attachment.objects.get(task__public_id=later.id).file == stored


def arrived(organization: Organization) -> File:
    """The file of the one fetch."""
    stored, _new = store(picture(), organization=organization, mode="live", name="17.png", by=None, at=timezone.now())
    bringing.finish(Fetch.objects.get(), stored, at=timezone.now())
    return stored


def test_what_never_came_is_refused_with_the_reason(client_live: ScaleClient):
    file = client_live.import_file(ADDRESS)
    waiting = client_live.create_task(BOX, **{**BOXES, "attachment": file.attachment_url})
    bringing.fail(Fetch.objects.get(), FetchError("fetch_failed"), at=timezone.now())

    assert client_live.get_task(waiting.id).status == "error"
    with pytest.raises(ScaleInvalidRequest):
        client_live.create_task(BOX, **{**BOXES, "attachment": file.attachment_url})


@pytest.mark.parametrize("address", ["", "nowhere", "ftp://example.org/a", "scaledata://a/b", "https://", "x" * 3000])
def test_only_a_web_address_is_imported(client_live: ScaleClient, address: str):
    with pytest.raises(ScaleInvalidRequest):
        client_live.import_file(address)
    assert Asset.objects.count() == 0


def test_a_stranger_s_file_and_one_of_the_other_world_name_nothing(
    client_live: ScaleClient, client_test: ScaleClient, connect: Any, other_organization: Organization
):
    address = client_live.upload_file(picture()).attachment_url

    for client in (client_test, connect(other_organization)):
        with pytest.raises(ScaleInvalidRequest):
            client.create_task(BOX, **{**BOXES, "attachment": address})


def test_who_has_no_key_uploads_nothing(live_server: Any, transactional_db: None):
    stranger = ScaleClient("live_nothing", api_instance_url=f"{live_server.url}/v1")
    for ask in (lambda: stranger.upload_file(picture()), lambda: stranger.import_file(ADDRESS)):
        with pytest.raises(ScaleUnauthorized):
            ask()


@pytest.mark.parametrize("count", [1, 3])
def test_listing_files_takes_a_constant_number_of_queries(
    organization: Organization, count: int, django_assert_num_queries: Any
):
    headers = {"Authorization": f"Bearer {key_of(organization)}"}
    client = Client()
    for number in range(count):
        order = {"file_url": f"{ADDRESS}&n={number}", "reference_id": str(number)}
        client.post("/v1/files/import", order, content_type="application/json", headers=headers)
    with django_assert_num_queries(4):
        page = client.get("/v1/assets", headers=headers).json()
    assert (page["total"], page["has_more"], len(page["docs"])) == (count, False, count)
    assert client.get("/v1/assets?reference_id=0", headers=headers).json()["total"] == 1
    assert client.get("/v1/assets?project_name=None", headers=headers).status_code == 404


def test_attachments_are_downloaded_without_a_key_until_their_address_ends(
    client_live: ScaleClient, live_server: Any, organization: Organization
):
    file = client_live.upload_file(picture())
    client_live.create_task(BOX, **{**BOXES, "attachment": file.attachment_url})
    client_live.create_task(BOX, **BOXES)

    waiting, task = client_live.tasks(include_attachment_url=True).docs
    assert waiting.attachmentS3Downloads == []
    (address,) = task.attachmentS3Downloads
    answer = requests.get(address, timeout=10)
    assert (answer.status_code, answer.content) == (200, picture().getvalue())
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    changed = address[:-20] + ("A" if address[-20] != "A" else "B") + address[-19:]
    assert requests.get(changed, timeout=10).status_code == 404
    assert not hasattr(client_live.tasks().docs[0], "attachmentS3Downloads")
    kill_switch.throw(
        organization, reason="A court order.", by=UserFactory.create(is_site_admin=True), at=timezone.now()
    )
    assert requests.get(address, timeout=10).status_code == 404
