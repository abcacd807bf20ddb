from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import KillSwitch, User
from files import serving
from files.ingesting import ingest
from files.models import File, FileState
from files.serving import Pieces
from files.signing import find_signed, sign, thumb_url
from tests.factories import OrganizationFactory
from tests.files.conftest import NOON, content_of, picture, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(organization) -> File:
    made = stored(picture((400, 300)), organization, name='a"b\u00e9.png')
    ingest(made.pk, at=NOON)
    made.refresh_from_db()
    return made


@pytest.fixture
def full(file):
    return file.renditions.get(kind="full")


@pytest.fixture
def url(full, member):
    return sign(full, user=member, expires_at=timezone.now() + timedelta(minutes=5))


class ReadingClient(Client):
    """Reads each answer to its end, as a browser does: `body`."""

    def request(self, **request):
        response = super().request(**request)
        response.body = response.getvalue()
        return response


@pytest.fixture
def client() -> Client:
    return ReadingClient()


@pytest.fixture
def signed_in(member) -> Client:
    client = ReadingClient()
    client.force_login(member)
    return client


def test_media_is_the_rendition_with_careful_headers(url, full, signed_in):
    response = signed_in.get(url)

    assert response.body == content_of(full.key)
    assert response.status_code == 200
    wanted = {
        "Content-Type": "image/jpeg",
        "Content-Length": str(full.bytes),
        "Content-Disposition": "inline",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=600",
        "Accept-Ranges": "bytes",
        "ETag": f'"{full.token}"',
    }
    assert {name: response[name] for name in wanted} == wanted


def test_media_tells_no_date(url, signed_in):
    assert "Last-Modified" not in signed_in.get(url)


def test_media_address_is_opaque(url, file, member, organization):
    token = url.removeprefix("/media/")
    assert len(token) == 43
    for secret in (file.public_id, file.sha256, member.public_id, organization.public_id, organization.slug):
        assert secret not in token


def test_media_is_for_one_person_only(url, stranger, signed_in, client):
    admin = User.objects.create_user("admin@example.com", is_site_admin=True)
    statuses = [signed_in.get(url).status_code, client.get(url).status_code]
    for other in (stranger, admin):
        client.force_login(other)
        statuses.append(client.get(url).status_code)

    assert statuses == [200, 404, 404, 404]


def test_media_ends(full, member):
    token = sign(full, user=member, expires_at=NOON).removeprefix("/media/")

    assert find_signed(token, user=member, at=NOON - timedelta(seconds=1)) == full
    assert find_signed(token, user=member, at=NOON) is None


def test_media_of_a_changed_address_is_nothing(url, signed_in):
    token = url.removeprefix("/media/")
    changed = [token[:n] + ("A" if token[n] != "A" else "B") + token[n + 1 :] for n in range(len(token) - 1)]

    assert {signed_in.get(f"/media/{each}").status_code for each in [*changed, "x", "%00", "é", token + "A"]} == {404}


def test_media_survives_a_new_secret_key(url, signed_in, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" + "1" * 50
    token = url.removeprefix("/media/")
    member = User.objects.get(email="member@example.com")

    assert find_signed(token, user=member, at=timezone.now())


def test_media_of_a_file_that_is_no_longer_ready_is_nothing(url, signed_in):
    File.objects.update(state=FileState.BROKEN)
    assert signed_in.get(url).status_code == 404


@pytest.mark.parametrize(
    ("asked", "first", "stop"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=5-5", 5, 6),
        ("bytes=10-", 10, None),
        ("bytes=-7", -7, None),
        ("bytes=3-999999999", 3, None),
        ("bytes=-999999999", 0, None),
    ],
)
def test_a_range_is_a_part(asked, first, stop, url, full, signed_in):
    content = content_of(full.key)
    part = content[first:stop]
    start = first if first >= 0 else len(content) + first

    response = signed_in.get(url, headers={"Range": asked})

    assert (response.status_code, response.body) == (206, part)
    assert response["Content-Range"] == f"bytes {start}-{start + len(part) - 1}/{len(content)}"
    assert response["Content-Length"] == str(len(part))


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_range_behind_the_end_is_416(asked, url, full, signed_in):
    response = signed_in.get(url, headers={"Range": asked})

    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{full.bytes}")


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,3-4", "bytes=" + ",".join("0-" for _ in range(1000)), "bytes=5-2", "lines=0-1", "bytes=-", "b"]
)
def test_several_ranges_and_nonsense_are_the_whole(asked, url, full, signed_in):
    response = signed_in.get(url, headers={"Range": asked})

    assert (response.status_code, response.body) == (200, content_of(full.key))


