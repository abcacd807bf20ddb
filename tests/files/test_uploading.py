import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Mode, User
from core import limits
from core.errors import BusinessError, StaleState
from files import storage, uploading
from files.models import File, Upload
from files.uploading import TARGETS, Finished, add_chunk, begin, finish, path_of, sweep
from tests.files.conftest import NOON, content_of, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(member) -> Client:
    client = Client()
    client.force_login(member)
    return client


@pytest.fixture
def upload(organization, member) -> Upload:
    return begun(organization, member)


def begun(organization, member, **changed) -> Upload:
    asked: dict[str, Any] = {"name": "a.png", "size": 10, "at": NOON, "mode": Mode.LIVE} | changed
    upload: Upload = begin(organization=organization, by=member, **asked)
    return upload


class Batches:
    """What projects would register."""

    def __init__(self, *, keep=False):
        self.seen = []
        self.keep = keep
        self.failures = []

    def accept(self, upload):
        if upload.target_id != "known":
            raise BusinessError("no such batch", code="not_found", status=404)

    def finish(self, upload, path, *, at):
        if self.failures:
            raise self.failures.pop()
        self.seen.append((upload.target_id, path.read_bytes(), at))
        return Finished({"tasks": 3}, keep=self.keep)


@pytest.fixture
def batches(monkeypatch):
    target = Batches()
    monkeypatch.setitem(TARGETS, "batch", target)
    return target


def test_a_file_by_pieces_over_http(signed_in, member):
    content = picture((200, 200))
    asked = json.dumps({"name": "../cat.png", "bytes": len(content)})

    response = signed_in.post("/o/acme/uploads", asked, content_type="application/json")
    address = reverse("customer:upload", args=["acme", response.json()["id"]])
    said = [
        signed_in.put(f"{address}?offset=0", content[:100], content_type="application/octet-stream").json(),
        signed_in.get(address).json(),
        signed_in.put(f"{address}?offset=100", content[100:], content_type="application/octet-stream").json(),
    ]
    ended = signed_in.post(f"{address}/finish")

    assert response.status_code == 201
    assert [each["received"] for each in said] == [100, 100, len(content)]
    file = File.objects.get()
    assert (content_of(file.key), file.name, file.uploaded_by) == (content, "cat.png", member)
    assert ended.json() == {"file": {"id": file.public_id, "name": "cat.png", "state": "uploaded", "is_new": True}}
    assert signed_in.post(f"{address}/finish").json() == ended.json()
    assert not list(uploading.folder().glob(response.json()["id"]))


def test_a_piece_at_the_wrong_place_says_where_to_go_on(signed_in, upload):
    add_chunk(upload, BytesIO(b"12345"), offset=0)

    response = signed_in.put(f"/o/acme/uploads/{upload.public_id}?offset=0", b"1", content_type="application/x")

    assert (response.status_code, response.json()["error"]["received"]) == (409, 5)
    assert path_of(upload).read_bytes() == b"12345"


@pytest.mark.parametrize("piece", [b"x" * 11, b"x" * (limits.UPLOAD_CHUNK + 1)])
def test_a_piece_that_is_too_long_leaves_nothing(piece, signed_in, upload):
    address = f"/o/acme/uploads/{upload.public_id}?offset=0"

    response = signed_in.put(address, piece, content_type="application/octet-stream")

    assert (response.status_code, response.json()["error"]["code"]) == (413, "chunk_too_large")
    upload.refresh_from_db()
    assert (upload.received, path_of(upload).read_bytes()) == (0, b"")


def test_two_pieces_at_once_do_not_mix(upload):
    with uploading.alone(upload), pytest.raises(BusinessError) as busy:
        add_chunk(upload, BytesIO(b"x"), offset=0)
    assert busy.value.code == "upload_busy"


def test_what_was_written_before_a_crash_is_written_over(upload):
    path_of(upload).write_bytes(b"half a piece that was never counted")

    add_chunk(upload, BytesIO(b"1234567890"), offset=0)

    assert path_of(upload).read_bytes() == b"1234567890"


def test_finish_wants_everything(upload):
    add_chunk(upload, BytesIO(b"12345"), offset=0)
    with pytest.raises(StaleState) as error:
        finish(upload, at=NOON)
    assert (error.value.code, error.value.details) == ("incomplete", {"received": 5})


def test_a_target_gets_the_whole_file_once(organization, member, batches):
    upload = begun(organization, member, target_kind="batch", target_id="known", name="all.zip")
    add_chunk(upload, BytesIO(b"1234567890"), offset=0)

    assert [finish(upload, at=NOON), finish(upload, at=NOON)] == [{"tasks": 3}] * 2
    assert batches.seen == [("known", b"1234567890", NOON)]
    assert not path_of(upload).exists()


def test_a_target_may_keep_the_bytes_for_a_job(organization, member, batches):
    batches.keep = True
    upload = begun(organization, member, target_kind="batch", target_id="known")
    add_chunk(upload, BytesIO(b"1234567890"), offset=0)
    finish(upload, at=NOON)

    assert path_of(upload).exists()
    assert sweep(at=NOON + timedelta(days=3)) == 1
    assert not path_of(upload).exists()


