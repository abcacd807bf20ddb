"""Files in buckets: fetched for whom the operator has opened the bucket, by addresses that nobody else sees."""

import logging
from contextlib import suppress
from datetime import timedelta

import pytest

from accounts.models import Organization
from files import bringing, fetch_orders
from files.addresses import FetchError
from files.buckets import EXPIRES_S, opened
from files.models import Fetch, File
from files.reasons import reason
from tests.answering import Names, allow, always, answering, file_answer, names, redirect_to
from tests.bucket_store import ACCESS_KEY, SECRET_KEY, Store, entry, serving, write_list
from tests.files.conftest import NOON, content_of, picture

__all__ = ["names"]  # a fixture

KEYS = [
    "a.png", "deep/er/a b.png", "a+b.png", "a%20b.png", "a&b=c.png", "what?x=1#there", "ü/牛 🐄.png", "a//b.png",
    "/a.png",
    "folder/", "...", "a'b\"(c)*!.png", "a\\b.png", "~-_.png", "[1].png", "x" * 900, "牛" * 300,
]  # fmt: skip


@pytest.fixture
def store(settings, tmp_path):
    """A store with files of odd names in the bucket `scans`, which is opened for `acme` alone."""
    found = Store({f"/scans/{key}": key.encode() for key in KEYS}, NOON)
    with serving(found, settings) as stranger:
        write_list(settings, tmp_path, entry("s3://scans", "acme", endpoint=stranger.url().rstrip("/")))
        found.stranger = stranger
        yield found


def content_at(address: str, slug: str = "acme", at=NOON) -> bytes:
    with opened(address, slug, at=at) as stream:
        return stream.read(10**6)


def error_of(address: str, slug: str = "acme", at=NOON) -> FetchError:
    with pytest.raises(FetchError) as caught:
        content_at(address, slug, at)
    return caught.value


@pytest.mark.parametrize("key", KEYS)
def test_opened_gives_the_file_of_a_key(key, store):
    assert content_at(f"s3://scans/{key}") == key.encode()


def test_the_scheme_may_be_written_in_capitals_and_the_bucket_may_not(store):
    assert content_at("S3://scans/a.png") == b"a.png"
    assert error_of("s3://Scans/a.png").code == "address_scheme"


def test_google_takes_the_same_signature(settings, tmp_path):
    with serving(Store({"/scans/a.png": b"a"}, NOON), settings) as stranger:
        write_list(settings, tmp_path, entry("gs://scans", "acme", endpoint=stranger.url().rstrip("/")))

        assert content_at("gs://scans/a.png") == b"a"
        assert error_of("s3://scans/a.png").code == "address_scheme"


def test_each_signature_is_fresh_and_ends_soon(store):
    content_at("s3://scans/a.png")
    with pytest.raises(FetchError):
        content_at("s3://scans/a.png", at=NOON - timedelta(seconds=EXPIRES_S + 1))

    first, second = store.stranger.paths
    assert f"X-Amz-Date=20260302T120000Z&X-Amz-Expires={EXPIRES_S}&" in first
    assert first != second


@pytest.mark.parametrize(
    "address",
    ["s3://scans/a.png", "s3://scans/missing", "s3://unknown/a.png", "s3://scans/" + "x" * 1024, "gs://scans/a.png"],
)
def test_a_bucket_of_somebody_else_is_like_one_of_nobody(address, store):
    for slug in ("bolt", "ACME", "acme ", ""):
        error = error_of(address, slug)
        assert (error.code, error.params, error.may_pass) == ("address_scheme", {}, False)

    assert store.stranger.asked == []


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("s3://scans", "address_key"),
        ("s3://scans/", "address_key"),
        ("s3://other/../scans/a.png", "address_key"),
        ("s3://scans/../other/a.png", "address_key"),
        ("s3://scans/./a.png", "address_key"),
        ("s3://scans/..", "address_key"),
        ("s3://scans/" + "x" * 1025, "address_key"),
        ("s3://scans/" + "牛" * 342, "address_key"),
        ("s3:///scans/a.png", "address_scheme"),
        ("s3://scans@other/a.png", "address_scheme"),
        ("s3://scans%2Fother/a.png", "address_scheme"),
        ("s3://scans:443/a.png", "address_scheme"),
        ("s3://scans?/a.png", "address_scheme"),
        ("s3://ｓcans/a.png", "address_scheme"),
        ("s3://scans /a.png", "address_scheme"),
        ("s3://scans/a\n.png", "address_unreadable"),
        ("s3://scans/a\x00.png", "address_unreadable"),
        ("s3://scans\r\n/a.png", "address_unreadable"),
        ("s3://scans/" + "x" * 2000, "address_too_long"),
    ],
)
@pytest.mark.parametrize("slug", ["acme", "bolt"])
def test_what_names_no_file_is_refused_alike_for_everybody(address, code, slug, store):
    assert error_of(address, slug).code == code
    assert store.stranger.asked == []


def test_a_refusal_of_the_store_is_told_in_words_that_help(store):
    store.denied = frozenset({"/scans/a.png"})

    error = error_of("s3://scans/a.png")

    assert (error.code, error.params, error.may_pass) == ("bucket_denied", {"status": 403}, False)
    assert reason(error.code, error.params) == (
        "The bucket did not give this file (status 403): it has none of this name, or this site's key may not read it "
        "there."
    )


def test_a_wrong_secret_is_a_refusal_too(store, settings, tmp_path):
    other = entry("s3://scans", "acme", endpoint=store.stranger.url().rstrip("/"), secret_key="another")
    write_list(settings, tmp_path, other)

    assert error_of("s3://scans/a.png").code == "bucket_denied"


