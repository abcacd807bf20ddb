import json
from pathlib import Path

import pytest

from leaving.label_studio import configuration, tasks
from leaving.label_studio.answers import answer
from projects.contents import NotTakenError

EXPORTS = Path(__file__).parent / "label_studio"
STREET = configuration.plan((EXPORTS / "street.xml").read_bytes())
MAIL = configuration.plan((EXPORTS / "mail.xml").read_bytes())
FORM = configuration.plan((EXPORTS / "form.xml").read_bytes())


def box(key="a", **more):
    value = {"x": 10, "y": 20, "width": 30, "height": 40, "rotation": 0, "rectanglelabels": ["Car"]} | more
    return region("rectanglelabels", "box", value, id=key)


def region(kind, name, value, **more):
    return {
        "id": "a", "type": kind, "from_name": name, "to_name": "image", "value": value, "original_width": 200,
        "original_height": 100, "image_rotation": 0, **more,
    }  # fmt: skip


def said(found):
    return [(one.code, one.result.get("id")) for one in found.left]


def read(results, plan=STREET):
    return answer(plan, results, plan.params)


def test_per_cent_become_pixels_of_the_original():
    found = read([box()])

    assert found.left == []
    assert found.response == {
        "annotations": [
            {
                "uuid": "a", "type": "box", "label": "Car", "attributes": {}, "left": 20, "top": 20, "width": 60,
                "height": 40,
            }
        ],
        "global_attributes": {},
        "links": [],
    }  # fmt: skip


def test_a_value_of_a_region_goes_to_its_region_wherever_it_stands():
    hidden = region("choices", "hidden", {"choices": ["yes"]}, id="b")

    found = read([hidden, box("a"), box("b")])

    assert [one["attributes"] for one in found.response["annotations"]] == [{}, {"hidden": "yes"}]
    assert said(read([hidden])) == [("region_missing", "b")]


def test_a_turned_box_comes_as_the_one_around_it_and_is_kept():
    # A quarter turn about its top left corner, clockwise: 60 × 40 pixels lie to the left of the corner now.
    found = read([box(x=50, rotation=90)])

    (only,) = found.response["annotations"]
    assert [round(only[side], 6) for side in ("left", "top", "width", "height")] == [60, 20, 40, 60]
    assert said(found) == [("box_turned", "a")]


@pytest.mark.parametrize(
    ("result", "code"),
    [
        ({"type": "relation", "from_id": "a", "to_id": "b", "id": "x"}, "relation"),
        (region("brushlabels", "mask", {"rle": [1]}, id="x"), "tag_unsupported"),
        (region("choices", "unheard", {"choices": ["a"]}, id="x"), "control_unknown"),
        (region("rectanglelabels", "box", None, id="x"), "unreadable"),
        (box("x", width="wide"), "unreadable"),
        (box("x", x=float("nan")), "unreadable"),
        (box("x") | {"original_width": None}, "size_missing"),
        (box("x") | {"image_rotation": 90}, "picture_turned"),
        (box("a"), "id_twice"),
        (box("x", rectanglelabels=["Car", "truck"]), "more_labels"),
        (box("x", rectanglelabels=["Tram"]), "refused"),
        (box("x", rectanglelabels=[]), "refused"),
        (box("x", width=0), "refused"),
        (box("x", x=90), "refused"),
        (region("polygonlabels", "area", {"points": [[0, 0], [9, 9]], "polygonlabels": ["Lane"]}, id="x"), "refused"),
        (region("polygonlabels", "area", {"points": [0, 9], "polygonlabels": ["Lane"]}, id="x"), "unreadable"),
        (region("choices", "weather", {"choices": ["snow"]}, id="x"), "refused"),
        (region("rating", "sharp", {"rating": 6}, id="x"), "refused"),
        (region("rating", "sharp", {}, id="x"), "unreadable"),
    ],
)
def test_what_cannot_be_taken_over_is_said_and_the_rest_comes(result, code):
    found = read([box("a"), result])

    assert said(found) == [(code, result["id"])]
    assert found.left[0].result == result
    assert found.response["annotations"][0]["uuid"] == "a"


def test_a_refused_attribute_leaves_its_region():
    hidden = region("choices", "hidden", {"choices": ["perhaps"]})

    found = read([box("a"), hidden])

    assert [one["attributes"] for one in found.response["annotations"]] == [{}]
    assert found.left[0].result == hidden


def test_a_refused_region_takes_its_values_with_it_into_what_is_kept():
    hidden = region("choices", "hidden", {"choices": ["yes"]})

    found = read([box("a", width=0), hidden])

    assert [one.result for one in found.left] == [box("a", width=0), hidden]
    assert found.response is None


def test_hundreds_of_wrong_regions_are_all_said():
    rows = [box(f"{number}", width=0) for number in range(350)] + [box("good")]

    found = read(rows)

    assert len(found.left) == 350
    assert [one["uuid"] for one in found.response["annotations"]] == ["good"]


