"""The one place where this site asks other machines: customers' files, and where callbacks are sent.

The name is resolved here, every address it has is looked at, and the connection goes to one of these and no other;
TLS checks the name. Redirects are followed by hand, each hop like the first. Nothing that the other side says of its
answer is believed, and all of it has to be over in time (docs/decisions/0011-fetching.md).
"""

import http.client
import io
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from typing import Any, Self

import requests
import urllib3
from django.conf import settings
from requests.adapters import HTTPAdapter
from requests_hardened import Config, HTTPSession
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from core import limits
from files import addresses
from files.addresses import Address, FetchError

__all__ = ["Answer", "FetchError", "Limits", "get", "opened", "opened_signed", "post"]

MOST_REDIRECTS = 5
MOST_ADDRESSES = 4
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAY_PASS = frozenset({408, 425, 429, *range(500, 600)})
ANSWER_BYTES = 64 * limits.KB
READ_AT_ONCE = 1 << 18
USER_AGENT = "Plumbline"
# What comes is what is counted: nothing is unpacked, and no connection is used twice.
HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}


@dataclass(frozen=True)
class Limits:
    """What one file may cost, in seconds and bytes; tests make it small."""

    total_s: float = 120
    idle_s: float = 20
    connect_s: float = 10
    most_bytes: int = limits.FILE_BY_API


@dataclass(frozen=True)
class Answer:
    """What came back; to `post` of a long body only the beginning, to `get` all of it and the headers."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Trip:
    """All that is done for one address, hop after hop, within one span of time.

    When that is over the connection is shut down, whatever it is doing: a server that sends a byte every now and then
    never runs into a time-out of its own.
    """

    def __init__(self, most: Limits, *, in_named_networks: bool = False) -> None:
        self.most = most
        self.in_named_networks = in_named_networks
        self.ends_at = time.monotonic() + most.total_s
        self.is_over = False
        self.lock = threading.Lock()
        self.watched: socket.socket | None = None
        self.timer = threading.Timer(most.total_s, self.cut)
        self.timer.daemon = True

    def __enter__(self) -> Self:
        self.timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.timer.cancel()
        self.watch(None)

    def cut(self) -> None:
        with self.lock:
            self.is_over = True
            if self.watched is not None:
                with suppress(OSError):
                    self.watched.shutdown(socket.SHUT_RDWR)

    def watch(self, connected: socket.socket | None) -> None:
        """A second handle of the same connection: TLS takes the first one away."""
        with self.lock:
            if self.watched is not None:
                self.watched.close()
            self.watched = connected.dup() if connected is not None else None

    def left(self, most_s: float) -> float:
        """Seconds for the next thing, `most_s` at most. Raises FetchError when the time is over."""
        seconds = self.ends_at - time.monotonic()
        if self.is_over or seconds <= 0:
            raise too_slow()
        return min(seconds, most_s)

    def connect(self, host: str, port: int) -> socket.socket:
        """A connection to the host, at an address that was looked at."""
        failed: OSError | None = None
        for address in self.addresses_of(host, port)[:MOST_ADDRESSES]:
            try:
                connected = socket.create_connection((address, port), timeout=self.left(self.most.connect_s))
            except OSError as error:
                failed = error
                continue
            self.watch(connected)
            return connected
        raise FetchError("not_reached", may_pass=True) from failed

    def addresses_of(self, host: str, port: int) -> list[str]:
        """What the name means now. One private address among them is enough to refuse the name."""
        found = looked_up(host, port, seconds=self.left(self.most.connect_s))
        networks = settings.FETCH_PRIVATE_NETWORKS
        for address in map(ip_address, found):
            if not addresses.is_allowed(address, networks=networks):
                raise FetchError("address_private")
            if self.in_named_networks and not addresses.is_in(address, networks):
                raise FetchError("address_plain")
        return found


def too_slow() -> FetchError:
    return FetchError("fetch_too_slow", may_pass=True)


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a host, from the machine's resolver. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(where[0]) for *_kind, where in found))


def looked_up(host: str, port: int, *, seconds: float) -> list[str]:
    """The same within a time: the resolver itself knows none, so that it is asked by a thread of its own."""
    answers: SimpleQueue[list[str] | OSError] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(look_up(host, port))
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise FetchError("host_unknown", may_pass=True) from None
    if isinstance(answer, OSError) or not answer:
        raise FetchError("host_unknown", may_pass=True)
    return answer


class PinnedAdapter(HTTPAdapter):
    """Connections of this adapter are made by the trip; the name stays with TLS and the Host header."""

    def __init__(self, trip: Trip) -> None:
        self.trip = trip
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = pools_of(self.trip)


def pools_of(trip: Trip) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return trip.connect(self.host, self.port)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return trip.connect(self.host, self.port)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


class Session(HTTPSession):  # type: ignore[misc]  # it brings no types
    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: to look where a redirect leads, requests would read all of its body, and unpack it."""


