"""The one parser for JSON from outside, and the canonical form for checksums."""

import hashlib
import json
import math
import re
from typing import Any

import orjson
from django.utils.translation import gettext as _

from core import limits
from core.errors import BusinessError

LARGEST_SAFE_INTEGER = 2**53
SURROGATE = re.compile("[\ud800-\udfff]")
NESTING = re.compile(rb'[\[{]|[\]}]|"(?:\\.|[^"\\])*"?', re.DOTALL)


class ForeignJsonError(BusinessError):
    """The text is not JSON that we keep; the message says why."""

    status = 400


def parse(raw: bytes | str, *, most_bytes: int = limits.API_BODY) -> Any:
    """The parsed value. Raises ForeignJsonError for what a database or a browser would not keep as it is:

    NUL, lone surrogates, NaN, Infinity, integers beyond 2⁵³, duplicate keys, depth over 64, bytes that are not UTF-8.
    """
    data = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw
    if len(data) > most_bytes:
        raise ForeignJsonError(
            _("This is larger than %(limit)s bytes.") % {"limit": most_bytes}, code="too_large", status=413
        )
    check_depth(data)
    try:
        value = DECODER.decode(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ForeignJsonError(_("Byte %(at)s is not UTF-8.") % {"at": error.start}, code="not_utf8") from None
    except json.JSONDecodeError as error:
        sentence = _("This is not JSON: %(what)s in line %(line)s, column %(column)s.")
        where = {"what": error.msg, "line": error.lineno, "column": error.colno}
        raise ForeignJsonError(sentence % where, code="not_json") from None
    # Only an escape can bring what check_texts refuses: UTF-8 has no surrogates, JSON no bare NUL.
    if b"\\u" in data:
        check_texts(value)
    return value


def check_depth(data: bytes) -> None:
    """Counted before parsing: the parser's recursion would end the process, not the request."""
    if data.count(b"[") + data.count(b"{") <= limits.JSON_DEPTH:
        return
    depth = 0
    for match in NESTING.finditer(data):
        mark = match.group()[:1]
        depth += 1 if mark in b"[{" else -1 if mark in b"]}" else 0
        if depth > limits.JSON_DEPTH:
            raise ForeignJsonError(
                _("This is nested deeper than %(limit)s levels.") % {"limit": limits.JSON_DEPTH}, code="too_deep"
            )


def refuse_constant(name: str) -> Any:
    raise ForeignJsonError(_("%(name)s is not a number in JSON.") % {"name": name}, code="not_a_number")


def whole(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > LARGEST_SAFE_INTEGER:
        raise ForeignJsonError(
            _("The whole number %(digits)s… is beyond 2⁵³.") % {"digits": digits[:20]}, code="too_big"
        )
    return int(digits)


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _value in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add() is None: falsy
        raise ForeignJsonError(_("The key “%(key)s” is there twice.") % {"key": twice[:100]}, code="duplicate_key")
    return found


def finite(digits: str) -> float:
    found = float(digits)
    if not math.isfinite(found):
        raise ForeignJsonError(_("A number is too large."), code="not_a_number")
    return found


DECODER = json.JSONDecoder(
    parse_constant=refuse_constant, parse_int=whole, parse_float=finite, object_pairs_hook=unique
)


def check_texts(value: Any) -> None:
    """Refuse in every string what PostgreSQL's jsonb or UTF-8 refuses."""
    pending = [value]
    while pending:
        match pending.pop():
            case dict() as found:
                pending += [*found.keys(), *found.values()]
            case list() as found:
                pending += found
            case str() as found:
                check_text(found)


def check_text(found: str) -> None:
    if "\0" in found:
        raise ForeignJsonError(_("A text contains the character NUL."), code="nul")
    if SURROGATE.search(found):
        raise ForeignJsonError(_("A text contains half of a character (a lone surrogate)."), code="surrogate")


def own(text: str) -> Any:
    """What we have stored ourselves, as the database's text: it was checked when it came in."""
    return orjson.loads(text)


def written(value: Any) -> bytes:
    """As UTF-8. PostgreSQL gives a large number such as 1e30 back as a whole one, which the fast way cannot write."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def canonical(value: Any) -> bytes:
    """UTF-8 with sorted keys and no spaces: the same for equal values on every database (jsonb re-orders keys)."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def checksum(value: Any) -> str:
    """`sha256:` and the hex digest of the canonical form."""
    return "sha256:" + hashlib.sha256(canonical(value)).hexdigest()
