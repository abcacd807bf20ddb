"""How Babel reads the sentences of our templates (babel.cfg names this function)."""

from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from typing import IO, Any, cast

from babel.messages.extract import extract_javascript
from django.utils.translation.template import templatize

Found = tuple[int, str | tuple[str, ...], list[str], str | None]


def extract_templates(
    file: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Found]:
    """Django turns a template into calls of gettext that keep their lines; Babel's lenient lexer then reads them."""
    calls = templatize(file.read().decode("utf-8"))
    yield from extract_javascript(BytesIO(calls.encode("utf-8")), keywords, comment_tags, cast(Any, dict(options)))
