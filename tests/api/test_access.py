"""Every operation of the API: without a key, with a stranger's, with one of the other world, after the kill switch."""

import base64
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organization
from api.urls import TREES
from labeling import kill_switch
from projects.models import Project
from tests.api.asking import key_of
from tests.api.things import make_things
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def operations() -> Iterator[tuple[str, str]]:
    """(method, path with its parameters in braces) of every operation: the documentation is what is tried."""
    for tree in TREES:
        for path, methods in tree.get_openapi_schema()["paths"].items():
            for method in methods:
                yield method, path


def ask(method: str, path: str, key: str = "", body: Any = None) -> Any:
    headers = {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()} if key else {}
    data = {} if method == "get" else {"data": body or "", "content_type": "application/json"}
    return getattr(Client(), method)(path, headers=headers, **data)


def test_there_are_operations():
    assert len(list(operations())) >= 11


@pytest.mark.parametrize(("method", "path"), sorted(operations()))
def test_each_operation(method: str, path: str):
    things = make_things()
    stranger = Organization.objects.create(slug="gneiss", name="Gneiss")
    place = path.format(**{name: quote(value, safe="") for name, value in things.in_paths.items()})
    body = things.bodies.get((method, path))

    assert ask(method, place, body=body).status_code == 401
    assert ask(method, place, "live_0123456789_" + "0" * 48, body=body).status_code == 401
    for key in (key_of(stranger), key_of(things.organization, mode="test")):
        answer = ask(method, place, key, body)
        if "{" in path and (method, path) not in things.open_paths:
            assert answer.status_code in {404, 405}, (method, place, answer.content[:300])
        assert things.secret not in answer.content.decode()
    own = key_of(things.organization)
    kill_switch.throw(
        things.organization, reason="A court order.", by=UserFactory.create(is_site_admin=True), at=timezone.now()
    )
    assert ask(method, place, own, body).status_code == 403
    assert Project.objects.filter(organization=stranger, name=things.in_paths["project"]).count() == 0
