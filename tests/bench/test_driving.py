import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.calling import CeilingCaller, PlumblineCaller, Visitor
from bench.driving import Driver, Exhausted, LoadError


class Site(BaseHTTPRequestHandler):
    """Hands out numbers, as the ceiling would."""

    protocol_version = "HTTP/1.1"
    lock = threading.Lock()
    left = 0
    calls: Counter[str] = Counter()

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        first = self.path.split("/")[1]
        with self.lock:
            self.calls[first] += 1
            if first == "next":
                type(self).left -= 1
            body = b'{"receipt": 1}' if first == "submit" else b'{"id": %d}' % self.left
        if self.left < 0:
            body = b'{"state": "empty"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Quiet."""


@pytest.fixture
def site() -> Iterator[ThreadingHTTPServer]:
    Site.left, Site.calls = 10**9, Counter()
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def driver(site: ThreadingHTTPServer, people: int) -> Driver:
    port = site.server_address[1]
    callers = [CeilingCaller(Visitor(f"localhost:{port}", "key"), 1) for _person in range(people)]
    return Driver(("127.0.0.1", port), callers)


def test_every_pair_that_begins_is_ended(site):
    notes = []

    load = driver(site, 4).run(warm_up_s=0.05, seconds=0.3, note=lambda: notes.append(1))

    assert len(notes) == 2
    assert 0 < load.pairs < Site.calls["submit"]
    assert Site.calls["next"] == Site.calls["submit"]
    assert load.seconds == pytest.approx(0.3, abs=0.25)


def test_work_that_ends_is_said(site):
    Site.left = 20

    load = driver(site, 2).run(warm_up_s=0, seconds=60, note=lambda: None)

    assert "empty" in load.end
    assert load.pairs <= 20


def test_what_plumbline_answers_is_understood():
    caller = PlumblineCaller(Visitor("localhost:8000", "key"))

    assert caller.claimed(b'{"state": "assigned", "assignment": {"id": "0123456789abcdef01234567", "x": 1}}') == (
        b"0123456789abcdef01234567"
    )
    assert caller.claimed(b'{"state": "busy", "retry_after_s": 1}') is None
    with pytest.raises(Exhausted):
        caller.claimed(b'{"state": "empty", "reason": {}}')
    with pytest.raises(LoadError):
        caller.claimed(b"<html>")
    assert caller.hand_in(b"0123") != caller.hand_in(b"0123")  # each under a key of its own
