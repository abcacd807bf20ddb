import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import geometry
from core.geometry import Path

numbers = st.integers(0, 50).map(float)
points = st.tuples(numbers, numbers)
paths = st.lists(points, min_size=3, max_size=15)
boxes = st.tuples(numbers, numbers, st.integers(1, 50).map(float), st.integers(1, 50).map(float))


def corners(box):
    left, top, width, height = box
    return [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]


def crossing_by_trying_all(path: Path) -> bool:
    edges = geometry.ring_edges(path)
    return any(geometry.edges_cross(a, b) for i, a in enumerate(edges) for b in edges[:i])


@given(boxes, boxes)
def test_box_iou_is_symmetric_in_range_and_that_of_the_corners(a, b):
    iou = geometry.box_iou(a, b)

    assert 0 <= iou <= 1
    assert geometry.box_iou(b, a) == iou
    assert geometry.polygon_iou(corners(a), corners(b)) == pytest.approx(iou, abs=0.02)


@given(paths, paths)
def test_polygon_iou_is_symmetric_and_in_range(a, b):
    iou = geometry.polygon_iou(a, b)

    assert 0 <= iou <= 1
    assert geometry.polygon_iou(b, a) == pytest.approx(iou)
    assert geometry.polygon_iou(a, list(a)) == 1


def test_polygon_iou_of_a_hollow_shape_leaves_the_hollow_out():
    hook = [(0.0, 0.0), (30.0, 0.0), (30.0, 30.0), (20.0, 30.0), (20.0, 10.0), (10.0, 10.0), (10.0, 30.0), (0.0, 30.0)]

    assert geometry.polygon_iou(hook, corners((0, 0, 30, 30))) == pytest.approx(7 / 9, abs=0.01)
    assert geometry.polygon_iou(hook, corners((12, 12, 6, 18))) == 0


@settings(max_examples=300)
@given(paths)
def test_first_crossing_finds_what_trying_all_edges_finds(path):
    found = geometry.first_crossing(path)

    assert (found is not None) == crossing_by_trying_all(path)
    if found:
        edges = geometry.ring_edges(path)
        assert geometry.edges_cross(edges[found[0]], edges[found[1]])


def test_first_crossing_finds_one_loop_in_a_long_outline():
    circle = [(math.cos(turn / 1000), math.sin(turn / 1000)) for turn in range(6283)]
    looped = [*circle[:3000], circle[3002], circle[3001], *circle[3003:]]

    assert geometry.first_crossing(circle) is None
    assert geometry.first_crossing([*circle[:3000], (2.0, 0.1), *circle[3001:]]) is not None
    assert (geometry.first_crossing(looped) is not None) == crossing_by_trying_all(looped)


def test_area_and_bounds():
    assert geometry.polygon_area([(0, 0), (4, 0), (0, 3)]) == 6
    assert geometry.polygon_area([(0, 0), (4, 0)]) == 0
    assert geometry.bounds([(1, 5), (3, 2)]) == (1, 2, 2, 3)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([(0, 0), (10, 0)], [(0, 3), (10, 3)], 3),
        ([(0, 0), (10, 0)], [(10, 0), (5, 0), (0, 0)], 0),
        ([(0, 0), (0, 0)], [(0, 4), (0, 4)], 4),
    ],
)
def test_path_distance_follows_both_lines_in_the_better_direction(a, b, expected):
    assert geometry.path_distance(a, b) == geometry.path_distance(b, a) == pytest.approx(expected)


def test_resampled_points_are_equally_far_apart_along_the_line():
    assert geometry.resampled([(0, 0), (2, 0), (2, 2)], 5) == [(0, 0), (1, 0), (2, 0), (2, 1), (2, 2)]
