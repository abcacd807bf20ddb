import threading
from datetime import datetime, timedelta

import pytest

from accounts.models import KillSwitch, Organization
from files import bringing, fetch_orders, fetching, storage, storing
from files.addresses import FetchError
from files.bringing import BACK_OFF, LEASE, MOST_OF_ONE, MOST_TRIES, bring_due, claim, sweep
from files.fetching import Limits
from files.models import Fetch, FetchState, File
from tests.answering import Stranger, allow, answering, by_path, file_answer
from tests.files.conftest import NOON, content_of, picture

pytestmark = pytest.mark.django_db


def order(organization: Organization, *addresses: str, mode: str = "live", at: datetime = NOON) -> list[Fetch]:
    found = fetch_orders.order(organization.pk, mode=mode, named=addresses, at=at)
    return [found[address] for address in addresses]


def bring(at: datetime = NOON) -> int:
    return bring_due(clock=lambda: at)


def states() -> list[str]:
    return list(Fetch.objects.order_by("pk").values_list("state", flat=True))


@pytest.fixture
def store(settings):
    """A customer's store with two pictures, one of them under two addresses."""
    answers = {"/a.png": picture(), "/same.png": picture(), "/b.png": picture(color="red"), "/empty.png": b""}
    with answering(by_path({path: file_answer(content) for path, content in answers.items()})) as stranger:
        allow(settings, stranger)
        yield stranger


def test_bring_due_stores_what_is_there(organization, store: Stranger):
    (fetch,) = order(organization, store.url("/a.png"))

    assert bring() == 1

    fetch.refresh_from_db()
    file = File.objects.get()
    assert (fetch.state, fetch.file, fetch.ended_at, fetch.tries, fetch.claimed_until) == ("done", file, NOON, 1, None)
    assert (file.name, file.organization, file.mode, file.state) == ("a.png", organization, "live", "uploaded")
    assert content_of(file.key) == picture()
    assert bring() == 0


def test_equal_content_is_stored_once(organization, store: Stranger):
    order(organization, store.url("/a.png"), store.url("/same.png"), store.url("/b.png"))

    assert bring() == 3

    files = list(Fetch.objects.order_by("pk").values_list("file", flat=True))
    assert (len(set(files)), File.objects.count()) == (2, 2)


def test_an_address_that_many_order_is_asked_once(organization, store: Stranger):
    for _n in range(20):
        order(organization, store.url("/a.png"))

    assert (bring(), store.paths) == (1, ["/a.png"])


def test_worlds_and_organizations_have_fetches_of_their_own(organization, stranger, store: Stranger):
    other = Organization.objects.get(slug="other")
    for who, mode in [(organization, "live"), (organization, "test"), (other, "live")]:
        order(who, store.url("/a.png"), mode=mode)

    assert bring() == 3

    found = set(File.objects.values_list("organization", "mode"))
    assert found == {(organization.pk, "live"), (organization.pk, "test"), (other.pk, "live")}


@pytest.mark.parametrize(
    ("path", "code", "params"),
    [("/missing.png", "http_status", {"status": 404}), ("/empty.png", "empty", {})],
)
def test_a_refusal_is_final(path, code, params, organization, store: Stranger):
    (fetch,) = order(organization, store.url(path))

    bring()

    fetch.refresh_from_db()
    found = (fetch.state, fetch.error_code, fetch.error_params, fetch.tries, fetch.ended_at)
    assert found == (FetchState.FAILED, code, params, 1, NOON)
    assert bring(NOON + timedelta(days=1)) == 0


def test_what_may_pass_is_tried_again_later_and_given_up_in_the_end(organization, store: Stranger, settings):
    store_is_down = store.url("/a.png").replace(str(store.port), "1")
    settings.FETCH_PORTS = [1, store.port]
    (fetch,) = order(organization, store_is_down)
    at = NOON
    for number, wait in enumerate(BACK_OFF, start=1):
        assert bring(at) == 1
        assert bring(at + wait - timedelta(seconds=1)) == 0
        fetch.refresh_from_db()
        assert (fetch.state, fetch.error_code, fetch.tries) == ("waiting", "not_reached", number)
        at += wait

    assert bring(at) == 1

    fetch.refresh_from_db()
    assert (fetch.state, fetch.error_code, fetch.tries, fetch.ended_at) == ("failed", "not_reached", MOST_TRIES, at)


def test_a_store_that_comes_back_gives_the_file_then(organization, settings):
    answers = [file_answer(b"", status="503 Busy"), file_answer(picture())]
    with answering(lambda wire, path, me: wire.sendall(answers.pop(0))) as store:
        allow(settings, store)
        order(organization, store.url("/a.png"))
        bring()
        bring(NOON + BACK_OFF[0])

    fetch = Fetch.objects.get()
    assert (fetch.state, fetch.error_code, fetch.tries) == ("done", "", 2)


