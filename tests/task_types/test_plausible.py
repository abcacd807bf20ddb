"""Made-up responses for the test world."""

from itertools import pairwise

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from task_types import registry
from task_types.ordering import check_order
from tests.task_types.orders import GOOD, ONE, PARAMS

every_type = pytest.mark.parametrize("name", registry.ALL_NAMES)
shown = pytest.mark.parametrize("name", registry.NAMES)


@every_type
def test_the_same_task_gets_the_same_response_and_another_one_another(name):
    first = registry.plausible_response(name, GOOD[name], "task-1")

    assert registry.plausible_response(name, GOOD[name], "task-1") == first
    assert orjson.loads(orjson.dumps(first)) == first
    others = [registry.plausible_response(name, GOOD[name], f"task-{number}") for number in range(2, 30)]
    is_fixed = name in {"datacollection", "multistage", "textcollection"}
    assert all(other == first for other in others) == is_fixed


@shown
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_made_up_response_may_be_handed_in(name, data):
    params = data.draw(PARAMS[name])
    seed = data.draw(st.text(max_size=5))
    assert check_order(name, params) == []
    assert registry.can_be_worked_on(name, params)

    response = registry.plausible_response(name, params, seed)

    kind = registry.get(name)
    assert kind.check(response, params, kind.complete_taxonomy(params, {}, {}), []) == []
    assert sum(kind.summarise(response).values()) > 0


def test_no_response_for_what_is_no_type():
    with pytest.raises(KeyError):
        registry.plausible_response("audiotranscription", {}, "1")


def response(name, **params):
    return registry.plausible_response(name, {**GOOD[name], **params}, "task-1")


def keys_of(rows):
    return {frozenset(row) for row in rows}


def test_entities_stand_in_their_text():
    text = GOOD["namedentityrecognition"]["text"]
    for number in range(50):
        found = registry.plausible_response("namedentityrecognition", GOOD["namedentityrecognition"], str(number))
        spans = [(one["start"], one["end"]) for one in found["annotations"]]

        assert spans == sorted(spans)
        assert all(a[1] <= b[0] for a, b in pairwise(spans))
        assert [text[start:end] for start, end in spans] == [one["text"] for one in found["annotations"]]
        assert {one["label"] for one in found["annotations"]} <= {"Person", "Place"}
        ids = {one["id"]: one["label"] for one in found["annotations"]}
        assert all((ids[r["source_ref"]], ids[r["target_ref"]]) == ("Person", "Place") for r in found["relationships"])
    assert response("namedentityrecognition", text="…")["annotations"][0]["text"] == "…"


def test_segments_have_a_colour_an_index_and_a_picture_each():
    found = response("segmentannotation")

    assert {label: one["index"] for label, one in found["labelMapping"].items()} == {"Road": 1, "Sky": 2}
    assert set(found["annotations"]) == {"combined", "labeled", "unlabeled"}
    assert set(found["annotations"]["combined"]) == {"image", "indexedImage", "extendedIndexedImage"}
    assert list(found["annotations"]["labeled"]) == ["Road", "Sky"]


def test_addresses_lead_nowhere():
    for name in ("segmentannotation", "videoannotation", "lidarannotation", "lidarsegmentation"):
        text = orjson.dumps(response(name)).decode()
        assert text.count("https://") == text.count("https://test.plumbline.invalid/")


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("videoannotation", {"annotations"}),
        ("videoplaybackannotation", {"annotations", "events"}),
        ("lidarannotation", {"annotations"}),
        ("lidarsegmentation", {"annotations", "point_segmentations"}),
        ("transcription", {"fields", "rows"}),
        ("datacollection", {"fields"}),
        ("comparison", {"choice"}),
        ("categorization", {"category"}),
        ("chat", {"threads"}),
        ("multistage", {"annotations"}),
    ],
)
def test_a_response_has_its_documented_members(name, keys):
    assert set(response(name)) == keys


def test_fields_are_answered_by_name():
    assert set(response("transcription")["fields"]) == {"title"}
    assert keys_of(response("transcription")["rows"]) == {frozenset({"username"})}
    listed = response("datacollection", fields=[{"field_id": "a"}, "b"])
    assert set(listed["fields"]) == {"a", "b"}


def test_documents_have_a_text_and_a_place_for_each_feature():
    (annotation,) = response("documenttranscription")["annotations"]

    assert set(annotation) == {"uuid", "page", "label", "text", "location", "refs"}
    assert annotation["label"] == "barcode"
    assert set(annotation["location"]) == {"type", "left", "top", "width", "height"}


def test_cuboids_have_their_corners_and_edges():
    for cuboid in response("cuboidannotation")["annotations"]:
        assert len(cuboid["vertices"]) == 8
        assert len({edge["description"] for edge in cuboid["edges"]}) == 12
        assert cuboid["label"] in {"Car", "Truck"}


def test_what_waits_gets_its_documented_shape_too():
    ellipses = {**ONE, "geometries": {"ellipse": {"objects_to_annotate": ["Lamp"]}}}
    found = registry.plausible_response("imageannotation", ellipses, "1")
    assert {(one["type"], one["label"], len(one["vertices"])) for one in found["annotations"]} == {
        ("ellipse", "Lamp", 4)
    }

    questions = {
        "Weather": {"type": "category", "choices": ["wet", "dry"]},
        "Signs": {"type": "category", "choices": ["stop"], "allow_multiple": True},
        "Cars": {"type": "number", "min": 2, "max": 2},
    }
    found = registry.plausible_response("categorization", {**ONE, "taxonomies": questions}, "1")
    assert found["taxonomies"].pop("Weather") in {"wet", "dry"}
    assert found["taxonomies"]["Signs"] == ["stop"]

    dates = [{"type": "date", "field_id": "day"}]
    found = registry.plausible_response("textcollection", {**GOOD["textcollection"], "fields": dates}, "1")
    assert list(found["annotations"]) == ["day"]
