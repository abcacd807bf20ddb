"""Made-up shapes, in pixels: on a picture of 320 × 240, or beyond it where the params want larger ones."""

import math
from collections.abc import Mapping
from typing import Any

from task_types.chance import Chance

WIDTH, HEIGHT = 320, 240
MOST_CORNERS = 20_000
Shape = dict[str, Any]


def shape_for(name: str, wanted: Mapping[str, Any], chance: Chance) -> Shape:
    """The coordinates of a shape. `wanted` holds the smallest sizes and counts; what is not there is 0."""
    match name:
        case "box":
            return box(chance, number_in(wanted, "min_width"), number_in(wanted, "min_height"))
        case "polygon":
            return {"vertices": ring(chance, corners(chance, wanted, least=3, more=3))}
        case "line":
            return {"vertices": zigzag(chance, corners(chance, wanted, least=2, more=2))}
        case "ellipse":
            return {"vertices": ring(chance, 4)}
        case "cuboid":
            return cuboid(chance, number_in(wanted, "min_width"), number_in(wanted, "min_height"))
        case _:
            return point(chance)


def number_in(wanted: Mapping[str, Any], member: str) -> float:
    """0 for what is absent; a string counts as its number."""
    return float(wanted.get(member) or 0)


def corners(chance: Chance, wanted: Mapping[str, Any], *, least: int, more: int) -> int:
    fewest = max(least, int(number_in(wanted, "min_vertices")))
    most = int(number_in(wanted, "max_vertices")) if wanted.get("max_vertices") is not None else fewest + more
    return min(MOST_CORNERS, chance.whole(fewest, max(fewest, min(most, fewest + more))))


def point(chance: Chance) -> Shape:
    return {"x": float(chance.whole(10, WIDTH - 10)), "y": float(chance.whole(10, HEIGHT - 10))}


def box(chance: Chance, min_width: float, min_height: float) -> Shape:
    width = float(max(math.ceil(min_width), chance.whole(20, 120)))
    height = float(max(math.ceil(min_height), chance.whole(20, 90)))
    left = float(chance.whole(0, max(0, int(WIDTH - width))))
    top = float(chance.whole(0, max(0, int(HEIGHT - height))))
    return {"left": left, "top": top, "width": width, "height": height}


def ring(chance: Chance, count: int) -> list[Shape]:
    """The corners of a regular outline; it grows with their number, so that no two fall together."""
    radius = float(max(chance.whole(20, 60), count))
    x, y = radius + chance.whole(0, 100), radius + chance.whole(0, 60)
    turns = [2 * math.pi * number / count for number in range(count)]
    return [{"x": round(x + radius * math.cos(turn), 2), "y": round(y + radius * math.sin(turn), 2)} for turn in turns]


def zigzag(chance: Chance, count: int) -> list[Shape]:
    left, step = chance.whole(0, 60), max(1, (WIDTH - 80) // count)
    return [{"x": float(left + step * number), "y": float(chance.whole(10, HEIGHT - 10))} for number in range(count)]


DEPTH = 12.0
FACES = ("front", "back")
SIDES = ("top-left", "top-right", "bottom-right", "bottom-left")


def cuboid(chance: Chance, min_width: float, min_height: float) -> Shape:
    """Eight corners, the front face first, and the twelve edges between them."""
    front = box(chance, min_width, min_height)
    vertices = []
    for face, shift in zip(FACES, (0.0, DEPTH), strict=True):
        left, top = front["left"] + shift, front["top"] + shift
        right, bottom = left + front["width"], top + front["height"]
        places = zip(SIDES, ((left, top), (right, top), (right, bottom), (left, bottom)), strict=True)
        vertices += [{"description": f"{face}-{side}", "type": "vertex", "x": x, "y": y} for side, (x, y) in places]
    pairs = [(start + number, start + (number + 1) % 4) for start in (0, 4) for number in range(4)]
    pairs += [(number, number + 4) for number in range(4)]
    return {"vertices": vertices, "edges": [edge(vertices[a], vertices[b]) for a, b in pairs]}


def edge(a: Shape, b: Shape) -> Shape:
    description = f"{a['description']} {b['description']}"
    return {"description": description, "type": "edge", "x1": a["x"], "y1": a["y"], "x2": b["x"], "y2": b["y"]}
