"""The operator's list of buckets: a TOML file that says which organizations may name which bucket, and with what key.

docs/guides/operators.md shows one. A file with a fault opens nothing; what is wrong is said by `manage.py check`, by
the doctor and at the start. No sentence repeats a key, or what stands in the place of one.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from django.conf import settings

from files import addresses
from files.addresses import Address, FetchError, IpNetwork
from files.presigning import SigningKey

SCHEMES = ("s3", "gs")
NAMES = frozenset(
    {"address", "organizations", "region", "access_key", "secret_key", "secret_key_file", "endpoint"}
)  # fmt: skip
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,220}[A-Za-z0-9]")
REGION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SLUG = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Bucket:
    """A bucket and those who may name it. `store` is where it is asked for, without a path."""

    scheme: str
    name: str
    organizations: frozenset[str]
    store: Address
    key: SigningKey

    @property
    def address(self) -> str:
        return f"{self.scheme}://{self.name}"


@dataclass(frozen=True)
class BucketFile:
    """`buckets` by scheme, name and the organization's slug; none where there are `faults`, which are sentences."""

    buckets: Mapping[tuple[str, str, str], Bucket] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


class Fault(ValueError):
    """What is wrong with the file, in a sentence."""


def bucket_file() -> BucketFile:
    """What the settings name, read once by each process; empty where they name none."""
    if not settings.BUCKETS_FILE:
        return BucketFile()
    return read(settings.BUCKETS_FILE, tuple(settings.FETCH_PORTS), tuple(settings.FETCH_PRIVATE_NETWORKS))


@lru_cache(maxsize=8)
def read(path: str, ports: tuple[int, ...], networks: tuple[IpNetwork, ...]) -> BucketFile:
    buckets: dict[tuple[str, str, str], Bucket] = {}
    faults: list[str] = []
    try:
        entries = entries_of(Path(path))
    except Fault as fault:
        return BucketFile(faults=(f"BUCKETS_FILE ({path}) {fault}",))
    for number, entry in enumerate(entries, start=1):
        try:
            bucket = bucket_of(entry, Path(path).parent, ports, networks)
            buckets |= new_places(bucket, buckets)
        except Fault as fault:
            faults.append(f"BUCKETS_FILE ({path}), bucket {number}: {fault}")
    return BucketFile(faults=tuple(faults)) if faults else BucketFile(buckets)


def new_places(bucket: Bucket, known: Mapping[tuple[str, str, str], Bucket]) -> dict[tuple[str, str, str], Bucket]:
    """Raises Fault where an organization has a bucket of this name already; another one's may stand elsewhere."""
    found = {(bucket.scheme, bucket.name, slug): bucket for slug in bucket.organizations}
    for _scheme, _name, slug in sorted(found.keys() & known.keys()):
        raise Fault(f"{bucket.address} is there already for the organization “{slug}”.")
    return found


def entries_of(path: Path) -> list[Any]:
    """The tables [[bucket]] of the file. Raises Fault."""
    found = parsed(path)
    if unknown := sorted(found.keys() - {"bucket"}):
        raise Fault(f"has “{unknown[0]}”, which means nothing here: it consists of tables [[bucket]].")
    entries = found.get("bucket", [])
    if not isinstance(entries, list):
        raise Fault("says [bucket]: write [[bucket]], for each bucket one.")
    return entries


def parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Fault(f"cannot be read: {error.strerror}.") from None
    except tomllib.TOMLDecodeError as error:
        # Of the message only where it is: what stands there may be a key.
        place = re.search(r"\(at ([^()]*)\)$", str(error))
        raise Fault(f"is not TOML{f' at {place[1]}' if place else ''}.") from None
    except ValueError:
        raise Fault("is not in UTF-8.") from None


def bucket_of(entry: Any, folder: Path, ports: tuple[int, ...], networks: tuple[IpNetwork, ...]) -> Bucket:
    """Raises Fault."""
    if not isinstance(entry, dict):
        raise Fault("it is no table: write [[bucket]] on a line of its own.")
    if unknown := sorted(entry.keys() - NAMES):
        raise Fault(f"“{unknown[0]}” means nothing here; known are {', '.join(sorted(NAMES))}.")
    scheme, name = place_of(text_of(entry, "address"))
    region = text_of(entry, "region", default="auto" if scheme == "gs" else None)
    if not REGION.fullmatch(region):
        raise Fault("`region` is none such as eu-central-1.")
    default = "https://storage.googleapis.com" if scheme == "gs" else f"https://s3.{region}.amazonaws.com"
    store = store_at(text_of(entry, "endpoint", default=default), ports, networks)
    key = SigningKey(region, text_of(entry, "access_key"), secret_of(entry, folder))
    return Bucket(scheme, name, organizations_of(entry), store, key)


def text_of(entry: Mapping[str, Any], name: str, *, default: str | None = None) -> str:
    value = entry.get(name, default)
    if value is None:
        raise Fault(f"`{name}` is missing.")
    if not isinstance(value, str) or not value.strip():
        raise Fault(f"`{name}` has to be a text in quotation marks that is not empty.")
    return value.strip()


def place_of(address: str) -> tuple[str, str]:
    scheme, _between, name = address.partition("://")
    if scheme not in SCHEMES or not NAME.fullmatch(name):
        raise Fault("`address` is none such as s3://name or gs://name.")
    return scheme, name


def organizations_of(entry: Mapping[str, Any]) -> frozenset[str]:
    found = entry.get("organizations")
    if not isinstance(found, list) or not found:
        raise Fault('`organizations` has to name those who may use the bucket, such as ["acme"].')
    if not all(isinstance(slug, str) and SLUG.fullmatch(slug) for slug in found):
        raise Fault("`organizations` holds what is no slug: write what stands behind /o/ in the address of its pages.")
    return frozenset(found)


def secret_of(entry: Mapping[str, Any], folder: Path) -> str:
    """From the entry, or the file that it names; a relative path begins where the list stands."""
    if ("secret_key" in entry) == ("secret_key_file" in entry):
        raise Fault("give `secret_key` or `secret_key_file`, one of them.")
    if "secret_key" in entry:
        return text_of(entry, "secret_key")
    path = folder / text_of(entry, "secret_key_file")
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        raise Fault(f"`secret_key_file` ({path}) cannot be read.") from None
    if not secret:
        raise Fault(f"`secret_key_file` ({path}) is empty.")
    return secret


def store_at(endpoint: str, ports: tuple[int, ...], networks: tuple[IpNetwork, ...]) -> Address:
    try:
        found = addresses.read(endpoint, ports=ports)
    except FetchError as error:
        if error.code == "address_port":
            raise Fault(f"`endpoint` has the port {error.params['port']}, which is none of FETCH_PORTS.") from None
        raise Fault("`endpoint` is no address such as https://store.example.com.") from None
    if found.path != "/":
        raise Fault("`endpoint` ends with the host: the bucket's name is put behind it.")
    if found.scheme == "http" and not may_be_plain(found.host, networks):
        raise Fault("`endpoint` is plain http, which is for stores in FETCH_PRIVATE_NETWORKS alone: use https.")
    return found


def may_be_plain(host: str, networks: tuple[IpNetwork, ...]) -> bool:
    """Where a name leads shows when it is asked for: files/fetching.py looks again."""
    try:
        address = ip_address(host)
    except ValueError:
        return bool(networks)
    return addresses.is_in(address, networks)
