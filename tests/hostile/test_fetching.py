"""Addresses that lead inside, and servers that play foul: nothing inside is asked, and everything ends in time."""

import gzip
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
from ipaddress import ip_network

import pytest

from core import limits
from files import fetching
from files.fetching import FetchError, Limits, opened
from tests.answering import Names, allow, always, answering, by_path, file_answer, names, redirect_to

__all__ = ["names"]  # a fixture

QUICK = Limits(total_s=1.5, idle_s=0.5, connect_s=1, most_bytes=limits.MB)
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(5000)
# What names of the outside world lead to here.
INSIDE = {
    "localhost": "127.0.0.1",
    "loopback.example": "127.8.9.10",
    "ten.example": "10.1.2.3",
    "office.example": "192.168.1.1",
    "docker.example": "172.17.0.1",
    "carrier.example": "100.64.7.7",
    "metadata.google.internal": "169.254.169.254",
    "alibaba.example": "100.100.100.200",
    "link.example": "169.254.7.7",
    "zero.example": "0.0.0.0",
    "broadcast.example": "255.255.255.255",
    "multicast.example": "224.0.0.1",
    "reserved.example": "240.0.0.1",
    "benchmark.example": "198.18.0.1",
    "documents.example": "203.0.113.9",
    "anycast.example": "192.88.99.1",
    "six.example": "::1",
    "unspecified.example": "::",
    "local.example": "fd00::1",
    "aws.example": "fd00:ec2::254",
    "linklocal.example": "fe80::1",
    "sitelocal.example": "fec0::1",
    "group.example": "ff02::1",
    "mapped.example": "::ffff:10.0.0.1",
    "mappedpublic.example": "::ffff:93.184.216.34",
    "compatible.example": "::127.0.0.1",
    "sixtofour.example": "2002:7f00:1::",
    "teredo.example": "2001:0:7f00:1::",
    "nat.example": "64:ff9b::7f00:1",
    "localnat.example": "64:ff9b:1::a00:1",
    "docsix.example": "2001:db8::1",
    "segment.example": "5f00::1",
}
PRIVATE = [
    *(f"http://{name}/" for name in INSIDE),
    *(f"https://{f'[{ip}]' if ':' in ip else ip}/latest/meta-data/" for ip in INSIDE.values()),
    "http://LOCALHOST/",
    "http://localhost./",
    "http://127.0.0.1./",
    "http://127.255.255.254/",
    "http://１２７.０.０.１/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[fe80::1%25eth0]/",
    "http://[::ffff:a9fe:a9fe]/latest/",
    "http://127.0.0.1:8080/",
]
UNREADABLE = [
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0x0.0x0.0x1/",
    "http://0177.0.0.1/",
    "http://0177.0.0.01/",
    "http://127.1/",
    "http://127.0.1/",
    "http://0/",
    "http://017700000001/",
    "http://3232235777/",
    "http://127.0.0.1.2/",
    "http://256.256.256.256/",
    "http://1.2.3.0x7f/",
    "http://127.0.0.1%00.store.example/",
    "http://%6c%6f%63%61%6c%68%6f%73%74/",
    "http://127.0.0.1\\@store.example/",
    "http://store.example\\.localhost/",
    "http://store.example\r\nHost: localhost/",
    "http://store.example\t/",
    "http://[::1/",
    "http://[127.0.0.1]/",
    "http://[v1.fe80::a]/",
    "http://::1/",
    "http:///etc/passwd",
    "http:127.0.0.1/",
    "http://store..example/",
    "http://-/",
    "http://store.example:99999/",
    "http://store.example:8o/",
    "//127.0.0.1/",
    "127.0.0.1",
    "",
]
OTHER = {
    "file:///etc/passwd": "address_scheme",
    "gopher://127.0.0.1:6379/_FLUSHALL": "address_scheme",
    "dict://127.0.0.1:11211/": "address_scheme",
    "ftp://127.0.0.1/": "address_scheme",
    "jar:http://127.0.0.1!/": "address_scheme",
    "data:text/plain,hello": "address_scheme",
    "s3://bucket/key": "address_scheme",
    "gs://bucket/key": "address_scheme",
    "http://store.example@127.0.0.1/": "address_credentials",
    "http://127.0.0.1:80@store.example/": "address_credentials",
    "http://user:secret@store.example/": "address_credentials",
    "http://@127.0.0.1/": "address_credentials",
    "http://127.0.0.1:22/": "address_port",
    "http://store.example:6379/": "address_port",
    "http://store.example:0/": "address_port",
    "https://store.example/" + "a" * 2000: "address_too_long",
}
CORPUS = [
    *((url, "address_private") for url in PRIVATE),
    *((url, "address_unreadable") for url in UNREADABLE),
    *OTHER.items(),
]


