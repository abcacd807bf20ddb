import math

import pytest

from task_types import registry
from task_types.imageannotation.merging import merge_objects
from task_types.imageannotation.response import MOST_ANNOTATIONS, MOST_VERTICES

KIND = registry.get("imageannotation")
PARAMS = {
    "geometries": {
        "box": {"objects_to_annotate": ["Car", "Dog"]},
        "polygon": {"objects_to_annotate": ["Road"]},
        "line": {"objects_to_annotate": ["Lane"]},
        "point": {"objects_to_annotate": ["Eye"]},
    }
}
SIZE = [(100, 80)]


def box(uuid="a", label="Car", at=(10, 10, 20, 20), **attributes):
    left, top, width, height = at
    return {
        "uuid": uuid, "type": "box", "label": label, "left": left, "top": top, "width": width, "height": height,
        "attributes": attributes,
    }  # fmt: skip


def path(kind, label, corners, uuid="a"):
    return {"uuid": uuid, "type": kind, "label": label, "vertices": [{"x": x, "y": y} for x, y in corners]}


def point(x, y, uuid="a"):
    return {"uuid": uuid, "type": "point", "label": "Eye", "x": x, "y": y}


def answer(*annotations, **global_attributes):
    return {"annotations": list(annotations), "global_attributes": global_attributes}


def codes(response, params=PARAMS, sizes=SIZE):
    return [finding.code for finding in KIND.check(response, params, {}, sizes)]


def test_nothing_to_draw_is_a_good_answer():
    assert codes(answer()) == []


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (box(at=(-0.5, -0.5, 101, 81)), []),  # half a pixel beyond each edge
        (box(at=(-0.6, 0, 10, 10)), ["outside"]),
        (box(at=(0, 0, 100.6, 10)), ["outside"]),
        (box(at=(0, 0, 0, 10)), ["box_too_small"]),
        (box(at=(10, 10, -5, 10)), ["box_too_small"]),
        (box(at=(math.nan, 0, 1, 1)), ["not_finite"]),
        (box(at=(0, 0, math.inf, 1)), ["not_finite"]),
        (box(at=("0", 0, 1, 1)), ["malformed"]),
        (box(at=(True, 0, 1, 1)), ["malformed"]),
        (box(label="Cow"), ["label_unknown"]),
        (box(Speed=3), ["attribute_unexpected"]),
        ({**box(), "type": "cuboid"}, ["unknown_type"]),
        ({**box(), "uuid": ""}, ["malformed"]),
        (path("polygon", "Road", [(0, 0), (10, 0), (10, 10)]), []),
        (path("polygon", "Road", [(0, 0), (10, 0)]), ["too_few_vertices"]),
        (path("polygon", "Road", [(0, 0), (5, 0), (10, 0)]), ["polygon_flat"]),
        (path("polygon", "Road", [(0, 0), (10, 10), (10, 0), (0, 10)]), ["polygon_crosses"]),
        (path("polygon", "Road", [(0, 0), (10, 0), (10, 10), (5, 0), (0, 10)]), []),  # it touches itself
        (path("line", "Lane", [(0, 0), (10, 10), (10, 0), (0, 10)]), []),  # a line may cross itself
        (path("line", "Lane", [(0, 0)]), ["too_few_vertices"]),
        (point(100.5, 80.5), []),
        (point(100, 81), ["outside"]),
    ],
)
def test_a_shape_is_checked(annotation, expected):
    assert codes(answer(annotation)) == expected


def test_without_a_known_size_only_the_form_of_coordinates_is_checked():
    assert codes(answer(point(1e9, 3)), sizes=[None]) == codes(answer(point(1e9, 3)), sizes=[]) == []


def test_a_geometry_that_is_not_asked_for_is_found():
    assert codes(answer(point(1, 1)), {"geometries": {"box": {"objects_to_annotate": ["Car"]}}}) == ["geometry_unasked"]


def test_too_many_objects_or_corners_are_found_before_anything_else():
    many = [point(1, 1, uuid=str(number)) for number in range(MOST_ANNOTATIONS + 1)]
    corners = [(math.cos(turn), math.sin(turn)) for turn in range(MOST_VERTICES + 1)]

    assert codes(answer(*many)) == ["too_many"]
    assert codes(answer(*many[1:])) == []
    assert codes(answer(path("polygon", "Road", corners))) == ["too_many"]


def test_findings_end_at_a_hundred():
    assert len(codes(answer(*[box(label="Cow", uuid=str(number)) for number in range(500)]))) == 100


