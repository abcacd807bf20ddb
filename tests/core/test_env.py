from ipaddress import ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured

from core import env


def test_integers_are_read_with_commas_between_them(monkeypatch):
    assert env.integers("A_LIST", "80, 443") == [80, 443]
    monkeypatch.setenv("A_LIST", "8080,")
    assert env.integers("A_LIST", "80") == [8080]
    monkeypatch.setenv("A_LIST", "http")
    with pytest.raises(ImproperlyConfigured, match="A_LIST is 'http': say whole numbers"):
        env.integers("A_LIST", "80")


def test_networks_are_none_until_they_are_named(monkeypatch):
    assert env.networks("A_LIST") == []
    monkeypatch.setenv("A_LIST", "10.1.0.0/16, fd00:7::/64,192.168.1.9")
    assert env.networks("A_LIST") == [ip_network(one) for one in ("10.1.0.0/16", "fd00:7::/64", "192.168.1.9/32")]


@pytest.mark.parametrize("wrong", ["10.1.0.1/16", "intranet", "10.0.0.0/40"])
def test_a_network_that_is_none_stops_the_start(wrong, monkeypatch):
    monkeypatch.setenv("A_LIST", wrong)
    with pytest.raises(ImproperlyConfigured, match=r"A_LIST: .* Say networks such as"):
        env.networks("A_LIST")
