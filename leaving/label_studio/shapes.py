"""One region of a picture, in per cent of its sides, as a shape in pixels. Pure arithmetic."""

import math
from collections.abc import Mapping
from typing import Any

from core import geometry

Json = dict[str, Any]
Size = tuple[int, int]


class UnreadableError(ValueError):
    """The region does not say what its kind needs."""


def size_of(result: Mapping[str, Any]) -> Size | None:
    """Width and height in pixels of the upright original that the percentages belong to; None where it is not said."""
    width, height = result.get("original_width"), result.get("original_height")
    if type(width) is int and type(height) is int and width > 0 and height > 0:
        return width, height
    return None


def shape(kind: str, value: Mapping[str, Any], size: Size) -> tuple[Json, bool]:
    """The shape's own members, and whether it is as it was: a turned box comes as the upright box around it.

    Raises UnreadableError.
    """
    if kind == "polygon":
        return {"vertices": vertices(value.get("points"), size)}, True
    left, top = pixels(value.get("x"), size[0]), pixels(value.get("y"), size[1])
    if kind == "point":
        return {"x": left, "y": top}, True
    width, height = pixels(value.get("width"), size[0]), pixels(value.get("height"), size[1])
    degrees = number(value.get("rotation", 0)) % 360
    if degrees:
        left, top, width, height = turned(left, top, width, height, degrees)
    return {"left": left, "top": top, "width": width, "height": height}, not degrees


def turned(left: float, top: float, width: float, height: float, degrees: float) -> geometry.Box:
    """The smallest upright box around one that is turned clockwise about its top left corner."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    corners = [(x, y) for x in (0.0, width) for y in (0.0, height)]
    return geometry.bounds((left + x * cos - y * sin, top + x * sin + y * cos) for x, y in corners)


def vertices(points: Any, size: Size) -> list[Json]:
    if not isinstance(points, list) or not all(isinstance(point, list) and len(point) == 2 for point in points):
        raise UnreadableError
    return [{"x": pixels(x, size[0]), "y": pixels(y, size[1])} for x, y in points]


def pixels(percent: Any, side: int) -> float:
    return number(percent) * side / 100


def number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
        raise UnreadableError
    return float(value)
