"""Every route for every kind of person, after the first customer was cut off: what closes, and what does not."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from files.signing import sign
from labeling import kill_switch
from tests.access.matrix import MATRIX, PEOPLE
from tests.access.test_matrix import cookies_of, parameters, tried
from tests.access.world import World, make_world

pytestmark = pytest.mark.django_db


def throw(world: World) -> None:
    kill_switch.throw(world.organization, reason="A court order.", by=world.site_admin, at=timezone.now())


def expected(route: str, who: str) -> str:
    before = dict(zip(PEOPLE, MATRIX[route].may.split(), strict=True))[who]
    if route == "media":
        return "404"
    if "slug" not in parameters(route):
        return before
    if who in {"owner", "mate"}:
        return "403"
    return "403" if (who, before) == ("site_admin", "ok") and MATRIX[route].method != "get" else before


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


def test_a_contractor_is_shown_no_task_of_it_any_more():
    world = make_world()
    client = Client()
    client.force_login(world.contractor.user)
    address = f"/my/assignments/{world.ids['assignment']}"
    assert client.get(address).status_code == 200
    throw(world)

    answer = client.get(address)

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "stopped")
    assert world.organization.name not in answer.content.decode()
