import json
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from accounts.models import Mode, Organization
from core.errors import BusinessError
from files import storage, storing
from files.models import File, FileState
from files.names import clean_name
from tests import machine
from tests.files.conftest import NOON, content_of, picture, stored

pytestmark = pytest.mark.django_db


def test_store_keeps_the_bytes_under_their_hash(organization):
    content = picture()

    file = stored(content, organization, name="cat.png")

    assert file.key == f"{organization.public_id}/live/{file.sha256[:2]}/{file.sha256}"
    assert content_of(file.key) == content
    assert (file.name, file.bytes, file.state, file.created_at) == ("cat.png", len(content), FileState.UPLOADED, NOON)


def test_store_the_same_content_again_is_the_same_row(organization):
    first = stored(picture(), organization, name="one.png")

    second, is_new = storing.store(
        BytesIO(picture()), organization=organization, mode=Mode.LIVE, name="two.png", by=None, at=NOON
    )

    assert (second, is_new, second.name) == (first, False, "one.png")


def test_store_keeps_organizations_and_worlds_apart(organization):
    other = Organization.objects.create(slug="other", name="Other")

    files = [
        stored(picture(), organization),
        stored(picture(), organization, mode=Mode.TEST),
        stored(picture(), other),
    ]

    assert len({file.pk for file in files}) == len({file.key for file in files}) == 3


def test_store_wakes_a_reader_after_the_commit(organization, monkeypatch, django_capture_on_commit_callbacks):
    woken = []
    monkeypatch.setattr("events.waking.publish", lambda name, args: woken.append((name, args)))

    with django_capture_on_commit_callbacks(execute=True):
        file = stored(picture(), organization)
        stored(picture(), organization)

    assert woken == [("files.jobs.ingest_file", (file.pk,))]


@pytest.mark.parametrize(("content", "code", "status"), [(b"", "empty", 400), (b"x" * 11, "too_large", 413)])
def test_store_refuses(content, code, status, organization):
    with pytest.raises(BusinessError) as refused:
        storing.store(
            BytesIO(content), organization=organization, mode=Mode.LIVE, name="a", by=None, at=NOON, most_bytes=10
        )

    assert (refused.value.code, refused.value.status, File.objects.count()) == (code, status, 0)
    assert not list(storage.scratch().iterdir())


def test_store_replaces_what_is_not_whole(organization):
    file = stored(picture(), organization)
    path = Path(default_storage.path(file.key))
    path.write_bytes(b"cut off")

    stored(picture(), organization)

    assert path.read_bytes() == picture()


@pytest.mark.parametrize(("code", "state"), [("not_read", FileState.UPLOADED), ("broken", FileState.BROKEN)])
def test_store_again_queues_what_may_end_otherwise(code, state, organization):
    file = stored(picture(), organization)
    File.objects.update(state=FileState.BROKEN, error_code=code, tries=4)

    stored(picture(), organization)

    file.refresh_from_db()
    assert (file.state, file.tries) == (state, 0 if state == FileState.UPLOADED else 4)


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("C:\\x.jpg", "x.jpg"),
        ("a\0b.jpg", "ab.jpg"),
        ("a\r\nSet-Cookie: x=1.jpg", "aSet-Cookie: x=1.jpg"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("é" * 300 + ".jpeg", "é" * 250 + ".jpeg"),
        ("", "unnamed"),
        (" . ", "unnamed"),
        ("..", "unnamed"),
        ("日本語.jpg", "日本語.jpg"),
        ("<img src=x onerror=alert(1)>.jpg", "<img src=x onerror=alert(1)>.jpg"),
    ],
)
def test_clean_name(name, cleaned):
    assert clean_name(name) == cleaned


def test_clean_name_takes_every_hostile_one():
    for path in machine.real_files("hostile/files/hostile_names.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            name = clean_name(json.loads(line)["name"])
            assert 0 < len(name) <= 255
            assert name.isprintable() or "\u200b" in name or "\u200d" in name
            assert not set(name) & set("/\\\0\r\n")
