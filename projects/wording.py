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
    "annotation": (_("Boxes on pictures"), ""),
    "polygonannotation": (_("Polygons on pictures"), ""),
    "lineannotation": (_("Lines on pictures"), ""),
    "pointannotation": (_("Points on pictures"), ""),
    "cuboidannotation": (_("Cuboids on pictures"), ""),
    "segmentannotation": (_("Segments of pictures"), ""),
    "comparison": (_("Comparisons"), ""),
    "transcription": (_("Transcriptions"), ""),
    "datacollection": (_("Collected data"), ""),
    "namedentityrecognition": (
        _("Named entities in texts"),
        _("Passages of a text with labels, attributes and relations; they may overlap."),
    ),
    "documenttranscription": (_("Transcriptions of documents"), ""),
    "documentmodel": (_("Documents read by a model"), ""),
    "videoannotation": (_("Shapes in videos"), ""),
    "videoboxannotation": (_("Boxes in videos"), ""),
    "videocuboidannotation": (_("Cuboids in videos"), ""),
    "videoplaybackannotation": (_("Shapes and events in playing videos"), ""),
    "federal2dvideoannotation": (_("Shapes in videos (federal)"), ""),
    "lidarannotation": (_("Cuboids in point clouds"), ""),
    "lidarlinking": (_("Objects linked between cameras and point clouds"), ""),
    "lidarsegmentation": (_("Segments of point clouds"), ""),
    "lidartopdown": (_("Point clouds from above"), ""),
    "laneannotation": (_("Lanes in point clouds"), ""),
    "sensorfusion": (_("Several sensors at once"), ""),
    "chat": (_("Conversations"), ""),
    "chatexperimental": (_("Conversations (experimental)"), ""),
    "chatlite": (_("Short conversations"), ""),
    "multichat": (_("Conversations with several models"), ""),
    "multistage": (_("Work in several stages"), ""),
}


def kind_name(kind: str) -> str:
    """The kind of work in words; its code where it has none."""
    return str(KINDS.get(kind, (kind, ""))[0])


def kind_note(kind: str) -> str:
    return str(KINDS.get(kind, ("", ""))[1])