def test_what_a_killed_process_had_in_hand_is_asked_again(organization, store: Stranger):
    (fetch,) = order(organization, store.url("/a.png"))
    (killed,) = claim([], room=8, at=NOON)

    assert bring(NOON + LEASE) == 0
    assert bring(NOON + LEASE + timedelta(seconds=1)) == 1

    fetch.refresh_from_db()
    assert (fetch.state, fetch.tries) == ("done", 2)
    # It was only slow, and comes back: the row is no longer its own.
    assert bringing.finish(killed, File.objects.get(), at=NOON) is None
    assert bringing.fail(killed, FetchError("not_reached"), at=NOON) is None
    assert states() == ["done"]


def test_one_process_at_a_time_asks(organization, store: Stranger):
    order(organization, store.url("/a.png"))
    claim([], room=8, at=NOON)
    order(organization, store.url("/b.png"))

    assert bring() == 0


def test_a_process_that_is_at_it_says_so(organization):
    order(organization, "http://store.example/a.png")
    (ours,) = claim([], room=8, at=NOON)
    later = NOON + timedelta(seconds=40)

    bringing.say_alive([ours], at=later)

    assert bring(NOON + LEASE + timedelta(seconds=1)) == 0
    assert Fetch.objects.get().claimed_until == later + LEASE


def test_a_few_of_each_customer_are_under_way_together(organization, stranger):
    other = Organization.objects.get(slug="other")
    order(organization, *[f"http://store.example/{number}" for number in range(20)])
    order(other, "http://slow.example/1", "http://slow.example/2")

    taken = claim([], room=8, at=NOON)
    more = claim(taken, room=2, at=NOON)

    whose = [fetch.organization_id for fetch in taken]
    assert (whose.count(organization.pk), whose.count(other.pk), more) == (MOST_OF_ONE, 2, [])


def test_several_are_asked_abreast(organization, settings):
    """Each answer waits until all have been asked: one after another none would ever come."""
    together = threading.Barrier(MOST_OF_ONE, timeout=20)

    def say(wire, path, me):
        together.wait()
        wire.sendall(file_answer(picture(color=(int(path[1:]), 0, 0))))

    with answering(say) as store:
        allow(settings, store)
        order(organization, *[store.url(f"/{number}") for number in range(MOST_OF_ONE)])
        bring()

    assert states() == ["done"] * MOST_OF_ONE


def test_a_slow_server_holds_up_nobody_else(organization, stranger, settings, monkeypatch):
    monkeypatch.setattr(fetching, "Limits", lambda: Limits(total_s=1))

    def say(wire, path, me):
        if path == "/slow":
            me.stopped.wait()
        wire.sendall(file_answer(picture()))

    with answering(say) as store:
        allow(settings, store)
        order(organization, store.url("/slow"))
        order(Organization.objects.get(slug="other"), *[store.url(f"/{number}") for number in range(20)])
        assert bring() == 21

    assert states() == ["waiting"] + ["done"] * 20


def test_nothing_is_asked_for_a_customer_who_is_cut_off(organization, store: Stranger):
    order(organization, store.url("/a.png"))
    KillSwitch.objects.create(organization=organization, reason="x", asked_at=NOON, thrown_at=NOON)

    assert (bring(), sweep(at=NOON), store.asked) == (0, False, [])


def test_a_storage_that_fails_leaves_it_waiting(organization, store: Stranger, monkeypatch):
    def full(*args, **more):
        raise OSError(28, "No space left on device")

    order(organization, store.url("/a.png"))
    with monkeypatch.context() as patch:
        patch.setattr(storing, "store", full)
        bring()
    assert states() == ["waiting"]

    bring(NOON + LEASE + timedelta(seconds=1))

    assert states() == ["done"]


def test_sweep_wakes_somebody_for_what_is_due(organization, monkeypatch):
    woken = []
    monkeypatch.setattr(bringing, "publish", lambda name, args: woken.append((name, args)) or True)
    assert not sweep(at=NOON)
    order(organization, "http://store.example/a.png")

    assert (sweep(at=NOON - timedelta(seconds=1)), sweep(at=NOON)) == (False, True)
    assert woken == [("files.jobs.bring_files", ())]


def test_nothing_is_left_on_the_disk(organization, store: Stranger):
    order(organization, store.url("/a.png"), store.url("/missing.png"))

    bring()

    assert list(storage.scratch().glob("file-*")) == []