def test_if_range_gives_a_part_of_the_same_only(url, full, signed_in):
    statuses = [
        signed_in.get(url, headers={"Range": "bytes=0-1", "If-Range": tag}).status_code
        for tag in (f'"{full.token}"', '"another"', "Mon, 02 Mar 2026 12:00:00 GMT")
    ]
    assert statuses == [206, 200, 200]


def test_head_has_the_headers_and_no_body(url, full, signed_in):
    response = signed_in.head(url, headers={"Range": "bytes=0-1"})

    assert (response.status_code, response["Content-Length"], response.body) == (200, str(full.bytes), b"")


def test_what_the_browser_has_is_not_sent_again(url, full, signed_in):
    response = signed_in.get(url, headers={"If-None-Match": f'"{full.token}"'})

    assert (response.status_code, response.body) == (304, b"")


def test_what_the_storage_lost_is_404(url, full, signed_in):
    default_storage.delete(full.key)
    assert signed_in.get(url).status_code == 404


def test_the_proxy_sends_the_bytes_where_there_is_one(url, full, signed_in, settings):
    settings.X_ACCEL_PREFIX = "/internal-media/"

    response = signed_in.get(url)

    assert response["X-Accel-Redirect"] == f"/internal-media/{full.key}"
    assert (response.body, response["Content-Type"]) == (b"", "image/jpeg")


def test_original_is_a_download_for_members(file, signed_in):
    response = signed_in.get(reverse("customer:original", args=["acme", file.public_id]))

    assert response.body == content_of(file.key)
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''a%22b%C3%A9.png"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_original_is_hidden_from_others(file, stranger, client):
    address = reverse("customer:original", args=["acme", file.public_id])
    admin = User.objects.create_user("admin@example.com", is_site_admin=True)
    contractor = User.objects.create_user("worker@example.com")
    statuses = [client.get(address).status_code]
    for other in (stranger, admin, contractor):
        client.force_login(other)
        statuses.append(client.get(address).status_code)
    client.force_login(stranger)
    statuses.append(client.get(reverse("customer:original", args=["other", file.public_id])).status_code)

    assert statuses == [302, 404, 404, 404, 404]


def test_thumb_url_is_the_same_for_an_hour(file, member):
    urls = [thumb_url(file, member, at=NOON + timedelta(minutes=minutes)) for minutes in (0, 59, 60)]

    assert urls[0] == urls[1] != urls[2]
    found = find_signed(urls[0].removeprefix("/media/"), user=member, at=NOON + timedelta(minutes=119))
    assert found == file.renditions.get(kind="thumb")


def test_thumb_url_of_a_text_is_empty(organization, member):
    text = stored(b"text", organization)
    ingest(text.pk, at=NOON)

    assert thumb_url(text, member, at=NOON) == ""


def test_bytes_that_are_on_their_way_stop_when_the_customer_is_cut_off(monkeypatch):
    monkeypatch.setattr(serving, "LOOKS_EVERY_S", 0)
    monkeypatch.setattr(serving, "SENT_AT_ONCE", 4)
    organization = OrganizationFactory.create()
    key = default_storage.save("long", ContentFile(b"0123456789abcdef"))
    served = Pieces(key, 0, 16, organization_id=organization.pk)
    pieces = iter(served)

    first = next(pieces)
    KillSwitch.objects.create(organization=organization, reason="x", asked_at=NOON, thrown_at=NOON)

    assert (first, b"".join(pieces)) == (b"0123", b"")
    served.close()
