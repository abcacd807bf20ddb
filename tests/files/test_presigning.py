"""Signatures of addresses: the published example, and keys with everything in them that an address encodes."""

from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests import Request

from files.presigning import SigningKey, presigned
from tests.bucket_store import signature_of

AT = datetime(2013, 5, 24, tzinfo=UTC)
KEY = SigningKey("us-east-1", "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


def sign(path: str, at: datetime = AT) -> str:
    return presigned(path, host="examplebucket.s3.amazonaws.com", key=KEY, at=at, expires_s=86400)


def test_the_example_that_amazon_publishes():
    assert sign("/test.txt") == (
        "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )


def test_a_moment_is_said_in_utc():
    assert sign("/test.txt", AT.astimezone(timezone(timedelta(hours=-8)))) == sign("/test.txt")


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        ("a b.png", "a%20b.png"),
        ("a+b.png", "a%2Bb.png"),
        ("a%20b.png", "a%2520b.png"),
        ("what?x=1&y=2#there", "what%3Fx%3D1%26y%3D2%23there"),
        ("ü/牛 🐄.png", "%C3%BC/%E7%89%9B%20%F0%9F%90%84.png"),
        ("a//b/", "a//b/"),
        ("-_.~", "-_.~"),
        ("!*'();:@,$[]", "%21%2A%27%28%29%3B%3A%40%2C%24%5B%5D"),
    ],
)
def test_keys_are_encoded_once(key, asked):
    assert sign(f"/{key}").partition("?")[0] == f"/{asked}"


@given(key=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_what_is_sent_is_what_was_signed(key):
    """The library that sends it encodes again what it takes for not encoded."""
    if {".", ".."} & set(key.split("/")):
        return
    url = Request("GET", "https://store.example" + sign(f"/bucket/{key}")).prepare().url or ""

    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    assert unquote(parts.path) == f"/bucket/{key}"
    assert given["X-Amz-Signature"] == signature_of(
        parts.path, parts.query, "examplebucket.s3.amazonaws.com", KEY.secret_key, "20130524", "us-east-1"
    )


def test_a_key_is_never_printed():
    assert repr(KEY) == "SigningKey(region='us-east-1')"
