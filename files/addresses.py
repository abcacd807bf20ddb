"""Addresses that strangers give: how one is read, and which machines this site may ask; files/fetching.py goes out.

An address is read here, strictly and once. What could be read in two ways is refused, not repaired.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import idna
from requests_hardened.ip_filter import EXTRA_BLOCKED_NET_RANGES

IpAddress = IPv4Address | IPv6Address
IpNetwork = IPv4Network | IPv6Network

MOST_CHARACTERS = 2000
MOST_HOST_CHARACTERS = 253
PORT_OF = {"http": 80, "https": 443}
# Control characters and backslashes are what parsers disagree about; a space is looked for in the host alone.
AMBIGUOUS = re.compile(r"[\x00-\x1f\x7f-\xa0\\\u2028\u2029]")
HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
# Browsers and libraries read a host that ends in one of these as an IPv4 address: 2130706433, 0x7f.1, 0177.0.0.1.
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# Where clouds hand out credentials; refused also inside a network that the operator allows.
METADATA = frozenset(
    map(ip_address, ("169.254.169.254", "169.254.170.2", "100.100.100.200", "fd00:ec2::254", "fd20:ce::254"))
)
# Of IPv6 only this much has been given out; in it, what carries an IPv4 address inside is refused like the rest.
GIVEN_OUT = ip_network("2000::/3")
BLOCKED: Sequence[IpNetwork] = (*EXTRA_BLOCKED_NET_RANGES, ip_network("2001::/23"))


class FetchError(Exception):
    """An address that was refused, or asked in vain. `code` is one of files/reasons.py: FETCH_REASONS.

    `may_pass`: the same may go well another time.
    """

    def __init__(self, code: str, *, may_pass: bool = False, **params: Any) -> None:
        super().__init__(code)
        self.code, self.may_pass, self.params = code, may_pass, params


@dataclass(frozen=True)
class Address:
    """A web address in one spelling: host in ASCII and lower case (IPv6 without brackets), path with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def netloc(self) -> str:
        """As the Host header says it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORT_OF[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.netloc}{self.path}"

    def target(self, location: str) -> str:
        """Where a redirect from here leads."""
        return urljoin(self.url, location)


def read(text: str, *, ports: Sequence[int]) -> Address:
    """Raises FetchError for what is no plain web address on one of the ports."""
    parts = split(text)
    if "@" in parts.netloc:
        raise FetchError("address_credentials")
    host = host_of(parts)
    port = port_of(parts)
    if port not in ports:
        raise FetchError("address_port", port=port)
    path = parts.path if parts.path.startswith("/") else f"/{parts.path}"
    return Address(parts.scheme.lower(), host, port, f"{path}?{parts.query}" if parts.query else path)


def split(text: str) -> SplitResult:
    """Raises FetchError `address_too_long`, `address_unreadable`, `address_scheme`."""
    if len(text) > MOST_CHARACTERS:
        raise FetchError("address_too_long", limit=MOST_CHARACTERS)
    if AMBIGUOUS.search(text):
        raise FetchError("address_unreadable")
    try:
        parts = urlsplit(text)
    except ValueError:
        raise FetchError("address_unreadable") from None
    if parts.scheme not in PORT_OF:
        raise FetchError("address_scheme" if parts.scheme else "address_unreadable")
    return parts


def port_of(parts: SplitResult) -> int:
    try:
        return PORT_OF[parts.scheme] if parts.port is None else parts.port
    except ValueError:
        raise FetchError("address_unreadable") from None


def host_of(parts: SplitResult) -> str:
    if parts.netloc.startswith("["):
        return ipv6_of(parts.hostname or "")
    name = ascii_of((parts.hostname or "").removesuffix("."))
    if len(name) > MOST_HOST_CHARACTERS or not HOST.fullmatch(name):
        raise FetchError("address_unreadable")
    if NUMBER.fullmatch(name.rsplit(".", 1)[-1]):
        return ipv4_of(name)
    return name


def ascii_of(name: str) -> str:
    """An international name as the name service knows it; full-width letters and the like in their plain form."""
    if name.isascii():
        return name
    try:
        return idna.encode(name, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        raise FetchError("address_unreadable") from None


def ipv4_of(name: str) -> str:
    """Only the four decimal numbers that everybody reads alike."""
    try:
        return str(IPv4Address(name))
    except ValueError:
        raise FetchError("address_unreadable") from None


def ipv6_of(name: str) -> str:
    try:
        found = IPv6Address(name)
    except ValueError:
        raise FetchError("address_unreadable") from None
    if found.scope_id is not None:
        raise FetchError("address_private")
    return str(found)


def is_allowed(ip: IpAddress, *, networks: Sequence[IpNetwork]) -> bool:
    """Whether it is a public address, or lies in one of the networks that the operator has named."""
    if ip in METADATA or is_hidden_ipv4(ip):
        return False
    return is_in(ip, networks) or is_public(ip)


def is_in(ip: IpAddress, networks: Sequence[IpNetwork]) -> bool:
    return any(ip in network for network in networks)


def is_hidden_ipv4(ip: IpAddress) -> bool:
    """An IPv4 address in IPv6's clothes (::ffff:127.0.0.1): no rule for IPv4 would see it."""
    return isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None


def is_public(ip: IpAddress) -> bool:
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_link_local:
        return False
    if isinstance(ip, IPv6Address) and ip not in GIVEN_OUT:
        return False
    return not any(ip in network for network in BLOCKED)