@pytest.mark.parametrize("results", [None, 7, "text", [], [7, None]])
def test_a_picture_without_results_is_an_empty_answer_and_a_question_without_one_is_none(results):
    assert read(results).response == {"annotations": [], "global_attributes": {}, "links": []}
    assert read(results, MAIL).response is None
    assert read(results, FORM).response is None


def test_a_region_of_plain_shapes_has_its_label_from_beside_it():
    plan = configuration.plan(
        b'<View><Image name="image" value="$image"/><Rectangle name="r" toName="image"/>'
        b'<Labels name="l" toName="image"><Label value="Car"/></Labels></View>'
    )
    value = {"x": 10, "y": 20, "width": 30, "height": 40}
    rows = [region("rectangle", "r", value), region("labels", "l", {**value, "labels": ["Car"]})]

    found = answer(plan, rows, plan.params)

    assert [(one["label"], one["left"]) for one in found.response["annotations"]] == [("Car", 20)]
    assert found.left == []


def one(name):
    return {"type": "choices", "from_name": name, "value": {"choices": ["cross"]}}


def test_required_fields_may_be_missing_in_old_annotations():
    found = read([one("tone")], FORM)

    assert found.response == {
        "annotations": {"tone": {"type": "category", "field_id": "tone", "response": [["cross"]]}}
    }
    assert found.left == []


def task(**more):
    return {"id": 7, "project": 2, "data": {"text": "Where is my card?"}, "annotations": [], "predictions": []} | more


def annotation(choice, **more):
    return {"id": 1, "result": [{"type": "choices", "from_name": "topic", "value": {"choices": [choice]}}], **more}


def test_the_newest_annotation_counts_and_ground_truth_before_it():
    rows = [
        annotation("card", id=1, updated_at="2026-01-03"),
        annotation("transfer", id=2, updated_at="2026-01-01", ground_truth=True),
        annotation("complaint", id=3, updated_at="2026-01-02"),
        annotation("card", id=4, updated_at="2026-01-09", was_cancelled=True),
    ]

    read = tasks.read(task(annotations=rows), MAIL, MAIL.params)

    assert read.answers == ({"category": ["complaint"]}, {"category": ["card"]}, {"category": ["transfer"]})
    assert [one["id"] for one in read.metadata["label_studio"]["annotations"]] == [1, 2, 3, 4]


def test_predictions_become_a_hypothesis_or_are_said():
    found = tasks.read(task(predictions=[annotation("card")]), MAIL, MAIL.params)
    ids = tasks.read(task(predictions=[5]), MAIL, MAIL.params)
    wrong = tasks.read(task(predictions=[annotation("cheque")]), MAIL, MAIL.params)

    assert found.params["hypothesis"] == {"category": ["card"]}
    assert (found.answers, found.remarks) == ((), ())
    assert [one.code for one in ids.remarks] == ["prediction_is_an_id"]
    assert [one.code for one in wrong.remarks] == ["prediction_not_taken", "refused"]
    assert wrong.metadata["label_studio"]["kept"][0]["value"] == {"choices": ["cheque"]}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (7, "not_a_task"), (None, "not_a_task"), ({"id": 1, "text": "x", "sentiment": "good"}, "not_a_task"),
        ({"data": {"text": "x"}}, "id_missing"), ({"id": [1], "data": {"text": "x"}}, "id_missing"),
        ({"id": 1, "data": {}}, "data_missing"), ({"id": 1, "data": {"text": " "}}, "data_missing"),
        ({"id": 1, "data": {"text": ["x"]}}, "data_missing"),
        ({"id": 1, "data": {"text": "x" * 1_000_001}}, "text_too_long"),
        ({"id": 1, "data": {"text": "x", "more": "y" * 64_000}}, "metadata_too_large"),
    ],
)  # fmt: skip
def test_what_makes_no_task_has_a_reason(value, code):
    with pytest.raises(NotTakenError) as refused:
        tasks.read(value, MAIL, MAIL.params)

    assert refused.value.code == code


def test_what_is_too_large_to_keep_is_said():
    mask = region("brushlabels", "mask", {"rle": [1] * 40_000})
    value = {"id": 1, "data": {"image": "a.png"}, "annotations": [{"id": 1, "result": [box("a"), mask]}]}

    found = tasks.read(value, STREET, STREET.params)

    assert [one.code for one in found.remarks] == ["tag_unsupported", "kept_too_large"]
    assert "kept" not in found.metadata["label_studio"]


def test_every_kept_result_of_the_export_stands_in_the_metadata_as_it_was():
    first = json.loads((EXPORTS / "street.json").read_bytes())[0]

    kept = tasks.read(first, STREET, STREET.params).metadata["label_studio"]["kept"]

    wanted = [
        one for one in first["annotations"][0]["result"] if one["type"] in {"ellipselabels", "brushlabels", "relation"}
    ]
    assert [{name: value for name, value in one.items() if name != "annotation"} for one in kept] == wanted
    assert {one["annotation"] for one in kept} == {1}
