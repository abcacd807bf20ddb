"""What is looked at: a text stands in the params, everything else is a file that the payload lists."""

import re
from collections.abc import Iterable
from typing import NotRequired

from typing_extensions import TypedDict

ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)


# What can be looked at; anything else is shown when the workbench has learnt to.
SHOWN_KINDS = frozenset({"image", "text"})


class ContentView(TypedDict):
    kind: str
    text: NotRequired[str]


def content_view(parts: Iterable[tuple[str, str]]) -> ContentView:
    """`kind` and `text` of (type, content) pairs: an address is never shown, its file is among the media.

    The kind is that of the first part that is no text, else text.
    """
    found = list(parts)
    kinds = [kind for kind, _content in found if kind != "text"]
    kind = kinds[0] if kinds else "text"
    texts = [content for kind, content in found if kind == "text" and not ADDRESS.fullmatch(content.strip())]
    return {"kind": kind, "text": "\n\n".join(texts)} if texts else {"kind": kind}