def code_of(url: str, most: Limits = QUICK) -> str:
    """Why it was refused or cut off, also if that shows while the body is read."""
    with pytest.raises(FetchError) as caught:
        read_all(url, most)
    return caught.value.code


def read_all(url: str, most: Limits) -> None:
    with opened(url, most=most) as stream:
        while stream.read(65536):
            pass


@pytest.mark.parametrize(("url", "code"), CORPUS, ids=range(len(CORPUS)))
def test_what_leads_inside_is_refused_before_anything_is_asked(url, code, names: Names, monkeypatch):
    names.known = {name: [[ip]] for name, ip in INSIDE.items()} | {"store.example": [["93.184.216.34"]]}
    monkeypatch.setattr(socket, "create_connection", nobody_is_asked)

    assert code_of(url) == code


def nobody_is_asked(*args: object, **_more: object) -> None:
    raise AssertionError(args)


def test_one_private_address_among_public_ones_is_enough(names: Names, monkeypatch):
    names.known["both.example"] = [["93.184.216.34", "2606:2800:220:1::1", "10.0.0.1"]]
    monkeypatch.setattr(socket, "create_connection", nobody_is_asked)

    assert code_of("http://both.example/") == "address_private"


def test_a_network_of_the_operator_opens_nothing_else(names: Names, monkeypatch, settings):
    settings.FETCH_PRIVATE_NETWORKS = [ip_network("10.0.0.0/8"), ip_network("169.254.0.0/16"), ip_network("fd00::/8")]
    monkeypatch.setattr(socket, "create_connection", nobody_is_asked)

    for url in (
        "http://192.168.0.1/",
        "http://169.254.169.254/",
        "http://[fd00:ec2::254]/",
        "http://[::ffff:10.0.0.1]/",
    ):
        assert code_of(url) == "address_private"
    with pytest.raises(AssertionError):
        code_of("http://10.0.0.1/")


@pytest.mark.parametrize("public", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "2a00:1450:4001::5"])
def test_public_addresses_are_asked(public, names: Names, monkeypatch):
    asked = []

    def refuse(address, timeout):
        asked.append(address)
        raise ConnectionRefusedError

    names.known["store.example"] = [[public]]
    monkeypatch.setattr(socket, "create_connection", refuse)

    assert code_of("https://store.example/a.png") == "not_reached"
    assert asked == [(public, 443)]


def test_a_name_that_changes_between_look_and_connection_is_of_no_use(names: Names, settings):
    """The first answer is allowed, the second leads inside: it is not asked for a second time."""
    names.known["rebound.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    with answering(always(file_answer(PICTURE))) as outside:
        allow(settings, outside)
        with answering(always(file_answer(b"secret")), host="127.0.0.2", port=outside.port) as inside:
            with opened(outside.url(host="rebound.example")) as stream:
                assert stream.read(10**6) == PICTURE
            # Another try asks anew, and sees that the name leads inside now.
            assert code_of(outside.url(host="rebound.example")) == "address_private"

    assert (len(outside.asked), inside.asked) == (1, [])


def test_a_name_that_changes_between_two_hops_is_refused(names: Names, settings):
    names.known["rebound.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    with answering(by_path({"/": redirect_to("/again"), "/again": file_answer(PICTURE)})) as outside:
        allow(settings, outside)

        assert code_of(outside.url(host="rebound.example")) == "address_private"

    assert outside.paths == ["/"]


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://127.0.0.2:{port}/", "address_private"),
        ("//127.0.0.2:{port}/", "address_private"),
        ("http://169.254.169.254:{port}/latest/meta-data/", "address_private"),
        ("http://[::1]:{port}/", "address_private"),
        ("http://[::ffff:127.0.0.2]:{port}/", "address_private"),
        ("http://2130706434:{port}/", "address_unreadable"),
        ("http://inside.example:{port}/", "address_private"),
        ("http://user@127.0.0.1:{port}/", "address_credentials"),
        ("http://127.0.0.1:22/", "address_port"),
        ("file:///etc/passwd", "address_scheme"),
        ("gopher://127.0.0.1:{port}/", "address_scheme"),
        ("s3://bucket/key", "address_scheme"),
        ("http://[::1", "address_unreadable"),
        ("", "bad_answer"),
    ],
)
def test_a_redirect_that_leads_inside_is_refused(location, code, names: Names, settings):
    names.known["inside.example"] = [["127.0.0.2"]]

    def say(wire, path, me):
        wire.sendall(redirect_to(location.format(port=me.port)))

    with answering(say) as outside:
        allow(settings, outside)

        assert code_of(outside.url()) == code
        assert outside.paths == ["/"]


