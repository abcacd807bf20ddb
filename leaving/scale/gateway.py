"""The other server: `GET /projects`, `/batches` and `/tasks` of Scale's first API, a page at a time."""

import base64
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from core import jsonio, limits
from core.errors import BusinessError
from files import fetching
from files.fetching import FetchError, Limits
from files.reasons import reason

Json = dict[str, Any]
PAGE = 100
# A hundred tasks whose answers have thousands of shapes; with larger ones the page is made smaller.
MOST = Limits(total_s=300, idle_s=120, most_bytes=64 * limits.MB)
MOST_TRIES = 8
LONGEST_WAIT_S = 120.0
BUSY = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Page:
    tasks: list[Json]
    next_token: str | None


def wait(seconds: float) -> None:
    threading.Event().wait(seconds)


class Server:
    """Asks nothing but GET, waits as long as the server asks for, and never shows the key."""

    def __init__(self, address: str, key: str, *, page: int = PAGE) -> None:
        self.address, self.page = address.rstrip("/"), page
        self.headers = {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}

    def projects(self) -> list[Json]:
        found = self.get("projects")
        if not isinstance(found, list):
            self.refuse(_("its list of projects is none"))
        return [one for one in found if isinstance(one, dict) and isinstance(one.get("name"), str)]

    def batches(self, project: str) -> Iterator[Json]:
        """Of one project, in the order of the server."""
        offset = 0
        while True:
            found = self.get("batches", project=project, limit=PAGE, offset=offset)
            docs = self.docs(found)
            yield from (one for one in docs if isinstance(one.get("name"), str))
            offset += len(docs)
            if not docs or not found.get("has_more"):
                return

    def tasks(self, project: str, token: str | None) -> Page:
        """The page behind the token; an empty one where the project has no tasks."""
        asked: Json = {"project": project, "limit": self.page, "include_attachment_url": "true"}
        found = self.get("tasks", **asked, **({"next_token": token} if token else {}))
        next_token = found.get("next_token") if isinstance(found, dict) and found.get("has_more") else None
        return Page(self.docs(found), str(next_token) if next_token else None)

    def docs(self, found: Any) -> list[Json]:
        if not isinstance(found, dict) or not isinstance(found.get("docs"), list):
            self.refuse(_("a page of it has no “docs”"))
        return [one for one in found["docs"] if isinstance(one, dict)]

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a good answer. Raises BusinessError `vendor_refused`, `vendor_away`."""
        url = f"{self.address}/{path}" + (f"?{urlencode(query)}" if query else "")
        why = ""
        for number in range(MOST_TRIES):
            try:
                answer = fetching.get(url, headers=self.headers, most=MOST)
            except FetchError as error:
                why = reason(error.code, error.params)
                if not error.may_pass:
                    self.refuse(why)
                wait(pause(number, ""))
                continue
            if answer.status == 200:
                return self.parsed(answer.body)
            why = said(answer.status, answer.body)
            if answer.status not in BUSY:
                self.refuse(why)
            wait(pause(number, answer.headers.get("Retry-After", "")))
        sentence = _("%(address)s does not answer: %(why)s. Run the command again later, it goes on where it stood.")
        raise BusinessError(
            sentence % {"address": self.address, "why": why.rstrip(".")}, code="vendor_away", status=502
        )

    def parsed(self, body: bytes) -> Any:
        try:
            return jsonio.parse(body, most_bytes=MOST.most_bytes)
        except BusinessError as error:
            self.refuse(error.message)

    def refuse(self, why: str) -> NoReturn:
        sentence = _("%(address)s cannot be read: %(why)s.") % {"address": self.address, "why": why.rstrip(".")}
        raise BusinessError(sentence, code="vendor_refused", status=502)


def said(status: int, body: bytes) -> str:
    """The status with the server's own words, cut short; they are not ours, and may be anything."""
    try:
        found = jsonio.parse(body)
    except BusinessError:
        found = None
    words = found.get("error") if isinstance(found, dict) else None
    return f"HTTP {status}" + (f" ({' '.join(words.split())[:200]})" if isinstance(words, str) else "")


def pause(number: int, retry_after: str) -> float:
    """Seconds before the next try: what the server asks for, in seconds or as a time; else longer with each."""
    asked = seconds_of(retry_after, at=timezone.now())
    return min(LONGEST_WAIT_S, 2.0**number if asked is None else max(0.0, asked))


def seconds_of(retry_after: str, *, at: datetime) -> float | None:
    """None for what is neither."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:6])
    try:
        return (parsedate_to_datetime(retry_after) - at).total_seconds()
    except (TypeError, ValueError):
        return None