def test_a_file_that_is_not_there_is_told_by_its_status(store):
    error = error_of("s3://scans/missing.png")

    assert (error.code, error.params) == ("http_status", {"status": 404})


def test_a_wrong_region_is_for_those_who_run_the_site(store, settings, tmp_path):
    other = entry("s3://scans", "acme", endpoint=store.stranger.url().rstrip("/"), region="us-east-1")
    write_list(settings, tmp_path, other)

    assert error_of("s3://scans/a.png").code == "bucket_setup"


def test_no_redirect_is_followed(settings, tmp_path):
    """Its target would hear of the file, and could be anybody."""
    with serving(Store({"/scans/a.png": b"a"}, NOON), settings) as store:

        def away(wire, path, me):
            wire.sendall(redirect_to(store.url(path), "307 Temporary Redirect"))

        with answering(away) as stranger:
            settings.FETCH_PORTS = [store.port, stranger.port]
            write_list(settings, tmp_path, entry("s3://scans", "acme", endpoint=stranger.url().rstrip("/")))

            assert error_of("s3://scans/a.png").code == "bucket_setup"

        assert (len(stranger.asked), store.asked) == (1, [])


def test_a_busy_store_is_asked_again(settings, tmp_path):
    with answering(always(file_answer(b"", status="503 Slow Down"))) as stranger:
        allow(settings, stranger)
        write_list(settings, tmp_path, entry("s3://scans", "acme", endpoint=stranger.url().rstrip("/")))
        busy = error_of("s3://scans/a.png")

    assert (busy.code, busy.params, busy.may_pass) == ("http_status", {"status": 503}, True)


def test_a_signature_crosses_no_public_network_unprotected(store, settings, tmp_path, names: Names):
    """The endpoint is a name that led into the operator's network when it was written down."""
    names.known["store.example"] = [["93.184.216.34"]]
    text = entry("s3://scans", "acme", endpoint=f"http://store.example:{store.stranger.port}")
    write_list(settings, tmp_path, text)

    assert error_of("s3://scans/a.png").code == "bucket_setup"
    names.known["store.example"] = [["127.0.0.1"]]
    assert content_at("s3://scans/a.png") == b"a.png"


def test_an_endpoint_may_not_lead_to_what_is_private(store, settings, tmp_path, names: Names):
    names.known["store.example"] = [["10.0.0.9"]]
    settings.FETCH_PORTS = [443]
    write_list(settings, tmp_path, entry("s3://scans", "acme", endpoint="https://store.example"))

    assert error_of("s3://scans/a.png").code == "bucket_setup"


def test_a_broken_list_fails_nothing_for_good(store, settings, tmp_path):
    write_list(settings, tmp_path, "[[bucket]]")

    error = error_of("s3://scans/a.png")

    assert (error.code, error.may_pass) == ("bucket_setup", True)


ODD = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nno header\r\n\r\nabc"


@pytest.mark.parametrize("answer", [ODD, b"", b"SSH-2.0\r\n", file_answer(b"", status="403 Forbidden")])
def test_no_log_and_no_error_holds_an_address_that_was_signed(answer, settings, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    with answering(always(answer)) as stranger:
        allow(settings, stranger)
        write_list(settings, tmp_path, entry("s3://scans", "acme", endpoint=stranger.url().rstrip("/")))
        with suppress(FetchError):
            logged("s3://scans/a.png")

    assert "X-Amz-Signature=" in stranger.asked[0]
    for hidden in ("X-Amz", ACCESS_KEY, SECRET_KEY):
        assert hidden not in caplog.text


def logged(address: str) -> None:
    try:
        content_at(address)
    except FetchError:
        logging.getLogger().exception("What came of it")
        raise


def order(address: str) -> Fetch:
    acme, _is_new = Organization.objects.get_or_create(slug="acme")
    return fetch_orders.order(acme.pk, mode="live", named=[address], at=NOON)[address]


@pytest.mark.django_db
def test_bring_due_stores_what_is_in_the_bucket_and_no_signature(store):
    store.files = {"/scans/a%20b?.png": picture()}
    fetch = order("s3://scans/a%20b?.png")

    assert bringing.bring_due(clock=lambda: NOON) == 1

    fetch.refresh_from_db()
    file = File.objects.get()
    assert (fetch.state, fetch.file, fetch.address) == ("done", file, "s3://scans/a%20b?.png")
    assert (file.name, content_of(file.key)) == ("a%20b?.png", picture())


@pytest.mark.django_db
def test_a_bucket_that_is_closed_meanwhile_gives_nothing(store, settings):
    fetch = order("s3://scans/a.png")
    settings.BUCKETS_FILE = ""

    bringing.bring_due(clock=lambda: NOON)

    fetch.refresh_from_db()
    assert (fetch.state, fetch.error_code, store.stranger.asked) == ("failed", "address_scheme", [])


@pytest.mark.django_db
def test_import_file_asks_whose_bucket_it_is(store):
    acme, bolt = (Organization.objects.create(slug=slug, name=slug) for slug in ("acme", "bolt"))

    fetch = fetch_orders.import_file(acme, mode="live", address="s3://scans/a.png", at=NOON)
    with pytest.raises(FetchError) as caught:
        fetch_orders.import_file(bolt, mode="live", address="s3://scans/a.png", at=NOON)

    assert caught.value.code == "address_scheme"
    assert list(Fetch.objects.values_list("organization", "address")) == [(acme.pk, "s3://scans/a.png")]
    assert fetch.public_id