def test_a_loop_of_redirects_ends(settings):
    with answering(by_path({"/a": redirect_to("/b"), "/b": redirect_to("/a")})) as outside:
        allow(settings, outside)

        assert code_of(outside.url("/a")) == "too_many_redirects"

    assert outside.paths == ["/a", "/b"] * 3


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_the_body_of_a_redirect_is_not_read(encoding, settings):
    bomb = gzip.compress(bytes(100 * limits.MB))
    head = f"HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Encoding: {encoding}\r\n\r\n".encode()

    def say(wire, path, me):
        wire.sendall(file_answer(PICTURE) if path == "/there" else head + bomb)
        while path != "/there" and not me.stopped.is_set():
            wire.sendall(bytes(65536))

    with answering(say) as outside:
        allow(settings, outside)
        tracemalloc.start()
        read_all(outside.url(), QUICK)
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert most < 8 * limits.MB


def trickle(start: bytes):
    """A byte every tenth of a second: no time-out between two of them ever comes."""

    def say(wire, path, me):
        wire.sendall(start)
        while not me.stopped.wait(0.1):
            wire.sendall(b"x")

    return say


def endless(start: bytes, piece: bytes):
    def say(wire, path, me):
        wire.sendall(start)
        while not me.stopped.is_set():
            wire.sendall(piece)

    return say


def silent(start: bytes):
    def say(wire, path, me):
        wire.sendall(start)
        me.stopped.wait()

    return say


