"""Files in buckets, s3://bucket/key and gs://bucket/key, where the operator has opened the bucket for an organization.

The address that is asked is signed when it is asked, and kept nowhere. Nobody learns whether a bucket that is not
theirs is known here: it is refused like one that nobody has.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from files import addresses, fetching
from files.addresses import Address, FetchError
from files.bucket_file import SCHEMES, Bucket, bucket_file
from files.fetching import REDIRECTS, Limits, Stream
from files.presigning import presigned

# Longer than a fetch may take, and than clocks are apart.
EXPIRES_S = 600
MOST_KEY_BYTES = 1024
UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
DENIED = frozenset({401, 403})
# What stores say to a signature for another region, and to what they do not understand.
MISDIRECTED = frozenset({400, *REDIRECTS})


def is_address(text: str) -> bool:
    """Whether it names a file in a bucket, known or not."""
    return text.partition("://")[0].lower() in SCHEMES and "://" in text


def name_of(address: str) -> str:
    """The last part of the key, as it is: nothing in it is encoded."""
    return address.rstrip("/").rpartition("/")[2]


def check(address: str, slug: str) -> None:
    """Raises FetchError for what this organization cannot have fetched."""
    find(address, slug)


def is_open(address: str, slug: str) -> bool:
    try:
        find(address, slug)
    except FetchError:
        return False
    return True


def find(address: str, slug: str) -> tuple[Bucket, str]:
    """The bucket and the key in it, which is everything behind the bucket's name, as it stands there.

    Raises FetchError `address_too_long`, `address_unreadable`, `address_key`, `address_scheme`: the last one for a
    bucket that is not opened for the organization.
    """
    if len(address) > addresses.MOST_CHARACTERS:
        raise FetchError("address_too_long", limit=addresses.MOST_CHARACTERS)
    if UNREADABLE.search(address):
        raise FetchError("address_unreadable")
    scheme, _between, rest = address.partition("://")
    name, _slash, key = rest.partition("/")
    # What asks would leave such parts out, as for any address, and the signature would be for another one.
    if not key or len(key.encode()) > MOST_KEY_BYTES or {".", ".."} & set(key.split("/")):
        raise FetchError("address_key")
    bucket = bucket_file().buckets.get((scheme.lower(), name, slug))
    if bucket is None:
        raise FetchError("address_scheme")
    return bucket, key


def signed(bucket: Bucket, key: str, *, at: datetime) -> Address:
    """The bucket's name stands in the path: no certificate fits a host's name with its dots in front."""
    store = bucket.store
    path = presigned(f"/{bucket.name}/{key}", host=store.netloc, key=bucket.key, at=at, expires_s=EXPIRES_S)
    return replace(store, path=path)


@contextmanager
def opened(address: str, slug: str, *, at: datetime, most: Limits | None = None) -> Iterator[Stream]:
    """The file, to be read until its end. Raises FetchError, also while it is read, of which no cause is known."""
    if bucket_file().faults:
        # A slip of the operator's ends nobody's task: it is tried again.
        raise FetchError("bucket_setup", may_pass=True)
    bucket, key = find(address, slug)
    try:
        with fetching.opened_signed(signed(bucket, key, at=at), most=most) as stream:
            yield stream
    except FetchError as error:
        # Causes quote the address that was asked, and so the signature.
        raise judged(error) from None


def judged(error: FetchError) -> FetchError:
    """In the words for somebody who knows the bucket and not its store."""
    status = error.params.get("status")
    if error.code == "http_status" and status in DENIED:
        return FetchError("bucket_denied", status=status)
    if error.code in {"address_private", "address_plain"} or status in MISDIRECTED:
        return FetchError("bucket_setup")
    return error