def session_of(trip: Trip) -> Session:
    """No proxies and passwords of the environment, no cookies, no redirect that is not ours."""
    config = Config(
        ip_filter_enable=False,  # ours looks at all addresses, and knows the operator's networks
        ip_filter_allow_loopback_ips=False,
        never_redirect=True,
        default_timeout=(trip.most.connect_s, trip.most.idle_s),
        user_agent_override=USER_AGENT,
    )
    session = Session(config)
    session.trust_env = False
    session.verify = settings.FETCH_CA_FILE or True
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in addresses.PORT_OF:
        session.mount(f"{scheme}://", PinnedAdapter(trip))
    return session


@contextmanager
def asked(
    method: str, address: Address, trip: Trip, *, headers: Mapping[str, str], body: io.BytesIO | None = None
) -> Iterator[requests.Response]:
    """The answer to one request, its body not yet read. Raises FetchError."""
    with session_of(trip) as session:
        with faults_as_ours(trip):
            answer = session.request(
                method,
                address.url,
                data=body,
                headers={**headers, **HEADERS},
                stream=True,
                timeout=(trip.left(trip.most.connect_s), trip.left(trip.most.idle_s)),
            )
        try:
            yield answer
        finally:
            answer.close()


@contextmanager
def faults_as_ours(trip: Trip) -> Iterator[None]:
    try:
        yield
    except FetchError:
        raise
    except (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError) as error:
        raise (too_slow() if trip.is_over else judged(error)) from error
    except ValueError as error:
        # What these libraries raise where an answer is no HTTP at all.
        raise FetchError("bad_answer") from error


def judged(error: Exception) -> FetchError:
    if isinstance(error, requests.exceptions.SSLError | urllib3.exceptions.SSLError):
        return FetchError("bad_certificate")
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
        return too_slow()
    causes = list(causes_of(error))
    if any(isinstance(cause, http.client.RemoteDisconnected | http.client.IncompleteRead) for cause in causes):
        return FetchError("cut_off", may_pass=True)
    if any(isinstance(cause, http.client.HTTPException) for cause in causes):
        return FetchError("bad_answer")
    if any(isinstance(cause, OSError | urllib3.exceptions.IncompleteRead) for cause in causes[1:] or causes):
        return FetchError("cut_off", may_pass=True)
    return FetchError("bad_answer")


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """The error and what stands behind it: these libraries wrap each other's."""
    seen: list[BaseException] = [error]
    while seen:
        one = seen.pop()
        yield one
        seen += [inner for inner in (*one.args, one.__cause__) if isinstance(inner, BaseException)]


class Stream:
    """The body of an answer, as it was sent."""

    def __init__(self, answer: requests.Response, trip: Trip) -> None:
        self.answer, self.trip, self.received = answer, trip, 0

    def read(self, size: int) -> bytes:
        """The next bytes, none at the end. Raises FetchError."""
        self.trip.left(self.trip.most.idle_s)
        with faults_as_ours(self.trip):
            piece: bytes = self.answer.raw.read(size, decode_content=False)
        self.received += len(piece)
        # A connection that we have shut down ends like one that was finished.
        if self.trip.is_over:
            raise too_slow()
        if self.received > self.trip.most.most_bytes:
            raise too_large(self.trip.most)
        return piece


