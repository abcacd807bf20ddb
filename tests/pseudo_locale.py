"""A language in which every translated sentence stands in ⟦brackets⟧: what stands outside was not translated."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.utils import translation

INNERMOST = re.compile(r"⟦[^⟦⟧]*⟧")
LETTERS = re.compile(r"[^\W\d_]{2,}")
# What is not ours to translate: names and texts of people, times (Babel words them), code, keys, data.
FOREIGN = {"bdi", "code", "kbd", "time", "script", "style", "datalist"}
SPOKEN = ("alt", "aria-label", "placeholder", "title", "label")
EMPTY = {"br", "hr", "img", "input", "link", "meta", "path", "rect", "circle", "option", "source", "wbr"}
OURS = re.compile(r"\bPlumbline\b")


def bracket(message: str) -> str:
    return f"⟦{message}⟧" if message else message


def activate(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on every gettext of Django answers in brackets."""
    plural: Callable[..., str] = lambda one, many, count: bracket(one if count == 1 else many)  # noqa: E731
    replacements: dict[str, Callable[..., Any]] = {
        "gettext": bracket,
        "ngettext": plural,
        "pgettext": lambda _context, message: bracket(message),
        "npgettext": lambda _context, one, many, count: plural(one, many, count),
    }
    for name, replacement in replacements.items():
        monkeypatch.setattr(vars(translation)["_trans"], name, replacement, raising=False)


def bare(text: str) -> str:
    """What is left of a text when everything in brackets is taken away."""
    while INNERMOST.search(text):
        text = INNERMOST.sub("", text)
    return " ".join(OURS.sub("", text).split())


class BareText(HTMLParser):
    """Collects words that a reader sees or hears and that were not translated."""

    def __init__(self) -> None:
        super().__init__()
        self.foreign = 0
        self.stack: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        foreign = tag in FOREIGN or given.get("dir") == "auto" or given.get("aria-hidden") == "true"
        foreign = foreign or "code" in (given.get("class") or "").split()
        if not self.foreign and not foreign:
            for name in SPOKEN:
                self.look_at(given.get(name) or "")
        if tag not in EMPTY:
            self.stack.append((tag, foreign))
            self.foreign += foreign

    def handle_endtag(self, tag: str) -> None:
        while self.stack:
            opened, foreign = self.stack.pop()
            self.foreign -= foreign
            if opened == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self.foreign:
            self.look_at(data)

    def look_at(self, text: str) -> None:
        left = bare(text)
        if LETTERS.search(left):
            self.found.append(left)


def bare_texts(html: str) -> list[str]:
    parser = BareText()
    parser.feed(html)
    return parser.found
