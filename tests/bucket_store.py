"""A store of buckets on this machine that looks at signatures as Amazon's does, and the operator's list that names it.

What is checked here is read from the request alone and computed anew; nothing of the site's own signing is used.
"""

import hashlib
import hmac
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from tests.answering import Stranger, allow, answering, file_answer

ACCESS_KEY, SECRET_KEY, REGION = "AKIDEXAMPLE00000001", "wJalr+XUtn/FEMI\\K7MDENG=bPxRfiCY", "eu-north-1"


@dataclass
class Store:
    """Its files by path, `/bucket/key`, and who may read them; it takes no signature that ends before `now`."""

    files: Mapping[str, bytes]
    now: datetime
    keys: dict[str, str] = field(default_factory=lambda: {ACCESS_KEY: SECRET_KEY})
    denied: frozenset[str] = frozenset()

    def say(self, wire: socket.socket, target: str, me: Stranger) -> None:
        wire.sendall(self.answer(target, host_in(me.asked[-1])))

    def answer(self, target: str, host: str) -> bytes:
        path, _mark, query = target.partition("?")
        given = dict(parse_qsl(query, strict_parsing=True))
        access_key, day, region, *ending = given["X-Amz-Credential"].split("/")
        if region != REGION:
            return refusal("400 Bad Request", "AuthorizationQueryParametersError")
        if given["X-Amz-Signature"] != signature_of(path, query, host, self.keys.get(access_key, ""), day, region):
            return refusal("403 Forbidden", "SignatureDoesNotMatch")
        begun = datetime.strptime(given["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        ends = begun + timedelta(seconds=int(given["X-Amz-Expires"]))
        if ending != ["s3", "aws4_request"] or not begun <= self.now + timedelta(minutes=15) or self.now > ends:
            return refusal("403 Forbidden", "AccessDenied")
        name = unquote(path)
        if name in self.denied:
            return refusal("403 Forbidden", "AccessDenied")
        if name not in self.files:
            return refusal("404 Not Found", "NoSuchKey")
        return file_answer(self.files[name])


def refusal(status: str, code: str) -> bytes:
    return file_answer(f"<Error><Code>{code}</Code></Error>".encode(), kind="application/xml", status=status)


def host_in(request: str) -> str:
    return next(line[6:] for line in request.split("\r\n") if line.lower().startswith("host: "))


def signature_of(path: str, query: str, host: str, secret: str, day: str, region: str) -> str:
    """Of what the store understands: the key that the path names, and the query without the signature, in order."""
    pairs = sorted((name, value) for name, value in parse_qsl(query) if name != "X-Amz-Signature")
    canonical = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    asked = f"GET\n{quote(unquote(path), safe='/')}\n{canonical}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
    scope = f"{day}/{region}/s3/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{dict(pairs)['X-Amz-Date']}\n{scope}\n{hashlib.sha256(asked.encode()).hexdigest()}"
    key = b"AWS4" + secret.encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


@contextmanager
def serving(store: Store, settings: Any) -> Iterator[Stranger]:
    """The store, reachable from here."""
    with answering(store.say) as stranger:
        allow(settings, stranger)
        yield stranger


def entry(address: str, *organizations: str, **more: str) -> str:
    """One table of the operator's list, with the store's key."""
    values = {"region": REGION, "access_key": ACCESS_KEY, "secret_key": SECRET_KEY} | more
    lines = [f"{name} = '{value}'" for name, value in {"address": address, **values}.items()]
    slugs = ", ".join(f'"{slug}"' for slug in organizations)
    return "\n".join(("[[bucket]]", *lines, f"organizations = [{slugs}]", ""))


def write_list(settings: Any, folder: Path, *entries: str) -> None:
    """What the operator writes; another file each time, for each is read once."""
    path = folder / f"buckets-{len(list(folder.iterdir()))}.toml"
    path.write_text("\n".join(entries), encoding="utf-8")
    settings.BUCKETS_FILE = str(path)
