"""A key that has asked too often: the vendor's clients wait as long as they are told, and go on by themselves."""

import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_started
from pytest_django.live_server_helper import LiveServer
from scaleapi import ScaleClient
from scaleapi.exceptions import ScaleTooManyRequests

from accounts.models import Organization
from api import limiting
from tests.api.asking import client_of, key_of

WINDOW_S = 2
MOST_CALLS = 20


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """One entry for each request that the server gets; minutes have two seconds."""
    monkeypatch.setattr(limiting, "WINDOW_S", WINDOW_S)
    requests: list[Any] = []

    def note(**said: Any) -> None:
        requests.append(said["environ"]["PATH_INFO"])

    request_started.connect(note)
    yield requests
    request_started.disconnect(note)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of localhost, and its key, in one file."""
    path = tmp_path / "localhost.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    more = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(path), "-out", str(tmp_path / "certificate.pem")]
    subprocess.run([*command, *more], check=True, capture_output=True)
    path.write_text(path.read_text() + (tmp_path / "certificate.pem").read_text())
    return path


@pytest.fixture
def https_url(transactional_db: None, certificate: Path) -> Iterator[str]:
    """Of a server of the test's own, which speaks TLS alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = LiveServer("localhost")
    server.thread.httpd.socket = context.wrap_socket(server.thread.httpd.socket, server_side=True)
    try:
        yield server.url.replace("http://", "https://")
    finally:
        server.stop()


def call_until_refused(call: Callable[[], Any], asked: list[Any]) -> None:
    """A minute may end between two calls: then the second one is not refused."""
    for calls in range(1, MOST_CALLS):
        assert call() == []
        if len(asked) > calls:
            break
    assert len(asked) == calls + 1


def test_the_second_api_s_client_waits(live_server: LiveServer, organization: Organization, asked: list[Any]):
    client = client_of(live_server.url, organization, per_minute=1)

    call_until_refused(lambda: client.v2.get_projects().projects, asked)


def test_the_first_api_s_client_waits_over_https(
    https_url: str,
    organization: Organization,
    asked: list[Any],
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # they go before the client's own setting
        monkeypatch.delenv(name, raising=False)
    key = key_of(organization, per_minute=1)
    client = ScaleClient(key, api_instance_url=f"{https_url}/v1", verify=str(certificate))

    call_until_refused(client.projects, asked)


def test_the_first_api_s_client_says_it_over_http(
    live_server: LiveServer, organization: Organization, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limiting, "WINDOW_S", 10**10)
    client = client_of(live_server.url, organization, per_minute=2)

    assert client.projects() == client.projects() == []
    with pytest.raises(ScaleTooManyRequests, match="2 times in a minute"):
        client.projects()
