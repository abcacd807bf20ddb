"""Every route for every kind of person, after the first customer was cut off: what closes, and what does not."""

import io
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from core.errors import BusinessError
from events import running
from events.models import Job
from files.signing import sign
from labeling import kill_switch
from labeling.claiming import claim
from labeling.models import Assignment
from labeling.submitting import submit
from tests.access.matrix import MATRIX, PEOPLE
from tests.access.test_matrix import cookies_of, parameters, tried
from tests.access.world import World, make_world
from tests.factories import CAT, PASSWORD, make_tasks
from tests.labeling.steps import new_key
from workers.models import Worker

pytestmark = pytest.mark.django_db


def throw(world: World) -> None:
    kill_switch.throw(world.organization, reason="A court order.", by=world.site_admin, at=timezone.now())


def expected(route: str, who: str) -> str:
    before = dict(zip(PEOPLE, MATRIX[route].may.split(), strict=True))[who]
    if route in {"media", "attachment"}:
        return "404"
    if "slug" not in parameters(route):
        return before
    if who in {"owner", "mate"}:
        return "403"
    return "403" if (who, before) == ("site_admin", "ok") and MATRIX[route].method != "get" else before


@pytest.mark.slow(reason="each of the site's routes for each kind of person")
def test_each_route_of_a_customer_who_is_cut_off():
    world = make_world()
    throw(world)
    cookies = {who: cookies_of(who, world) for who in PEOPLE}

    seen = {route: " ".join(tried(route, cookies[who], world) for who in PEOPLE) for route in MATRIX}

    assert seen == {route: " ".join(expected(route, who) for who in PEOPLE) for route in MATRIX}


def test_another_customer_s_pages_are_the_same_to_the_byte():
    world = make_world()
    client = Client()
    client.force_login(world.stranger)
    slug = world.stranger.memberships.get().organization.slug
    pages = [f"/o/{slug}/{name}/" for name in ("projects", "order", "members")]
    before = [without_noise(client.get(page).content.decode()) for page in pages]

    throw(world)

    assert [without_noise(client.get(page).content.decode()) for page in pages] == before


def without_noise(page: str) -> str:
    """Tokens, nonces and ids of requests are new in each answer."""
    lines = page.splitlines()
    return "\n".join(line for line in lines if not any(word in line for word in ("csrf", "nonce", "CSRF", "token")))


def test_an_address_that_was_signed_before_opens_again_after_the_lift():
    world = make_world()
    client = Client()
    client.force_login(world.contractor.user)
    at = timezone.now() + timedelta(hours=1)
    address = sign(world.file.renditions.get(kind="full"), user=world.contractor.user, expires_at=at)
    first = client.get(address)
    b"".join(first)
    throw(world)

    closed = client.get(address)
    revalidated = client.get(address, headers={"If-None-Match": first["ETag"]})
    kill_switch.lift(world.organization.kill_switches.get(), reason="", by=None, at=timezone.now())
    again = client.get(address)
    b"".join(again)

    assert [first.status_code, closed.status_code, revalidated.status_code, again.status_code] == [200, 404, 404, 200]


def test_the_proxy_is_handed_nothing_over(settings):
    settings.X_ACCEL_PREFIX = "/protected"
    world = make_world()
    client = Client()
    client.force_login(world.contractor.user)
    address = f"/media/{world.ids['media']}"
    assert "X-Accel-Redirect" in client.get(address)
    throw(world)

    answer = client.get(address)

    assert (answer.status_code, "X-Accel-Redirect" in answer) == (404, False)


def test_a_member_reads_one_page_that_says_it_and_the_script_gets_json(settings):
    settings.CONTACT_EMAIL = "help@example.org"
    world = make_world()
    client = Client()
    client.force_login(world.owner)
    throw(world)

    page = client.get(f"/o/{world.organization.slug}/projects/")
    script = client.post(f"/o/{world.organization.slug}/uploads", {}, content_type="application/json")

    assert page.status_code == 403
    assert "This account is cut off" in page.content.decode()
    assert "help@example.org" in page.content.decode()
    assert (script.status_code, script.json()["error"]["code"]) == (403, "cut_off")


