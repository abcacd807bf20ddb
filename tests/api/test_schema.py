"""Whatever the OpenAPI allows, and what it forbids, thrown at every operation: never a 5xx, always what it promises."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.docs import schema_of, trees
from tests.api.asking import key_of
from tests.api.things import Things, make_things

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 8
LONG_S = 600
pytestmark = pytest.mark.django_db


@schemathesis.serializer("application/x-ndjson")
def as_lines(_context: Any, value: Any) -> Any:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """As Django's own test client does: a request does not close the connection of the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def things() -> Things:
    return make_things()


def operations() -> list[Any]:
    """Of all trees, as schemathesis sees them."""
    found = []
    for version in trees():
        schema = schemathesis.openapi.from_dict(schema_of(version))
        schema.app = get_wsgi_application()
        results: list[Any] = list(schema.get_all_operations())
        found += [result.ok() for result in results]
    return found


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.label)
def test_whatever_the_schema_allows(operation: Any, things: Things):
    throw(operation, things, examples=EXAMPLES, same=True)


@pytest.mark.proof
@pytest.mark.slow(reason="ten minutes of requests")
def test_for_ten_minutes(things: Things):
    stop = time.monotonic() + LONG_S
    while time.monotonic() < stop:
        for operation in operations():
            throw(operation, things, examples=25, same=False)


def good_and_bad(operation: Any) -> SearchStrategy[Any]:
    """Data that the schema allows, and data that it forbids where it forbids any."""
    good: SearchStrategy[Any] = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if not (operation.body or operation.query or operation.path_parameters):
        return good
    bad: SearchStrategy[Any] = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    return good | bad


def throw(operation: Any, things: Things, *, examples: int, same: bool) -> None:
    """So many requests with good and bad data, the same each time or others; every other names what is there."""
    key = key_of(things.organization)
    asked = 0

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=same,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=good_and_bad(operation))
    def one(case: Any) -> None:
        nonlocal asked
        asked += 1
        if asked % 2:
            case.path_parameters = {
                name: things.in_paths.get(name, value) for name, value in (case.path_parameters or {}).items()
            }
        case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=CHECKS)

    one()
