"""Every route, taken from the resolver, for every kind of person: the table says what they may, and each cell is tried.

ok: it answers (the refusal of an empty form included); in: sign in first; 403 and 404 as they are.
"""

from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from tests.access.matrix import MATRIX, PEOPLE
from tests.access.world import World, make_world

SIGN_IN = "/accounts/login/"
# Only there where a project is done by the customer's own people.
OF_OWN_PEOPLE = {"customer:new_group", "customer:group", "customer:delete_group", "customer:batch_people"}
PASSED = {200, 201, 204, 206, 302, 400, 409, 413, 416, 422}


def routes(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern, inner)
        # The API's routes are asked with keys: tests/api/test_access.py.
        elif not namespace.startswith("api-"):
            yield f"{namespace}{pattern.name}"


def address(route: str, world: World) -> str:
    """The route with the first customer's things in its path."""
    ids = {
        "slug": world.organization.slug,
        "project_id": world.ids["own_project"] if route in OF_OWN_PEOPLE else world.project.public_id,
        "batch_id": world.ids["own_batch"] if route in OF_OWN_PEOPLE else world.batch.public_id,
        "group_id": world.ids["group"],
        "task_id": world.ids["sampled"] if "audit" in route else world.task.public_id,
        "sample_id": world.ids["sample"],
        "draft_id": world.ids["draft"],
        "step": "kind",
        "worker_id": world.contractor.public_id,
        "skill_id": world.ids["skill"],
        "codename": world.project.codename,
        "import_id": world.ids["import"],
        "job_id": world.ids["job"],
        "token": world.ids.get(route, world.ids["token"]),
        "quality_id": world.ids["quality"],
        "day": "2026-11-23",
        "kind": "site" if route.endswith("_site") else "project",
        "key": "none",
        "version": "v1",
        "uidb36": "1",
        "public_id": world.ids.get(MATRIX[route].of, world.ids["assignment"]),
    }
    return reverse(route, kwargs={name: ids[name] for name in parameters(route)})


def parameters(route: str) -> list[str]:
    """The names in the route's path."""
    *namespaces, name = route.split(":")
    resolver: URLResolver = get_resolver()
    found: list[str] = []
    for namespace in namespaces:
        prefix, resolver = resolver.namespace_dict[namespace]
        found += ["slug"] if "slug" in prefix else []
    possibilities = resolver.reverse_dict.getlist(name)
    return [*found, *(one for one in possibilities[0][0][0][1] if one not in found)]


def outcome(client: Client, route: str, world: World) -> str:
    method = MATRIX[route].method
    content_type = "application/x-www-form-urlencoded" if method == "post" else "application/json"
    response = getattr(client, method)(
        address(route, world), **({} if method == "get" else {"data": "", "content_type": content_type})
    )
    if response.streaming:
        b"".join(response)  # the client closes the file behind it at its end
    if response.status_code == 401 or (response.status_code == 302 and SIGN_IN in response["Location"]):
        return "in"
    assert response.status_code in PASSED | {403, 404}, f"{route}: {response.status_code}"
    return "ok" if response.status_code in PASSED else str(response.status_code)


def test_every_route_stands_in_the_matrix():
    assert set(routes()) == set(MATRIX)


@pytest.mark.django_db
@pytest.mark.slow(reason="each of the site's routes for each kind of person")
def test_each_person_may_what_the_matrix_says():
    world = make_world()
    cookies = {who: cookies_of(who, world) for who in PEOPLE}
    seen = {route: " ".join(tried(route, cookies[who], world) for who in PEOPLE) for route in MATRIX}

    assert seen == {route: row.may for route, row in MATRIX.items()}


def cookies_of(who: str, world: World) -> SimpleCookie:
    """Those of somebody who has signed in, or of nobody."""
    client = Client()
    if user := world.person(who):
        client.force_login(user)
    return client.cookies


def tried(route: str, cookies: SimpleCookie, world: World) -> str:
    """One cell, in a savepoint of its own: what somebody did is undone before the next one tries."""
    client = Client()
    client.cookies = SimpleCookie({name: one.value for name, one in cookies.items()})
    before = transaction.savepoint()
    found = outcome(client, route, world)
    transaction.savepoint_rollback(before)
    return found
