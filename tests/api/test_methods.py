"""The table: every method of the vendor's client × {200, 400, 401, 404, 409, 429}, against a live server.

Each cell has a customer of its own, all in one database: a cell sees nothing of the others, as customers do not see
each other, and the tables are emptied once.
"""

import importlib
import inspect
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import GeneratorType
from typing import Any, NamedTuple

import orjson
import pytest
import scaleapi
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer
from scaleapi import Paginator, ScaleClient
from scaleapi.api_client.v2 import ApiClient, Configuration, V2Api
from scaleapi.api_client.v2 import exceptions as errors2
from scaleapi.exceptions import ExceptionMap

from api import limiting
from tests.api.asking import client_of, client_with, key_of
from tests.api.methods.customer import NOBODY, Customer
from tests.api.methods.every import METHODS
from tests.api.methods.page import PAGE, page
from tests.api.methods.table import Ask, Method, cells, id_of
from tests.api.methods.traces import traces
from tests.factories import OrganizationFactory

ERRORS2 = {
    400: errors2.BadRequestException,
    401: errors2.UnauthorizedException,
    404: errors2.NotFoundException,
    409: errors2.ConflictException,
    429: errors2.ApiException,
}
SAYS = {401: "no valid API key", 404: " no", 429: "This key may ask 1 times in a minute. Wait "}
# Of the client's objects: they say what they hold, and ask the server nothing.
ASKING_NOTHING = {"as_dict", "get_response_schema", "get_template_variables", "is_auto_onboardable"}
# The second API has each method three times.
OTHER_FORMS = ("_with_http_info", "_without_preload_content")
# No minute ends in the middle of a test.
AN_AGE_S = 10**10

Calls = Sequence[Callable[[], Any]]


class Site(NamedTuple):
    """A live server, and the clients of a customer who has nothing, by their world."""

    url: str
    strangers: dict[str, ScaleClient]


@pytest.fixture(scope="module")
def transactional_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """As the fixture of this name, for the whole file: emptying all tables takes longer than a cell."""
    with django_db_blocker.unblock():
        assert "test" in str(connection.settings_dict["NAME"])  # what is emptied is no other database
        yield
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(scope="module")
def site(transactional_db: None) -> Iterator[Site]:
    server = LiveServer("localhost")
    try:
        stranger = OrganizationFactory.create(name="Gneiss")
        clients = {mode: client_of(server.url, stranger, mode=mode) for mode in ("live", "test")}
        yield Site(server.url, clients)
    finally:
        server.stop()


@pytest.mark.parametrize(("method", "status"), [pytest.param(*cell, id=id_of(*cell)) for cell in cells(METHODS)])
def test_cell(method: Method, status: int, site: Site, monkeypatch: pytest.MonkeyPatch):
    customer = Customer(site.url, method.mode)
    if status == 200:
        succeeds(method, customer)
    elif status == 429:
        monkeypatch.setattr(limiting, "WINDOW_S", AN_AGE_S)
        method.given(customer)
        refused(method, status, [partial(method.call, spent(customer), customer)], customer)
    else:
        refused(method, status, calls_for(status, method, customer, site), customer)


def calls_for(status: int, method: Method, customer: Customer, site: Site) -> Calls:
    """All that get this status."""
    ask = {400: method.wrong, 409: method.twice}.get(status)
    if isinstance(ask, Ask):
        ask.given(customer)
        return [partial(ask.call, customer.client, customer)]
    method.given(customer)
    if status == 401:
        return [partial(method.call, client_with(site.url, key), customer) for key in customer.dead_keys()]
    nothing = partial(method.call, customer.client, NOBODY)
    return [*(partial(method.call, client, customer) for client in others(method, customer, site)), nothing]


def others(method: Method, customer: Customer, site: Site) -> Iterator[ScaleClient]:
    """Those who do not see what is the customer's."""
    if not method.is_everybodys:
        yield site.strangers[method.mode]
        if not method.is_of_both_worlds:
            yield customer.in_the_other_world()


def spent(customer: Customer) -> ScaleClient:
    """With a key that may ask once in a minute, and has. The second API's client would wait for the next minute."""
    key = key_of(customer.organization, mode=customer.mode, per_minute=1)
    client = client_with(customer.url, key)
    client.v2 = V2Api(ApiClient(Configuration(host=customer.url, access_token=key, retries=0)))
    assert client.projects() is not None
    return client


def succeeds(method: Method, customer: Customer) -> None:
    method.given(customer)
    found = plain(method.call(customer.client, customer))
    assert found == method.gives(customer)
    if method.reads:
        read = plain(method.reads(customer.client, customer))
        assert read == (method.shows or method.gives)(customer)


def plain(found: Any) -> Any:
    """Whatever the client gives, as JSON, and with times in the second API."""
    if isinstance(found, Paginator):
        names = ("docs", "total", "limit", "offset", "has_more", "next_token")
        return {name: plain(getattr(found, name)) for name in names}
    if isinstance(found, list | GeneratorType):
        return [plain(one) for one in found]
    if isinstance(found, dict):
        return {name: plain(value) for name, value in found.items()}
    for way in ("as_dict", "to_dict"):
        if hasattr(found, way):
            return getattr(found, way)()
    return found


def refused(method: Method, status: int, calls: Calls, customer: Customer) -> None:
    """Each of the calls, and nothing has changed by it."""
    is_refused(method, status, calls[0])  # which orders what it names
    before = traces(customer.organization)
    for call in calls:
        is_refused(method, status, call)
    assert traces(customer.organization) == before


def is_refused(method: Method, status: int, call: Callable[[], Any]) -> None:
    kind = ERRORS2[status] if method.is_second_api else ExceptionMap[status]
    with pytest.raises(kind) as caught:
        plain(call())
    error: Any = caught.value
    assert type(error) is kind
    if method.is_second_api:
        said = orjson.loads(error.body)
        assert (error.status, said["status_code"]) == (status, status)
        sentence = said["error"]
    else:
        assert error.code == status
        sentence = error.message
    assert says(method, status) in sentence


def says(method: Method, status: int) -> str:
    ask = {400: method.wrong, 409: method.twice}.get(status)
    return ask.says if isinstance(ask, Ask) else SAYS[status]


def test_the_table_names_every_method():
    counted = Counter(method.name for method in METHODS)

    assert set(counted) == public_methods()
    assert max(counted.values()) == 1


def public_methods() -> set[str]:
    """Of the client, of its objects, of its second API."""
    own = {name for name, _function in inspect.getmembers(ScaleClient, inspect.isfunction)}
    objects = {
        f"{one.__name__}.{name}"
        for one in object_classes()
        for name, _function in inspect.getmembers(one, inspect.isfunction)
        if name not in ASKING_NOTHING
    }
    second = {f"v2.{name}" for name in vars(V2Api) if not name.endswith(OTHER_FORMS)}
    return {name for name in own | objects | second if not name.split(".")[-1].startswith("_")}


def object_classes() -> Iterator[type]:
    """All that are made of the server's JSON and of a client."""
    for module in pkgutil.iter_modules(scaleapi.__path__, "scaleapi."):
        for _name, one in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if one.__module__ == module.name and "client" in inspect.signature(one).parameters:
                yield one


def test_the_counts_are_the_client_s():
    """So many were counted by hand when this version was read; another version shows here."""
    names = public_methods()

    second = {name for name in names if name.startswith("v2.")}
    shortcuts = {name for name in names - second if "." in name}
    assert (len(names - second - shortcuts), len(shortcuts), len(second)) == (44, 13, 25)


def test_the_page_says_what_the_table_says():
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.api.methods.page"
