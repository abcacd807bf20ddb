"""Giving bytes out: whole or in one range, by ourselves or by the proxy in front of us."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    StreamingHttpResponse,
)
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date

from accounts.models import is_cut_off

SENT_AT_ONCE = 64 * 1024
LOOKS_EVERY_S = 1.0
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
HEADERS = {
    "Cache-Control": "private, max-age=600",
    "X-Content-Type-Options": "nosniff",
    # The page's policy is for pages: what is served here runs nothing and loads nothing.
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class Served:
    """What is given out. Without `modified` nothing tells when it was made; with `attachment` it is downloaded.

    With `organization_id` the bytes stop when that customer is cut off.
    """

    key: str
    bytes: int
    type: str
    tag: str
    modified: datetime | None = None
    attachment: str = ""
    organization_id: int | None = None


class OutOfRangeError(Exception):
    """The range begins behind the end."""


def serve(request: HttpRequest, served: Served) -> HttpResponseBase:
    """The answer to GET or HEAD: 200, 206 (one range; several are answered with the whole), 304, 412 or 416."""
    early = get_conditional_response(request, etag(served), timestamp(served))
    if early is not None:
        return dressed(early, served)
    if settings.X_ACCEL_PREFIX:
        return dressed(handed_over(served), served)
    try:
        span = wanted(request, served)
    except OutOfRangeError:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{served.bytes}"})
        return dressed(response, served)
    return dressed(body(request, served, span), served)


def dressed(response: HttpResponseBase, served: Served) -> HttpResponseBase:
    for name, value in HEADERS.items():
        response[name] = value
    response["ETag"] = etag(served)
    response["Accept-Ranges"] = "bytes"
    if served.modified:
        response["Last-Modified"] = http_date(served.modified.timestamp())
    if not isinstance(response, HttpResponseNotModified):
        response["Content-Type"] = content_type(served)
        response["Content-Disposition"] = disposition(served)
    return response


def disposition(served: Served) -> str:
    """Quoted or percent-encoded by RFC 6266, so that no name can end the header."""
    return content_disposition_header(True, served.attachment) or "attachment" if served.attachment else "inline"


def content_type(served: Served) -> str:
    return "text/plain; charset=utf-8" if served.type == "text/plain" else served.type


def etag(served: Served) -> str:
    return f'"{served.tag}"'


def timestamp(served: Served) -> int | None:
    return int(served.modified.timestamp()) if served.modified else None


def handed_over(served: Served) -> HttpResponse:
    """The proxy sends the bytes, ranges included; it takes the place of this answer's empty body."""
    return HttpResponse(headers={"X-Accel-Redirect": f"{settings.X_ACCEL_PREFIX.rstrip('/')}/{quote(served.key)}"})


def wanted(request: HttpRequest, served: Served) -> tuple[int, int] | None:
    """First byte and the one behind the last; None for the whole. Raises OutOfRangeError."""
    match = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if request.method != "GET" or match is None or not is_same(request, served):
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:
        start, stop = max(0, served.bytes - int(last)), served.bytes
    else:
        start, stop = int(first), min(int(last) + 1 if last else served.bytes, served.bytes)
        if last and int(last) < int(first):
            return None
    if start >= served.bytes or start >= stop:
        raise OutOfRangeError
    return start, stop


def is_same(request: HttpRequest, served: Served) -> bool:
    """Whether what the client has a part of is still what there is (If-Range)."""
    condition = request.headers.get("If-Range", "").strip()
    if not condition:
        return True
    return condition == etag(served) or bool(served.modified and condition == http_date(served.modified.timestamp()))


def body(request: HttpRequest, served: Served, span: tuple[int, int] | None) -> HttpResponseBase:
    start, stop = span or (0, served.bytes)
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse()
    else:
        response = StreamingHttpResponse(pieces_of(served, start, stop), status=206 if span else 200)
    if span:
        response["Content-Range"] = f"bytes {start}-{stop - 1}/{served.bytes}"
    response["Content-Length"] = str(stop - start)
    return response


def pieces_of(served: Served, start: int, stop: int) -> "Pieces":
    return Pieces(served.key, start, stop, organization_id=served.organization_id)


class Pieces:
    """The bytes from start to before stop; opened at once, so that what is missing is an error and not a short answer.

    They end early when the organization is cut off meanwhile; the client sees that they are not all. It is closed when
    it has been read; the response closes it, whether it was read or not. Raises Http404 where the storage has nothing.
    """

    def __init__(self, key: str, start: int, stop: int, *, organization_id: int | None = None) -> None:
        try:
            self.stream = default_storage.open(key)
        except FileNotFoundError:
            raise Http404 from None
        self.start, self.left = start, stop - start
        self.organization_id, self.looked_at = organization_id, time.monotonic()

    def __iter__(self) -> Iterator[bytes]:
        with self.stream:
            self.stream.seek(self.start)
            while self.left and self.may_go_on() and (piece := self.stream.read(min(SENT_AT_ONCE, self.left))):
                self.left -= len(piece)
                yield piece

    def may_go_on(self) -> bool:
        """Asked of the database for what takes long, not for a picture."""
        if self.organization_id is None or time.monotonic() - self.looked_at < LOOKS_EVERY_S:
            return True
        self.looked_at = time.monotonic()
        return not is_cut_off(self.organization_id)

    def close(self) -> None:
        self.stream.close()
