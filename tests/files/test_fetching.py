import pytest

from files.fetching import Answer, FetchError, Limits, get, opened, post
from tests.answering import Names, allow, always, answering, by_path, file_answer, names, redirect_to

__all__ = ["names"]  # a fixture

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(5000)


def content_at(url: str, most: Limits | None = None) -> bytes:
    with opened(url, most=most) as stream:
        pieces = []
        while piece := stream.read(1024):
            pieces.append(piece)
    return b"".join(pieces)


def code_of(url: str, most: Limits | None = None) -> str:
    with pytest.raises(FetchError) as caught:
        content_at(url, most)
    return caught.value.code


def test_opened_gives_the_file_as_it_was_sent(settings):
    with answering(always(file_answer(PICTURE))) as stranger:
        allow(settings, stranger)
        found = content_at(stranger.url("/a b.png?x=ü#there"))

    assert found == PICTURE
    head = stranger.asked[0]
    assert head.startswith("GET /a%20b.png?x=%C3%BC HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{stranger.port}\r\n" in head
    assert "Accept-Encoding: identity\r\n" in head
    assert "Cookie" not in head


def test_opened_asks_the_address_that_it_has_looked_at(settings, names: Names):
    names.known["store.example"] = [["127.0.0.1"]]
    with answering(always(file_answer(PICTURE))) as stranger:
        allow(settings, stranger)

        assert content_at(stranger.url(host="store.example")) == PICTURE

    assert names.asked == ["store.example"]
    assert f"Host: store.example:{stranger.port}\r\n" in stranger.asked[0]


def test_opened_follows_redirects_hop_by_hop(settings, names: Names):
    names.known["store.example"] = [["127.0.0.1"]]
    with answering(lambda wire, path, me: wire.sendall(answers(me.port)[path])) as stranger:
        allow(settings, stranger)

        assert content_at(stranger.url("/one")) == PICTURE

    assert stranger.paths == ["/one", "/two", "/three/four"]


def answers(port: int) -> dict[str, bytes]:
    return {
        "/one": redirect_to("/two", "301 Moved Permanently"),
        "/two": redirect_to(f"http://store.example:{port}/three/four", "307 Temporary Redirect"),
        "/three/four": file_answer(PICTURE),
    }


@pytest.mark.parametrize(("status", "may_pass"), [(404, False), (403, False), (500, True), (503, True), (429, True)])
def test_opened_says_which_status_came(status, may_pass, settings):
    with answering(always(file_answer(b"no", status=f"{status} No"))) as stranger:
        allow(settings, stranger)
        with pytest.raises(FetchError) as caught, opened(stranger.url()):
            pass

    error = caught.value
    assert (error.code, error.params, error.may_pass) == ("http_status", {"status": status}, may_pass)


def test_opened_uses_no_proxy_and_no_password_of_the_environment(settings, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n", encoding="ascii")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with answering(always(file_answer(PICTURE))) as stranger:
        allow(settings, stranger)

        assert content_at(stranger.url()) == PICTURE

    assert "Authorization" not in stranger.asked[0]


def test_post_sends_the_body_and_gives_what_was_answered(settings):
    with answering(always(file_answer(b"thanks", status="202 Accepted"))) as stranger:
        allow(settings, stranger)
        answer = post(stranger.url("/hook"), b'{"a": 1}', headers={"Content-Type": "application/json"}, timeout_s=5)

    assert answer == Answer(202, b"thanks")
    assert stranger.asked[0].startswith("POST /hook HTTP/1.1\r\n")
    assert "Content-Type: application/json\r\n" in stranger.asked[0]
    assert stranger.asked[0].endswith('\r\n\r\n{"a": 1}')


def test_post_follows_no_redirect(settings):
    with answering(by_path({"/hook": redirect_to("/else", "308 Permanent Redirect")})) as stranger:
        allow(settings, stranger)

        assert post(stranger.url("/hook"), b"{}", headers={}, timeout_s=5).status == 308

    assert stranger.paths == ["/hook"]


def test_post_reads_the_beginning_of_an_endless_answer(settings):
    def endless(wire, path, me):
        wire.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not me.stopped.is_set():
            wire.sendall(b"x" * 65536)

    with answering(endless) as stranger:
        allow(settings, stranger)

        assert post(stranger.url(), b"{}", headers={}, timeout_s=5) == Answer(200, b"x" * 64000)


def test_post_ends_in_time(settings):
    with answering(lambda wire, path, me: me.stopped.wait()) as stranger:
        allow(settings, stranger)
        with pytest.raises(FetchError) as caught:
            post(stranger.url(), b"{}", headers={}, timeout_s=0.3)

    assert (caught.value.code, caught.value.may_pass) == ("fetch_too_slow", True)


def test_post_refuses_a_private_address(settings):
    with answering(always(file_answer(b"secret"))) as stranger:
        settings.FETCH_PORTS = [stranger.port]
        with pytest.raises(FetchError) as caught:
            post(stranger.url(), b"{}", headers={}, timeout_s=5)

    assert (caught.value.code, stranger.asked) == ("address_private", [])


def test_get_gives_the_whole_answer_of_any_status_and_carries_its_key_nowhere_else(settings):
    body = b"x" * 700_000
    answers = {
        "/page?limit=2": file_answer(body, kind="application/json"),
        "/busy": b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nwait",
        "/away": redirect_to("/page?limit=2"),
    }
    with answering(by_path(answers)) as stranger:
        allow(settings, stranger)
        found = [get(stranger.url(path), headers={"Authorization": "Basic abc"}, most=Limits()) for path in answers]

    assert [(one.status, len(one.body)) for one in found] == [(200, 700_000), (429, 4), (302, 0)]
    assert found[1].headers["retry-after"] == "7"
    assert stranger.paths == list(answers)
    assert all("authorization: basic abc" in text.lower() for text in stranger.asked)