def test_finish_can_be_tried_again_after_a_failure(organization, member, batches):
    batches.failures = [RuntimeError("the storage is away")]
    upload = begun(organization, member, target_kind="batch", target_id="known")
    add_chunk(upload, BytesIO(b"1234567890"), offset=0)
    with pytest.raises(RuntimeError):
        finish(upload, at=NOON)

    assert finish(upload, at=NOON) == {"tasks": 3}


def test_finish_can_be_tried_again_after_a_kill(upload):
    add_chunk(upload, BytesIO(picture((1, 1))[:10]), offset=0)
    assert uploading.close(upload, at=NOON)  # and then the process was killed

    with pytest.raises(StaleState):
        finish(upload, at=NOON + timedelta(minutes=1))
    assert finish(upload, at=NOON + timedelta(minutes=11))["file"]["name"] == "a.png"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"size": 0}, "empty"),
        ({"size": limits.FILE_BY_API + 1}, "too_large"),
        ({"size": limits.FILE_BY_API + 1, "name": "a.zip"}, "too_large"),
        ({"size": limits.FILE_BY_PAGE + 1, "name": "a.zip", "target_kind": "batch", "target_id": "known"}, "too_large"),
        ({"target_kind": "batch", "target_id": "unknown"}, "not_found"),
        ({"target_kind": "nothing"}, "unknown_target"),
    ],
)
def test_begin_refuses_what_would_be_refused_at_the_end(changed, code, organization, member, batches):
    with pytest.raises(BusinessError) as refused:
        begun(organization, member, **changed)
    assert (refused.value.code, Upload.objects.count()) == (code, 0)


def test_begin_takes_a_large_archive_for_a_batch(organization, member, batches):
    changed = {"size": limits.FILE_BY_API + 1, "name": "A.ZIP", "target_kind": "batch", "target_id": "known"}
    assert begun(organization, member, **changed).pk


def test_begin_leaves_room_on_the_disk(organization, member, monkeypatch):
    monkeypatch.setattr(uploading, "FREE_BYTES", 10**18)
    with pytest.raises(BusinessError) as refused:
        begun(organization, member)
    assert (refused.value.code, refused.value.status) == ("disk_full", 507)


def test_an_organization_cannot_fill_the_disk_with_beginnings(organization, member, upload, monkeypatch):
    monkeypatch.setattr(uploading, "OPEN_BYTES", 19)
    with pytest.raises(BusinessError) as refused:
        begun(organization, member)
    assert refused.value.code == "too_many_uploads"


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"name": 1, "bytes": 2}', '{"name": "a", "bytes": -1}', '{"name": "a", "bytes": true}']
)
def test_begin_answers_nonsense_with_400(body, signed_in):
    response = signed_in.post("/o/acme/uploads", body, content_type="application/json")
    assert (response.status_code, list(response.json())) == (400, ["error"])


@pytest.mark.parametrize("offset", ["", "x", "-1", "١", "9" * 30])
def test_a_nonsense_offset_is_400(offset, signed_in, upload):
    response = signed_in.put(f"/o/acme/uploads/{upload.public_id}?offset={offset}", b"x")
    assert response.status_code == 400


def test_uploads_are_hidden_from_others(upload, stranger, client, organization):
    admin = User.objects.create_user("admin@example.com", is_site_admin=True)
    address = f"/o/acme/uploads/{upload.public_id}"
    statuses = [client.get(address).status_code]
    for other in (stranger, admin):
        client.force_login(other)
        statuses += [client.get(address).status_code, client.put(f"{address}?offset=0", b"x").status_code]
        statuses.append(client.get(f"/o/other/uploads/{upload.public_id}").status_code)

    assert statuses == [401] + [404] * 6


def test_a_colleague_does_not_see_my_upload(upload, organization, client):
    colleague = User.objects.create_user("colleague@example.com")
    organization.memberships.create(user=colleague)
    client.force_login(colleague)

    assert client.get(f"/o/acme/uploads/{upload.public_id}").status_code == 404


def test_cancel_forgets_the_bytes(signed_in, upload):
    assert signed_in.delete(f"/o/acme/uploads/{upload.public_id}").status_code == 204
    assert (Upload.objects.count(), path_of(upload).exists()) == (0, False)


def test_a_piece_for_a_forgotten_upload_is_410(signed_in, upload):
    path_of(upload).unlink()
    response = signed_in.put(f"/o/acme/uploads/{upload.public_id}?offset=0", b"x")
    assert response.status_code == 410


def test_sweep_forgets_after_two_days(organization, member, upload):
    young = begun(organization, member, at=NOON + timedelta(days=1))
    left = storage.scratch() / "file-left"
    left.mkdir(exist_ok=True)

    assert sweep(at=NOON + timedelta(days=2, seconds=1)) == 1
    assert list(Upload.objects.all()) == [young]
    assert [path_of(upload).exists(), path_of(young).exists(), left.exists()] == [False, True, True]
    storage.sweep_scratch(before=NOON + timedelta(days=36500))
    assert not left.exists()
