"""The names that files come with: shown to the customer, never used as a path."""

import re
import unicodedata

NAME_CHARACTERS = 255
EXTENSION_CHARACTERS = 16
UNNAMED = "unnamed"
# They turn the direction of what follows, so that a program's name can look like a picture's.
DIRECTION_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Control, surrogate, line separator, paragraph separator.
UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}


def clean_name(name: str) -> str:
    """The last part of a path without what cannot be printed, at most 255 characters; `unnamed` if nothing is left."""
    last = re.split(r"[/\\]", name)[-1]
    printable = "".join(character for character in last if unicodedata.category(character) not in UNPRINTABLE)
    kept = DIRECTION_MARKS.sub("", printable).strip()
    if not kept.strip("."):
        return UNNAMED
    return shorten(kept)


def shorten(name: str) -> str:
    if len(name) <= NAME_CHARACTERS:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > EXTENSION_CHARACTERS:
        return name[:NAME_CHARACTERS]
    return stem[: NAME_CHARACTERS - len(dot + extension)] + dot + extension
