"""The drawings of the interface: 16 × 16 outlines, and 14 × 14 glyphs of states.

An icon is the `d` of one path. A glyph is a list of shapes; `fill` and `stroke` are either the state's colour
("currentColor"), the sheet's ("sheet", what is cut out of a full shape), or none.
"""

from dataclasses import dataclass

ICONS = {
    "work": "M2.5 3.5h11v9h-11zM2.5 6.5h11M6 9.5h4",
    "wallet": ("M2.5 4.5h10a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1zM2.5 4.5l7-2v2M10.5 8.5h.01"),
    "record": "M2.5 13.5h11M4.5 11V8M8 11V4.5M11.5 11V6.5",
    "messages": "M2.5 3.5h11V11h-6l-3 2.5V11h-2z",
    "rules": "M4 2.5h8v11H4zM6.5 5.5h3M6.5 8h3M6.5 10.5h1.5",
    "layers": "M8 2.5l6 3-6 3-6-3zM2 8.5l6 3 6-3M2 11l6 3 6-3",
    "data": (
        "M8 6.5c3 0 5-.9 5-2s-2-2-5-2-5 .9-5 2 2 2 5 2zM3 4.5v7c0 1.1 2 2 5 2s5-.9 5-2v-7M3 8c0 1.1 2 2 5 2s5-.9 5-2"
    ),
    "quality": "M2.5 2.5v11h11M5 10l2.5-3 2 2L13 4.5",
    "deliveries": "M8 2.5V10M4.5 7L8 10.5 11.5 7M3 13.5h10",
    "people": (
        "M6 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5c.3-2.7 2-3.8 4.5-3.8s4.2 1.1 4.5 3.8"
        "M10.5 3.2a2.5 2.5 0 0 1 0 4.6M12 10c1.5.5 2.3 1.7 2.5 3.5"
    ),
    "key": "M5.5 10.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8.5 7.5H14V10M11.5 7.5V9",
    "clock": "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.8V8l2.2 1.6",
    "overview": "M2.5 12a5.5 5.5 0 1 1 11 0M8 12l2.5-4",
    "pause": "M5.5 3.5v9M10.5 3.5v9",
    "disputes": "M8 2.5v11M4.5 13.5h7M3 4.5h10M3 4.5l-1.5 5h3zM13 4.5l-1.5 5h3z",
    "customers": "M3.5 13.5v-11h6v11M9.5 6.5h3v7M2 13.5h12M5.5 5.5h2M5.5 8h2M5.5 10.5h2",
    "system": (
        "M8 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM8 1.8v2M8 12.2v2M14.2 8h-2M3.8 8h-2"
        "M12.4 3.6L11 5M5 11l-1.4 1.4M12.4 12.4L11 11M5 5L3.6 3.6"
    ),
    "search": "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2",
    "more": "M3.5 8h.01M8 8h.01M12.5 8h.01",
    "check": "M3 8.5l3.5 3.5L13 4.5",
    "cross": "M4 4l8 8M12 4l-8 8",
    "warning": "M8 2.5l6 11H2zM8 6.5v3.5M8 12h.01",
    "info": "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.5V11M8 5h.01",
    "bell": "M4 11V7a4 4 0 0 1 8 0v4l1 1H3zM6.8 14h2.4",
    "plus": "M8 3v10M3 8h10",
    "copy": "M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1",
    "download": "M8 2.5V10M4.5 7L8 10.5 11.5 7M3 13.5h10",
    "upload": "M8 10.5V3M4.5 6L8 2.5 11.5 6M3 13.5h10",
    "sort-up": "M4 9.5l4-4 4 4",
    "sort-down": "M4 6.5l4 4 4-4",
    "to-top": "M3.5 3h9M4 10l4-4 4 4M8 6v7.5",
    "order": "M2.5 4h6M2.5 8h6M2.5 12h6M12 3v10M9.8 10.8L12 13l2.2-2.2",
    "grip": "M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01",
    "lock": "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
    "account": "M8 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM3 13.5c.4-2.7 2.2-3.8 5-3.8s4.6 1.1 5 3.8",
    "leave": "M6.5 2.5h-4v11h4M10 5l3 3-3 3M13 8H6",
    "settings": "M2.5 4.5h6M11.5 4.5h2M2.5 11.5h2M7.5 11.5h6M10 3v3M6 10v3",
    "arrow": "M3 8h10M9 4l4 4-4 4",
    "back": "M13 8H3M7 4L3 8l4 4",
    "image": "M2.5 3.5h11v9h-11zM2.5 10.5l3-3 3 3 2-2 3 2.5M10 6h.01",
    "text": "M3 4.5h10M3 8h10M3 11.5h6",
}


@dataclass(frozen=True)
class Shape:
    """One path of a glyph."""

    d: str
    fill: str = "none"
    stroke: str = "none"
    width: str = "1.6"
    dash: str = ""


def circle(radius: float) -> str:
    """A circle around the middle of a 14 × 14 glyph, as a path."""
    return (
        f"M{7 - radius:g} 7a{radius:g} {radius:g} 0 1 0 {2 * radius:g} 0a{radius:g} {radius:g} 0 1 0 {-2 * radius:g} 0z"
    )


RING = Shape(circle(5.6), stroke="currentColor")
SQUARE = Shape(
    "M3 1.5h8A1.5 1.5 0 0 1 12.5 3v8a1.5 1.5 0 0 1-1.5 1.5H3A1.5 1.5 0 0 1 1.5 11V3A1.5 1.5 0 0 1 3 1.5z",
    fill="currentColor",
)
DIAMOND = "M7 .6L13.4 7 7 13.4.6 7z"

GLYPHS = {
    "dashed": [Shape(circle(5.6), stroke="currentColor", dash="2.4 2.2")],
    "empty": [RING],
    "half": [RING, Shape("M7 2.8a4.2 4.2 0 0 1 0 8.4z", fill="currentColor")],
    "core": [RING, Shape(circle(2.6), fill="currentColor")],
    "full": [
        Shape(circle(6.4), fill="currentColor"),
        Shape("M4 7.2l2.2 2.2L10.2 5", stroke="sheet", width="1.7"),
    ],
    "clock": [RING, Shape("M7 4v3.2l2 1.3", stroke="currentColor", width="1.4")],
    "slash": [RING, Shape("M3.2 10.8l7.6-7.6", stroke="currentColor", width="1.4")],
    "bars": [SQUARE, Shape("M5.2 4.2v5.6M8.8 4.2v5.6", stroke="sheet")],
    "beam": [SQUARE, Shape("M4 7h6", stroke="sheet", width="1.8")],
    "refused": [Shape(DIAMOND, fill="currentColor"), Shape("M5 5l4 4M9 5L5 9", stroke="sheet", width="1.5")],
    "disputed": [
        Shape(DIAMOND, stroke="currentColor", width="1.5"),
        Shape("M7 4v3.4M7 9.6v.1", stroke="currentColor"),
    ],
    "fault": [
        Shape("M7 .8l6.4 12H.6z", fill="currentColor"),
        Shape("M7 5v3.6M7 10.6v.1", stroke="sheet"),
    ],
}