def too_large(most: Limits) -> FetchError:
    return FetchError("fetch_too_large", limit=most.most_bytes // limits.MB)


@contextmanager
def opened(url: str, *, most: Limits | None = None) -> Iterator[Stream]:
    """What stands at the address, to be read until its end. Raises FetchError, also while it is read."""
    with Trip(most or Limits()) as trip:
        address = addresses.read(url, ports=settings.FETCH_PORTS)
        for _hop in range(MOST_REDIRECTS + 1):
            with asked("GET", address, trip, headers={}) as answer:
                if answer.status_code not in REDIRECTS:
                    check(answer, trip.most)
                    yield Stream(answer, trip)
                    return
                address = addresses.read(target_of(answer, address), ports=settings.FETCH_PORTS)
        raise FetchError("too_many_redirects", limit=MOST_REDIRECTS)


@contextmanager
def opened_signed(address: Address, *, most: Limits | None = None) -> Iterator[Stream]:
    """The same for an address that this site has signed: whoever hears it may read what is there.

    So no redirect is followed, and plain http goes into the networks that the operator has named alone.
    """
    with (
        Trip(most or Limits(), in_named_networks=address.scheme == "http") as trip,
        asked("GET", address, trip, headers={}) as answer,
    ):
        check(answer, trip.most)
        yield Stream(answer, trip)


def target_of(answer: requests.Response, address: Address) -> str:
    if not (location := answer.headers.get("Location")):
        raise FetchError("bad_answer")
    try:
        return address.target(location)
    except ValueError:
        raise FetchError("address_unreadable") from None


def check(answer: requests.Response, most: Limits) -> None:
    if answer.status_code != 200:
        raise FetchError("http_status", may_pass=answer.status_code in MAY_PASS, status=answer.status_code)
    refuse_encoded(answer)
    # It may lie, but not to its own advantage.
    declared = answer.headers.get("Content-Length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > most.most_bytes:
        raise too_large(most)


def refuse_encoded(answer: requests.Response) -> None:
    if answer.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise FetchError("encoded_answer")


class Leaving(io.BytesIO):
    """A body before which `last_look` is called when the connection stands and it leaves."""

    def __init__(self, body: bytes, last_look: Callable[[], None]) -> None:
        super().__init__(body)
        self.last_look = last_look

    def read(self, size: int | None = -1, /) -> bytes:
        self.last_look()
        return super().read(size)


def post(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str],
    timeout_s: float,
    last_look: Callable[[], None] = lambda: None,
) -> Answer:
    """Send the body there; what was answered, a redirect too, of which none is followed.

    `timeout_s` is for all of it. Raises FetchError for an address that is refused, and where no answer came in time.
    To connect may take most of that: `last_look` is called right before the body leaves, and may raise what it likes.
    """
    most = Limits(total_s=timeout_s, idle_s=timeout_s, connect_s=timeout_s)
    with Trip(most) as trip:
        address = addresses.read(url, ports=settings.FETCH_PORTS)
        with asked("POST", address, trip, headers=headers, body=Leaving(body, last_look)) as answer:
            return Answer(answer.status_code, beginning_of(Stream(answer, trip)))


def get(url: str, *, headers: Mapping[str, str], most: Limits) -> Answer:
    """What another program's interface answers, whole, whatever its status.

    A redirect is an answer too: the headers may hold a key, which goes nowhere else. Raises FetchError.
    """
    with Trip(most) as trip:
        address = addresses.read(url, ports=settings.FETCH_PORTS)
        with asked("GET", address, trip, headers=headers) as answer:
            refuse_encoded(answer)
            stream, body = Stream(answer, trip), bytearray()
            while piece := stream.read(READ_AT_ONCE):
                body += piece
            return Answer(answer.status_code, bytes(body), answer.headers)


def beginning_of(stream: Stream) -> bytes:
    """The first bytes of an answer; the status has said what counts, so that a body that breaks off is no failure."""
    with suppress(FetchError):
        return stream.read(ANSWER_BYTES)
    return b""