@pytest.mark.parametrize(("due", "expected"), [("yes", ["attribute_required"]), ("no", [])])
def test_a_required_attribute_is_due_only_where_its_conditions_hold(due, expected):
    attributes = {
        "Parked": {"choices": ["yes", "no"]},
        "Since": {
            "type": "text",
            "required": True,
            "conditions": {"label_condition": {"label": ["Car"]}, "attribute_conditions": [{"Parked": ["yes"]}]},
        },
    }

    found = codes(answer(box(Parked=due), box(uuid="b", label="Dog")), PARAMS | {"annotation_attributes": attributes})

    assert found == expected


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"geometries": {"cuboid": {"objects_to_annotate": ["Car"]}}}, "geometry_unknown"),
        ({"geometries": {"box": {"objects_to_annotate": []}}}, "labels_missing"),
        ({"geometries": {"box": {"objects_to_annotate": ["Car", "Car"]}}}, "name_twice"),
        ({"geometries": {"line": {"objects_to_annotate": ["Lane"], "max_vertices": 1}}}, "range_empty"),
        (PARAMS | {"annotation_attributes": {"Angle": {"type": "linked"}}}, "unknown_type"),
        (PARAMS | {"annotation_attributes": {"Color": {"choices": []}}}, "choices_missing"),
        (PARAMS | {"annotation_attributes": {"Wheels": {"type": "number", "min": 3, "max": 2}}}, "range_empty"),
    ],
)
def test_params_that_nobody_can_work_on_are_found(params, code):
    assert [finding.code for finding in KIND.check_params(params)] == [code]


def test_a_renamed_label_keeps_its_key_colour_and_hotkey():
    first = KIND.complete_taxonomy({"geometries": {"box": {"objects_to_annotate": ["Dog", "Car"]}}}, {}, {})
    params = {"geometries": {"box": {"objects_to_annotate": ["Vehicle", "Bus"]}}}

    second = KIND.complete_taxonomy(params, first, {"Vehicle": "Car"})

    vehicle, bus = second["labels"]
    assert {**first["labels"][1], "name": "Vehicle", "display": "Vehicle"} == vehicle
    assert bus["key"] not in {label["key"] for label in first["labels"]}
    assert bus["hotkey"] == "1"


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (answer(), answer(), 1),
        (answer(box()), answer(), 0),
        (answer(box()), answer(box(label="Dog")), 0),
        (answer(box()), answer(box(uuid="z")), 1),
        (answer(box(at=(0, 0, 10, 10))), answer(box(at=(5, 0, 10, 10))), 1 / 3),
        (answer(box()), answer(box(), box(uuid="b")), 2 / 3),
        (answer(box(Moving=True)), answer(box(Moving=False)), 0.8),
        (answer(point(10, 10)), answer(point(10, 20)), 0.5),
        (answer(Weather="dry"), answer(Weather="wet"), 0),
    ],
)
def test_likeness_of_known_pairs(a, b, expected):
    assert KIND.compare(a, b) == pytest.approx(expected, abs=1e-6)


def test_compare_matches_for_the_best_sum_not_for_the_best_pair():
    a = answer(box("1", at=(0, 0, 10, 10)), box("2", at=(6, 0, 10, 10)))
    b = answer(box("3", at=(4, 0, 10, 10)), box("4", at=(9, 0, 10, 10)))

    # 2 and 3 are the best pair (8/12), but leave 1 and 4 with next to nothing.
    assert KIND.compare(a, b) == pytest.approx((6 / 14 + 7 / 13) / 2, abs=1e-6)


def test_merge_takes_what_half_have_drawn_and_the_median_of_edges():
    merged, confidence = KIND.merge([
        answer(box("1", at=(10, 10, 20, 20)), box("2", at=(70, 50, 10, 10))),
        answer(box("3", at=(12, 10, 20, 20)), box("4", at=(40, 40, 10, 10))),
        answer(box("5", at=(11, 10, 21, 20)), box("6", label="Dog", at=(70, 50, 10, 10))),
    ])  # fmt: skip

    assert merged == answer(box("1", at=(11, 10, 21, 20)), box("2", at=(70, 50, 10, 10)))
    assert 0.5 < confidence < 0.9


def test_merged_label_and_attributes_are_voted_on():
    cluster = [box("1", Color="red"), box("2", "Dog", Color="blue"), box("3", Color="red"), box("4", Color="blue")]

    assert merge_objects(cluster) == box("1", Color="red")


def test_merge_never_mixes_two_outlines():
    outlines = [[(0, 0), (40, 0), (40, 40)], [(0, 0), (42, 0), (42, 42)], [(0, 0), (50, 0), (50, 50)]]

    merged, _confidence = KIND.merge([answer(path("polygon", "Road", corners)) for corners in outlines])

    assert merged["annotations"][0]["vertices"] == path("polygon", "Road", outlines[1])["vertices"]


def test_merge_gives_two_objects_of_the_same_uuid_different_ones():
    merged, _confidence = KIND.merge([answer(box("same", at=(0, 0, 10, 10))), answer(box("same", at=(50, 50, 10, 10)))])

    assert len({annotation["uuid"] for annotation in merged["annotations"]}) == 2