def test_a_contractor_is_shown_nothing_of_it_any_more():
    world = make_world()
    client = Client()
    client.force_login(world.contractor.user)
    task = f"/my/assignments/{world.ids['assignment']}"
    others = [f"/my/record/{world.ids['submission']}/", f"/my/projects/{world.project.codename}/"]
    assert [client.get(one).status_code for one in (task, *others)] == [200] * 3
    throw(world)

    answer = client.get(task)

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "stopped")
    assert world.organization.name not in answer.content.decode()
    assert [client.get(one).status_code for one in others] == [409] * 2
    assert client.get("/my/record/").status_code == 200


BY_PAGE, BY_COMMAND = "page", "command"
# When something was asked for, which surface, and whether it was had.
Answers = list[tuple[float, str, bool]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", [BY_PAGE, BY_COMMAND])
def test_every_surface_is_closed_within_five_seconds(how):
    """Somebody asks for each again and again; what is asked for after its return is refused."""
    world = make_world()
    throw_it = way_of(how, world)
    exported = an_export(world)
    kept = surfaces(world, exported)
    assert {name: look() for name, look in kept.items()} == dict.fromkeys(kept, True)
    answers: Answers = []
    stop = threading.Event()
    threads = [threading.Thread(target=ask_again, args=(name, look, answers, stop)) for name, look in kept.items()]
    for thread in threads:
        thread.start()

    begun = time.monotonic()
    throw_it()
    returned = time.monotonic()
    threading.Event().wait(1)
    stop.set()
    for thread in threads:
        thread.join(20)

    assert returned - begun < 5
    after = {name for at, name, _given in answers if at > returned}
    assert after == set(kept)
    assert [(name, at - returned) for at, name, given in answers if given and at > returned] == []


def an_export(world: World) -> str:
    job = Job.objects.get(public_id=world.ids["job"])
    running.run(job.pk)
    return f"/o/basalt/projects/{world.project.public_id}/exports/{job.public_id}"


def surfaces(world: World, exported: str) -> dict[str, Callable[[], bool]]:
    """By name: whether the surface gives something out, or takes something in, now."""
    make_tasks(world.project, 300)
    worker, owner = Client(), Client()
    for client, person in ((worker, world.contractor.user), (owner, world.owner)):
        client.force_login(person)
    rendition = world.file.renditions.get(kind="full")
    ends = timezone.now() + timedelta(hours=1)
    media = sign(rendition, user=world.contractor.user, expires_at=ends)
    upload = {"name": "c.png", "bytes": 10}
    return {
        "dispatch and submit": lambda: hands_in(world.contractor),
        "media": lambda: gives(worker, media),
        "export": lambda: gives(owner, exported),
        "original": lambda: gives(owner, f"/o/basalt/files/{world.file.public_id}/original"),
        "page": lambda: gives(owner, "/o/basalt/projects/"),
        "upload": lambda: owner.post("/o/basalt/uploads", upload, content_type="application/json").status_code == 201,
    }


def hands_in(worker: Worker) -> bool:
    found = claim(worker, at=timezone.now())
    if not isinstance(found, Assignment):
        return False
    try:
        submit(found, response=CAT, key=new_key(), at=timezone.now())
    except BusinessError:
        return False
    return True


def gives(client: Client, address: str) -> bool:
    answer = client.get(address)
    if answer.streaming:
        b"".join(answer)
    return answer.status_code == 200


def ask_again(
    name: str, look: Callable[[], bool], answers: list[tuple[float, str, bool]], stop: threading.Event
) -> None:
    """Noted with the moment at which it was asked."""
    try:
        while not stop.is_set():
            at = time.monotonic()
            answers.append((at, name, look()))
    finally:
        connection.close()


def way_of(how: str, world: World) -> Callable[[], object]:
    """Ready to be done: who does it by the page has proved who they are."""
    if how == BY_COMMAND:
        return lambda: call_command("killswitch", "throw", "basalt", "--reason", "An order.", stdout=io.StringIO())
    world.site_admin.set_password(PASSWORD)
    world.site_admin.save()
    admin = Client()
    admin.force_login(world.site_admin, backend="accounts.backends.EmailBackend")
    admin.post("/accounts/reauthenticate/", {"password": PASSWORD})
    form = {"act": "throw", "reason": "A court order.", "name": "Basalt"}
    path = f"/operations/customers/{world.organization.public_id}/kill-switch/"

    def post() -> None:
        assert admin.post(path, form).status_code == 302

    return post
