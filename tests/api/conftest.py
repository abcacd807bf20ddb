from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer
from scaleapi import ScaleClient

from accounts.models import Organization
from tests.api.asking import client_of
from tests.factories import OrganizationFactory


@pytest.fixture
def organization(transactional_db: None) -> Organization:
    return OrganizationFactory.create(name="Basalt")


@pytest.fixture
def other_organization(transactional_db: None) -> Organization:
    return OrganizationFactory.create(name="Gneiss")


@pytest.fixture
def connect(live_server: LiveServer) -> Callable[..., ScaleClient]:
    """The vendor's client against the live server, with a new key of the organization."""
    return lambda organization, **terms: client_of(live_server.url, organization, **terms)


@pytest.fixture
def client_live(connect: Callable[..., ScaleClient], organization: Organization) -> ScaleClient:
    return connect(organization)


@pytest.fixture
def client_test(connect: Callable[..., ScaleClient], organization: Organization) -> ScaleClient:
    return connect(organization, mode="test")


@pytest.fixture
def reachable(settings: Any) -> Callable[..., None]:
    """This machine's own servers are asked, on the ports that it is called with."""

    def allow(*ports: int) -> None:
        settings.FETCH_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
        settings.FETCH_PORTS = list(ports)

    return allow
