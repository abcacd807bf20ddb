"""How alike two objects of a picture are, and which object of one answer is which of the other."""

from collections.abc import Mapping, Sequence
from typing import Any

from core import geometry
from task_types.matching import Pair, match
from task_types.values import values_likeness

POINT_TOLERANCE_PX = 20.0
LINE_TOLERANCE = 0.1
"""The share of a line's length by which another one may be away; at least POINT_TOLERANCE_PX."""

Object = Mapping[str, Any]


def path_of(item: Object) -> list[geometry.Point]:
    return [(vertex["x"], vertex["y"]) for vertex in item["vertices"]]


def box_of(item: Object) -> geometry.Box:
    return item["left"], item["top"], item["width"], item["height"]


def bounds_of(item: Object) -> geometry.Box:
    match item["type"]:
        case "box":
            return box_of(item)
        case "point":
            return item["x"], item["y"], 0, 0
        case _:
            return geometry.bounds(path_of(item))


def shape_likeness(a: Object, b: Object) -> float:
    """In [0, 1]: boxes and polygons by intersection over union, points and lines by distance against a tolerance."""
    if a["type"] != b["type"]:
        return 0.0
    match a["type"]:
        case "box":
            return geometry.box_iou(box_of(a), box_of(b))
        case "polygon":
            return geometry.polygon_iou(path_of(a), path_of(b))
        case "line":
            return _line_likeness(path_of(a), path_of(b))
        case _:
            return max(0.0, 1 - geometry.distance((a["x"], a["y"]), (b["x"], b["y"])) / POINT_TOLERANCE_PX)


def _line_likeness(a: geometry.Path, b: geometry.Path) -> float:
    longest = max(geometry.path_length(a), geometry.path_length(b))
    tolerance = max(POINT_TOLERANCE_PX, LINE_TOLERANCE * longest)
    return max(0.0, 1 - geometry.path_distance(a, b) / tolerance)


def attribute_likeness(a: Object, b: Object) -> float:
    return values_likeness(a.get("attributes", {}), b.get("attributes", {}))


def matched(
    first: Sequence[Object], second: Sequence[Object], *, same_label: bool, least: float = 0.0
) -> dict[Pair, float]:
    """Matched objects by their indexes, with the likeness of their shapes, which is above `least`.

    Among equally good shapes, those with the same label and attributes belong together.
    """
    shapes: dict[Pair, float] = {}
    whole: dict[Pair, float] = {}
    for pair in _near(first, second):
        a, b = first[pair[0]], second[pair[1]]
        if a["type"] != b["type"] or (same_label and a["label"] != b["label"]):
            continue
        shape = shape_likeness(a, b)
        if shape > least:
            shapes[pair] = shape
            whole[pair] = shape * (0.8 + 0.15 * (a["label"] == b["label"]) + 0.05 * attribute_likeness(a, b))
    return {pair: shapes[pair] for pair in match(whole)}


def _near(first: Sequence[Object], second: Sequence[Object]) -> list[Pair]:
    """Pairs whose bounds touch once they are widened by the tolerances: a sweep from left to right."""
    spans = sorted(
        [(*_widened(item), 0, index) for index, item in enumerate(first)]
        + [(*_widened(item), 1, index) for index, item in enumerate(second)]
    )
    active: tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]] = ([], [])
    found: list[Pair] = []
    for span in spans:
        left, top, _right, bottom, side, index = span
        others = active[1 - side]
        others[:] = [other for other in others if other[2] >= left]
        touched = [other[5] for other in others if other[1] <= bottom and other[3] >= top]
        found += [(index, other) if side == 0 else (other, index) for other in touched]
        active[side].append(span)
    return found


def _widened(item: Object) -> tuple[float, float, float, float]:
    """left, top, right, bottom."""
    left, top, width, height = bounds_of(item)
    by = 0.0 if item["type"] in {"box", "polygon"} else POINT_TOLERANCE_PX
    if item["type"] == "line":
        by = max(by, LINE_TOLERANCE * geometry.path_length(path_of(item)))
    return left - by, top - by, left + width + by, top + height + by
