"""Plane geometry of shapes in image pixels, origin top left. Pure: no Django, no numpy."""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import fmean

Point = tuple[float, float]
Path = Sequence[Point]
Box = tuple[float, float, float, float]
"""left, top, width, height"""
Edge = tuple[float, float, float, float]
"""x1, y1, x2, y2"""

SCAN_LINES = 256
MOST_COMPARISONS = 10_000
MOST_COMPARISONS_PER_EDGE = 60


def bounds(points: Iterable[Point]) -> Box:
    """The smallest upright box around the points. Raises ValueError for none."""
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def box_iou(a: Box, b: Box) -> float:
    """Intersection over union in [0, 1]; equal boxes have 1 even without an area."""
    if a == b:
        return 1.0
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return min(1.0, shared / (a[2] * a[3] + b[2] * b[3] - shared))


def distance(a: Point, b: Point) -> float:
    return math.hypot(a[0] - b[0], a[1] - b[1])


def polygon_area(path: Path) -> float:
    """By the shoelace formula; 0 for fewer than three vertices."""
    return abs(math.fsum(x1 * y2 - x2 * y1 for x1, y1, x2, y2 in ring_edges(path))) / 2


def ring_edges(path: Path) -> list[Edge]:
    """The edges of a closed outline, the last one back to the first vertex."""
    return [(*a, *b) for a, b in zip(path, [*path[1:], *path[:1]], strict=True)]


def path_length(path: Path) -> float:
    return math.fsum(distance(a, b) for a, b in pairwise(path))


def polygon_iou(a: Path, b: Path, *, lines: int = SCAN_LINES) -> float:
    """Intersection over union of two polygons by the even-odd rule, in [0, 1].

    Measured on `lines` horizontal lines through the common height: the error is about 1 in `lines`, and two equal
    polygons have exactly 1. Exact clipping of outlines that touch or cross themselves would need a library.
    """
    if list(a) == list(b):
        return 1.0
    box_a, box_b = bounds(a), bounds(b)
    if box_iou(box_a, box_b) == 0:
        return 0.0
    top = min(box_a[1], box_b[1])
    step = (max(box_a[1] + box_a[3], box_b[1] + box_b[3]) - top) / lines
    shared = either = 0.0
    for spans_a, spans_b in zip(_spans(a, top, step, lines), _spans(b, top, step, lines), strict=True):
        both = _shared_length(spans_a, spans_b)
        shared += both
        either += _length(spans_a) + _length(spans_b) - both
    return min(1.0, max(0.0, shared / either)) if either > 0 else 0.0


def _spans(path: Path, top: float, step: float, lines: int) -> list[list[float]]:
    """Per horizontal line the sorted x at which the outline crosses it: inside between the 1st and 2nd, 3rd and 4th…"""
    crossings: list[list[float]] = [[] for _ in range(lines)]
    if step <= 0:
        return crossings
    for x1, y1, x2, y2 in ring_edges(path):
        if y1 == y2:
            continue
        low, high = min(y1, y2), max(y1, y2)
        first = max(0, math.ceil((low - top) / step - 0.5))
        for line in range(first, lines):
            y = top + (line + 0.5) * step
            if y >= high:
                break
            if y >= low:
                crossings[line].append(x1 + (x2 - x1) * (y - y1) / (y2 - y1))
    for found in crossings:
        found.sort()
    return crossings


def _length(spans: list[float]) -> float:
    return sum(end - start for start, end in zip(spans[::2], spans[1::2], strict=False))


def _shared_length(a: list[float], b: list[float]) -> float:
    total, i, j = 0.0, 0, 0
    while i + 1 < len(a) and j + 1 < len(b):
        total += max(0.0, min(a[i + 1], b[j + 1]) - max(a[i], b[j]))
        if a[i + 1] < b[j + 1]:
            i += 2
        else:
            j += 2
    return total


def first_crossing(path: Path) -> tuple[int, int] | None:
    """The indexes of two edges of the closed outline that cross in their inner points; None when it is simple.

    Edges that only touch, or lie on each other, do not count: rounding makes them. Edges are compared within the cells
    of a grid. The work is linear in the vertices: an outline that is made to need more is not examined to the end.
    """
    edges = ring_edges(path)
    left, top, width, height = bounds(path)
    side = max(1, math.isqrt(len(edges)))
    cell = max(width, height) / side or 1.0
    cells: dict[tuple[int, int], list[int]] = {}
    left_to_compare = MOST_COMPARISONS + MOST_COMPARISONS_PER_EDGE * len(edges)
    for index, edge in enumerate(edges):
        for key in _cells(edge, left, top, cell):
            neighbours = cells.setdefault(key, [])
            left_to_compare -= 1 + len(neighbours)
            if left_to_compare < 0:
                return None
            for other in neighbours:
                if edges_cross(edges[other], edge):
                    return other, index
            neighbours.append(index)
    return None


def _cells(edge: Edge, left: float, top: float, cell: float) -> Iterable[tuple[int, int]]:
    """The grid's cells that an edge passes, column by column; a cell more at rounding does no harm."""
    x1, y1, x2, y2 = edge if edge[0] <= edge[2] else (edge[2], edge[3], edge[0], edge[1])
    slope = (y2 - y1) / (x2 - x1) if x2 > x1 else 0.0
    for column in range(int((x1 - left) / cell), int((x2 - left) / cell) + 1):
        start = max(x1, left + column * cell)
        end = min(x2, left + (column + 1) * cell)
        from_y, to_y = (y1 + slope * (start - x1), y1 + slope * (end - x1)) if x2 > x1 else (y1, y2)
        first, last = sorted((int((from_y - top) / cell), int((to_y - top) / cell)))
        for row in range(first - 1, last + 2):
            yield column, row


def edges_cross(a: Edge, b: Edge) -> bool:
    """Whether the edges cross in a point that is inside both."""
    return _side(a, b[:2]) * _side(a, b[2:]) < 0 and _side(b, a[:2]) * _side(b, a[2:]) < 0


def _side(edge: Edge, point: Point) -> int:
    turn = (edge[2] - edge[0]) * (point[1] - edge[1]) - (edge[3] - edge[1]) * (point[0] - edge[0])
    return (turn > 0) - (turn < 0)


def resampled(path: Path, count: int) -> list[Point]:
    """`count` points at equal distances along the path, both ends included."""
    total = path_length(path)
    if total == 0 or len(path) == 1:
        return [path[0]] * count
    found: list[Point] = []
    at, walked = 0, 0.0
    for number in range(count - 1):
        wanted = total * number / (count - 1)
        while at < len(path) - 2 and walked + distance(path[at], path[at + 1]) < wanted:
            walked += distance(path[at], path[at + 1])
            at += 1
        found.append(_along(path[at], path[at + 1], wanted - walked))
    return [*found, path[-1]]


def _along(a: Point, b: Point, walked: float) -> Point:
    length = distance(a, b)
    share = min(1.0, walked / length) if length else 0.0
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def path_distance(a: Path, b: Path, *, count: int = 32) -> float:
    """Mean distance of two lines at equal shares of their lengths, in the better of the two directions."""
    if list(a) == list(b):
        return 0.0
    points_a, points_b = resampled(a, count), resampled(b, count)
    straight = fmean(map(distance, points_a, points_b))
    turned = fmean(map(distance, points_a, reversed(points_b)))
    return min(straight, turned)
