import http.server
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from config.runtime import site
from config.runtime.site import Site


def here(port: int) -> Site:
    return Site(
        data_dir=Path("/nowhere"),
        host="127.0.0.1",
        port=port,
        public_url="http://plumb.example:81",
        live_port=port % 65535 + 1,
    )


@pytest.fixture
def busy_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_site_from_an_empty_environment_is_local(monkeypatch):
    for name in ("PORT", "HOST", "PUBLIC_URL", "DATA_DIR", "LIVE_PORT"):
        monkeypatch.delenv(name, raising=False)

    assert site.from_environment() == Site(
        data_dir=site.ROOT / "var",
        host="127.0.0.1",
        port=8000,
        public_url="http://localhost:8000",
        live_port=8001,
    )


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_site_refuses_a_port_that_is_none(port, monkeypatch):
    monkeypatch.setenv("PORT", port)

    with pytest.raises(ValueError, match="it has to be a number from 1 to 65535"):
        site.from_environment()


def test_port_problem_says_what_to_do_about_a_taken_port(busy_port):
    assert here(busy_port).port_problem() == (
        f"Port {busy_port} is taken by another program. "
        f"Stop that, or choose another port: PORT={busy_port + 1} make run"
    )


def test_live_events_take_another_port_where_theirs_is_taken(busy_port, monkeypatch):
    monkeypatch.delenv("LIVE_PORT", raising=False)
    taken = replace(here(1), live_port=busy_port)

    moved = taken.with_free_live_port()

    assert moved.live_port != busy_port
    assert moved.is_free(moved.live_port)
    assert moved.with_free_live_port() == moved


def test_live_events_do_not_share_the_port_that_somebody_has_named(busy_port, monkeypatch):
    monkeypatch.setenv("LIVE_PORT", str(busy_port))

    with pytest.raises(ValueError, match=f"LIVE_PORT={busy_port} is taken"):
        site.from_environment().with_free_live_port()


def test_port_problem_is_none_for_a_free_port(busy_port):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]

    assert here(free).port_problem() is None


def test_site_answers_when_healthz_does_under_its_public_name():
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers["Host"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()

        assert here(server.server_port).answers()
    assert asked == [("/healthz", "plumb.example:81")]


def test_site_does_not_answer_where_nothing_listens():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))

        assert not here(probe.getsockname()[1]).answers()
