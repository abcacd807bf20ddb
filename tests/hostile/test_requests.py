"""Raw requests to the server as the runtime starts it: refused or closed in time, and it goes on answering."""

import pytest
from django.conf import settings
from django.test import Client

from tests.hostile import corpus, steps
from tests.hostile.serving import Server, get, serving

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 3.0
MOST_MB = 50
TOKEN = "a" * 32
MADE = {
    "made_length.http": b"POST /PATH HTTP/1.1\r\nHost: HOST\r\nContent-Length: 2000000000\r\n\r\nx",
    "made_host.http": b"GET /PATH HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "made_nonsense.http": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "made_header.http": b"GET /PATH HTTP/1.1\r\nHost: HOST\r\nX-Long: " + b"x" * 1_000_000 + b"\r\n\r\n",
}
# Many ranges are answered with the whole page, once; a page that takes forms leaves another kind of body unread.
ANSWERED = "range_many.http"


def test_raw_requests_are_refused_in_time_and_cost_no_memory(member, pictures):
    with serving() as server:
        assert server.send(get(server, "/accounts/login/"), seconds=30).startswith(b"HTTP/1.1 200")
        before = server.memory_mb()
        for target in ("accounts/login/", "o/basalt/uploads", steps.address("project_data", pictures).lstrip("/")):
            for name, raw in (MADE | corpus.requests()).items():
                for headers in (b"", signed_in(member)):
                    check(server, f"{name} to {target}", filled(raw, server, target, headers))
        assert server.memory_mb() - before < MOST_MB


def signed_in(client: Client) -> bytes:
    """What gets a request past the sign-in and the check of forms, up to where its body is read."""
    cookies = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}; csrftoken={TOKEN}"
    return f"Cookie: {cookies}\r\nX-CSRFToken: {TOKEN}\r\n".encode()


def filled(raw: bytes, server: Server, target: str, headers: bytes) -> bytes:
    return raw.replace(b"/PATH", f"/{target}".encode()).replace(
        b"Host: HOST\r\n", b"Host: " + server.host.encode() + b"\r\n" + headers
    )


def check(server: Server, what: str, raw: bytes) -> None:
    answer = server.send(raw, seconds=SECONDS)
    if what.startswith(ANSWERED) or (not what.endswith("uploads") and b"Cookie: " in raw):
        assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 3", b"HTTP/1.1 200")), f"{what}: {answer[:100]!r}"
    else:
        assert not answer or answer.startswith(b"HTTP/1.1 4"), f"{what}: {answer[:100]!r}"
    assert server.send(get(server, "/healthz"), seconds=30).startswith(b"HTTP/1.1 200"), f"down after {what}"
