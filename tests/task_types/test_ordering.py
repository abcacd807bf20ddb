"""What an order has to say, for all of Scale's types."""

from importlib import import_module

import pytest

from task_types import registry
from task_types.finding import Finding
from task_types.ordering import check_given, check_order, sentence
from tests.task_types.orders import GOOD, ONE, URL

every_type = pytest.mark.parametrize("name", registry.ALL_NAMES)


def said(name, params):
    return [sentence(finding) for finding in check_order(name, params)]


def test_all_types_of_the_client_can_be_ordered_and_no_others():
    assert set(registry.ALL_NAMES) == {one.value for one in import_module("scaleapi.tasks").TaskType}
    assert set(registry.NAMES) < set(registry.ALL_NAMES)
    with pytest.raises(KeyError):
        check_order("audiotranscription", {})


@every_type
def test_a_good_order_is_taken_with_whatever_else_it_says(name):
    more = {"instruction": "Look.", "force": True, "title": None, "context_attachments": 7}

    assert check_order(name, GOOD[name]) == []
    assert check_order(name, {**more, **GOOD[name]}) == []


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("annotation", ["attachment", "objects_to_annotate"]),
        ("cuboidannotation", ["attachment", "objects_to_annotate"]),
        ("datacollection", ["attachment", "fields"]),
        ("documenttranscription", ["attachment", "features"]),
        ("imageannotation", ["attachment", "geometries"]),
        ("lidarannotation", ["attachments", "labels"]),
        ("lidarlinking", ["lidar_task"]),
        ("lineannotation", ["attachment", "objects_to_annotate"]),
        ("namedentityrecognition", ["text", "labels"]),
        ("pointannotation", ["attachment", "objects_to_annotate"]),
        ("polygonannotation", ["attachment", "objects_to_annotate"]),
        ("segmentannotation", ["attachment", "labels"]),
        ("textcollection", ["attachments", "fields"]),
        ("videoannotation", ["attachment", "geometries"]),
        ("videoplaybackannotation", ["attachment", "geometries"]),
    ],
)
def test_an_empty_order_says_everything_that_is_missing(name, missing):
    assert said(name, {"instruction": "Look."}) == [
        f'Parameter is invalid, reason: "{one}" is required' for one in missing
    ]


@pytest.mark.parametrize(
    ("name", "second"),
    [
        ("categorization", 'one of "categories", "taxonomies" is required'),
        ("comparison", 'one of "choices", "fields" is required'),
        ("transcription", 'one of "fields", "repeatable_fields" is required'),
        ("sensorfusion", 'one of "labels", "geometries" is required'),
        ("videoboxannotation", 'one of "objects_to_annotate", "geometries" is required'),
        ("laneannotation", 'one of "labels", "objects_to_annotate", "geometries" is required'),
    ],
)
def test_where_one_of_several_is_enough_all_are_named(name, second):
    assert said(name, {"attachments": [URL, URL][: 2 if name == "comparison" else 1]}) == [
        f"Parameter is invalid, reason: {second}"
    ]


@every_type
def test_each_required_parameter_is_missed_when_it_is_null(name):
    good = GOOD[name]

    for key in good:
        alone = {**good, key: None}
        assert check_order(name, alone) == check_order(name, {k: v for k, v in good.items() if k != key})


BOX = {"objects_to_annotate": ["Car"]}


