from ipaddress import ip_network

import pytest


@pytest.fixture
def reachable(settings):
    """This machine's own servers are asked, on the ports that it is called with."""

    def allow(*ports: int) -> None:
        settings.FETCH_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
        settings.FETCH_PORTS = list(ports)

    return allow
