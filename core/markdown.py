"""Markdown is rendered once, here: no HTML in, an allow-list out."""

import re
from collections.abc import Iterator, Mapping

import nh3
from django.utils.safestring import SafeString  # noqa: TID251 (what nh3 has cleaned is the one safe HTML from people)
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p",
    "pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "th": {"align"}, "td": {"align"}, "ol": {"start"}}

# A picture of ours: `![alt](file:<public id>)`. Its address is made for each reader, because addresses are signed.
PICTURE = re.compile(r"file:[0-9a-f]{24}")

_parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])


_validate_link = _parser.validateLink
_parser.validateLink = lambda url: bool(PICTURE.fullmatch(url)) or _validate_link(url)  # type: ignore[method-assign]  # its documented hook


def render(text: str, pictures: Mapping[str, str] | None = None) -> SafeString:
    """Safe HTML; pictures only from this site, links without a referrer. Empty for an empty text.

    `pictures`: the address of each `file:<public id>` that stands for a picture; one without an address shows its
    text alone.
    """
    tokens = _parser.parse(text)
    for token in images(tokens):
        source = str(token.attrs["src"])
        token.attrs["src"] = (pictures or {}).get(source, source)
    lower_headings(tokens)
    cleaned = nh3.clean(
        _parser.renderer.render(tokens, _parser.options, {}),
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=own_pictures_only,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return SafeString(cleaned)


def lower_headings(tokens: list[Token]) -> None:
    """The text stands in a section of a page that has headings of its own: its first level is the page's third."""
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"


def pictures_in(text: str) -> list[str]:
    """The `file:<public id>` of the text's pictures, each once."""
    found = (str(token.attrs["src"]) for token in images(_parser.parse(text)))
    return list(dict.fromkeys(source for source in found if PICTURE.fullmatch(source)))


def images(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.type == "image":
            yield token
        yield from images(token.children or [])


def own_pictures_only(tag: str, attribute: str, value: str) -> str | None:
    # A picture from elsewhere would tell its owner who works here, and the CSP would not load it.
    if tag == "img" and attribute == "src" and not value.startswith("/media/"):
        return None
    return value