@pytest.mark.parametrize(
    ("name", "params", "reason"),
    [
        ("imageannotation", {"attachment": 3}, '"attachment" must be a string that is not empty'),
        ("imageannotation", {"attachment": " "}, '"attachment" must be a string that is not empty'),
        (
            "imageannotation",
            {"attachment": None, "attachments": [URL, URL]},
            '"attachments" must hold one attachment for this type of task',
        ),
        ("imageannotation", {"geometries": []}, '"geometries" must be an object with at least one geometry'),
        ("imageannotation", {"geometries": {"star": BOX}}, '"geometries.star" is not a geometry'),
        ("imageannotation", {"geometries": {"box": 3}}, '"geometries.box" must be an object'),
        ("imageannotation", {"geometries": {"box": {}}}, '"geometries.box.objects_to_annotate" is required'),
        (
            "imageannotation",
            {"geometries": {"box": {"objects_to_annotate": "Car"}}},
            '"geometries.box.objects_to_annotate" must be a list of labels',
        ),
        (
            "imageannotation",
            {"geometries": {"box": {"objects_to_annotate": ["Car", {"choice": "A", "subchoices": ["B", 3]}]}}},
            '"geometries.box.objects_to_annotate.1.subchoices.1" must be a label',
        ),
        (
            "imageannotation",
            {"geometries": {"box": {**BOX, "min_width": "wide"}}},
            '"geometries.box.min_width" must be a number',
        ),
        (
            "imageannotation",
            {"geometries": {"box": {"objects_to_annotate": ["Car", "Car"]}}},
            '"geometries.box.objects_to_annotate" is wrong: “Car” is there twice.',
        ),
        (
            "imageannotation",
            {"annotation_attributes": {"Age": {"type": "number", "min": 5, "max": 1}}},
            '"annotation_attributes.Age" is wrong: “Age” has a minimum above its maximum.',
        ),
        ("imageannotation", {"annotation_attributes": {"Age": 3}}, '"annotation_attributes.Age" must be an object'),
        ("annotation", {"min_width": "thirty"}, '"min_width" must be a number'),
        ("annotation", {"objects_to_annotate": []}, '"objects_to_annotate" must be a list of labels'),
        ("annotation", {"attachment_type": 3}, '"attachment_type" must be a string that is not empty'),
        ("categorization", {"allow_multiple": "perhaps"}, '"allow_multiple" must be true or false'),
        ("categorization", {"categories": ["a", {"display": "B"}]}, '"categories.1.choice" is required'),
        ("categorization", {"taxonomies": {}}, '"taxonomies" must be an object with at least one entry'),
        ("comparison", {"attachments": [URL]}, '"attachments" must hold at least two attachments'),
        ("textcollection", {"attachments": URL}, '"attachments" must be a list of attachments'),
        ("textcollection", {"attachments": [URL]}, '"attachments.0" must be an object'),
        ("textcollection", {"attachments": [{"type": "image"}]}, '"attachments.0.content" is required'),
        ("textcollection", {"fields": {"a": "b"}}, '"fields" must be a list of fields'),
        ("textcollection", {"fields": [{"type": "text"}]}, '"fields.0.field_id" is required'),
        ("textcollection", {"fields": ["caption"]}, '"fields.0" must be an object'),
        ("transcription", {"fields": "title"}, '"fields" must be an object with at least one entry'),
        ("namedentityrecognition", {"text": 3}, '"text" must be a string that is not empty'),
        ("namedentityrecognition", {"labels": [{"description": "x"}]}, '"labels.0.name" is required'),
        ("namedentityrecognition", {"labels": [3]}, '"labels.0" must be a label'),
        ("documenttranscription", {"features": ["barcode"]}, '"features.0" must be an object'),
        ("documenttranscription", {"features": [{"type": "block"}]}, '"features.0.label" is required'),
        ("documenttranscription", {"features": "barcode"}, '"features" must be a list of features'),
        ("lidarannotation", {"attachments": []}, '"attachments" must be a list of attachments'),
        ("lidarannotation", {"attachments": [7]}, '"attachments.0" must be a string that is not empty'),
        ("videoannotation", {"frame_rate": "fast"}, '"frame_rate" must be a number'),
        ("chat", {"template_variables": []}, '"template_variables" must be an object'),
        ("segmentannotation", {"labels": {}}, '"labels" must be a list of labels'),
    ],
)
def test_what_has_another_form_is_named(name, params, reason):
    assert said(name, {**GOOD[name], **params}) == [f"Parameter is invalid, reason: {reason}"]


def test_what_cannot_be_worked_on_as_yet_is_ordered_all_the_same():
    ellipses = {**ONE, "geometries": {"ellipse": {"objects_to_annotate": ["Lamp"]}}}
    questions = {**ONE, "taxonomies": {"Weather": {"type": "category", "choices": ["wet", "dry"]}}}
    dates = {**GOOD["textcollection"], "fields": [{"type": "date", "field_id": "day"}]}

    for name, params in (("imageannotation", ellipses), ("categorization", questions), ("textcollection", dates)):
        assert check_order(name, params) == []
        assert not registry.can_be_worked_on(name, params)
        assert registry.can_be_worked_on(name, GOOD[name])


def test_a_project_may_leave_to_its_tasks_what_it_does_not_say_itself():
    assert check_given("imageannotation", {}) == []
    assert check_given("imageannotation", {"annotation_attributes": {}}) == []
    assert check_given("imageannotation", {"geometries": {"box": {}}}) == [
        Finding(
            "order_missing",
            {"name": "geometries.box.objects_to_annotate"},
            ("geometries", "box", "objects_to_annotate"),
        )
    ]


@every_type
@pytest.mark.parametrize("junk", [0, True, "x", [], [None], {}, {"a": None}, [[]], [{"choice": []}], 1e308])
def test_junk_is_a_finding_or_taken_but_never_an_error(name, junk):
    for key in (*GOOD[name], "geometries", "labels", "fields", "annotation_attributes", "taxonomies"):
        for finding in check_order(name, {**GOOD[name], key: junk}):
            assert "%(" not in sentence(finding)
            assert f'"{key}' in sentence(finding)