OK = b"HTTP/1.1 200 OK\r\n"
TAKES_TOO_LONG = {
    "says nothing": silent(b""),
    "stops in the head": silent(OK + b"Content-"),
    "stops in the body": silent(OK + b"Content-Length: 100\r\n\r\nabc"),
    "trickles from the first byte": trickle(b""),
    "trickles the status": trickle(b"HTTP/1.1 200 "),
    "trickles a header": trickle(OK + b"X-Long: "),
    "trickles the body": trickle(OK + b"Content-Length: 1000000\r\n\r\n"),
    "trickles a body without an end": trickle(OK + b"\r\n"),
    "trickles a chunk": trickle(OK + b"Transfer-Encoding: chunked\r\n\r\nfffff\r\n"),
    "says go on for ever": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "sends trailers for ever": endless(OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n", b"A: b\r\n"),
}


@pytest.mark.parametrize("how", TAKES_TOO_LONG)
def test_a_server_that_takes_too_long_is_cut_off(how, settings):
    with answering(TAKES_TOO_LONG[how]) as outside:
        allow(settings, outside)
        begun = time.monotonic()

        assert code_of(outside.url()) == "fetch_too_slow"

    assert time.monotonic() - begun < QUICK.total_s + 1.5


TOO_MUCH = {
    "declares too much": always(OK + b"Content-Length: 99999999999\r\n\r\nabc"),
    "declares more than a number holds": always(OK + b"Content-Length: " + b"9" * 1000 + b"\r\n\r\nabc"),
    "sends without an end": endless(OK + b"\r\n", b"x" * 65536),
    "sends chunks without an end": endless(
        OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"
    ),
    "declares little and sends chunks": endless(
        OK + b"Content-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"
    ),
}


@pytest.mark.parametrize("how", TOO_MUCH)
def test_a_server_that_sends_too_much_is_cut_off(how, settings):
    with answering(TOO_MUCH[how]) as outside:
        allow(settings, outside)
        tracemalloc.start()
        code = code_of(outside.url())
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert code == "fetch_too_large"
    assert most < 8 * limits.MB


BAD = {
    "speaks no HTTP": (always(b"SSH-2.0-OpenSSH_9.9\r\n"), {"bad_answer"}),
    "closes at once": (always(b""), {"cut_off"}),
    "has a header without an end": (always(OK + b"A: " + b"x" * 1_000_000), {"bad_answer"}),
    "has headers without an end": (endless(OK, b"A: b\r\n"), {"bad_answer"}),
    "has two lengths": (always(OK + b"Content-Length: 3\r\nContent-Length: 7\r\n\r\nabcdefg"), {"bad_answer"}),
    "ends before its length": (always(OK + b"Content-Length: 100\r\n\r\nabc"), {"cut_off"}),
    "ends before its chunk": (always(OK + b"Transfer-Encoding: chunked\r\n\r\nff\r\nabc"), {"cut_off"}),
    "has a chunk that is no number": (
        always(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc"),
        {"bad_answer", "cut_off"},
    ),
    "sends it compressed": (
        always(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(50 * limits.MB))),
        {"encoded_answer"},
    ),
    "gives a part": (always(file_answer(b"x", status="206 Partial Content")), {"http_status"}),
    "gives nothing": (always(b"HTTP/1.1 204 No Content\r\n\r\n"), {"http_status"}),
    "says the time is not now": (always(b"HTTP/1.1 999 What\r\n\r\n"), {"http_status"}),
}


@pytest.mark.parametrize("how", BAD)
def test_an_answer_that_is_wrong_is_told_from_one_that_is_late(how, settings):
    say, codes = BAD[how]
    with answering(say) as outside:
        allow(settings, outside)

        assert code_of(outside.url()) in codes


def test_a_length_that_is_too_short_ends_the_file_there(settings):
    with answering(always(OK + b"Content-Length: 3\r\n\r\nabcdefgh")) as outside:
        allow(settings, outside)
        with opened(outside.url(), most=QUICK) as stream:
            assert (stream.read(100), stream.read(100)) == (b"abc", b"")


def test_a_name_service_that_does_not_answer_is_not_waited_for(monkeypatch, settings):
    forever = threading.Event()
    monkeypatch.setattr(fetching, "look_up", lambda host, port: forever.wait() and [])
    begun = time.monotonic()

    assert code_of("http://slow.example/", Limits(total_s=5, connect_s=0.3)) == "host_unknown"

    assert time.monotonic() - begun < 3
    forever.set()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Key and certificate of good.example in one file, which is its own authority."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    key = path.with_name("key.pem")
    subject = ["-subj", "/CN=good.example", "-addext", "subjectAltName=DNS:good.example"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", str(key)]
    subprocess.run([*command, "-out", str(path), *subject], check=True, capture_output=True)
    path.write_text(path.read_text(encoding="ascii") + key.read_text(encoding="ascii"), encoding="ascii")
    return str(path)


def served_by(certificate: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_tls_checks_the_name_and_not_the_address(certificate, names: Names, settings):
    names.known |= {"good.example": [["127.0.0.1"]], "evil.example": [["127.0.0.1"]]}
    settings.FETCH_CA_FILE = certificate
    with answering(always(file_answer(PICTURE)), tls=served_by(certificate)) as outside:
        allow(settings, outside)
        with opened(outside.url(host="good.example", scheme="https"), most=QUICK) as stream:
            assert stream.read(10**6) == PICTURE

        assert code_of(outside.url(host="evil.example", scheme="https")) == "bad_certificate"
        assert code_of(outside.url(scheme="https")) == "bad_certificate"
        settings.FETCH_CA_FILE = ""
        assert code_of(outside.url(host="good.example", scheme="https")) == "bad_certificate"


@pytest.mark.parametrize("how", ["trickles the body", "stops in the head", "trickles a header"])
def test_a_slow_server_behind_tls_is_cut_off_too(how, certificate, names: Names, settings):
    names.known["good.example"] = [["127.0.0.1"]]
    settings.FETCH_CA_FILE = certificate
    with answering(TAKES_TOO_LONG[how], tls=served_by(certificate)) as outside:
        allow(settings, outside)
        begun = time.monotonic()

        assert code_of(outside.url(host="good.example", scheme="https")) == "fetch_too_slow"

    assert time.monotonic() - begun < QUICK.total_s + 1.5


def test_a_server_that_never_finishes_to_shake_hands_is_cut_off(names: Names, settings):
    with answering(trickle(b"")) as outside:
        allow(settings, outside)

        assert code_of(outside.url(scheme="https")) in {"fetch_too_slow", "bad_certificate"}
