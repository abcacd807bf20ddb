"""Words for what stands in rows as a code."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "imageannotation": (
        _("Shapes on pictures"),
        _("Boxes, polygons, lines and points with labels and attributes."),
    ),
    "categorization": (_("Categories"), _("One or several categories for a picture or a text.")),
    "textcollection": (_("A form"), _("Questions about a picture or a text: choices, numbers, words, yes or no.")),
}


def kind_name(kind: str) -> str:
    """The kind of work in words; its code where it has none."""
    return str(KINDS.get(kind, (kind, ""))[0])


def kind_note(kind: str) -> str:
    return str(KINDS.get(kind, ("", ""))[1])
