import pytest

from task_types import registry
from task_types.values import text_likeness

KIND = registry.get("textcollection")


def field(kind, **more):
    return {"fields": [{"type": kind, "field_id": "it", **more}]}


def answer(kind, *values):
    return {"annotations": {"it": {"type": kind, "field_id": "it", "response": [list(values)]}}}


@pytest.mark.parametrize(
    ("params", "values", "expected"),
    [
        (field("text", required=True), ["x"], []),
        (field("text", required=True), [" \n"], ["value_required"]),
        (field("text", required=True), [], ["value_required"]),
        (field("text"), [], []),
        (field("text"), [3], ["value_not_text"]),
        (field("text"), ["x", "y"], ["value_not_text"]),
        (field("text", max_length=3), ["four"], ["text_too_long"]),
        (field("number"), [3.5], []),
        (field("number"), [True], ["value_not_number"]),
        (field("number", min=0, max=1), [-1], ["number_too_small"]),
        (field("number", min=0, max=1), [2], ["number_too_large"]),
        (field("boolean"), [False], []),
        (field("boolean"), ["no"], ["value_not_boolean"]),
        (field("category", choices=["a", "b"]), ["a"], []),
        (field("category", choices=["a", "b"]), ["a", "b"], ["too_many_choices"]),
        (field("category", choices=["a", "b"], allow_multiple=True), ["a", "b"], []),
        (field("category", choices=["a", "b"], max_choices=2, min_choices=2), ["a"], ["too_few_choices"]),
        (field("category", choices=[{"label": "One", "value": 1}]), ["1"], []),
    ],
)
def test_a_value_is_checked(params, values, expected):
    response = answer(params["fields"][0]["type"], *values)

    assert [finding.code for finding in KIND.check(response, params, {}, [])] == expected


def test_an_answer_of_another_field_is_found():
    response = {"annotations": {"it": {"type": "text", "field_id": "other", "response": [["x"]]}}}

    assert [finding.code for finding in KIND.check(response, field("text"), {}, [])] == ["field_mismatch"]


def test_fields_that_are_there_twice_are_found():
    params = {"fields": field("text")["fields"] * 2}

    assert [finding.code for finding in KIND.check_params(params)] == ["name_twice"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([10, 20, 30], 20),
        ([10, 20], 10),
        ([1.5, 2.5], 2.0),
    ],
)
def test_merge_takes_the_median_of_numbers(given, expected):
    merged, _confidence = KIND.merge([answer("number", value) for value in given])

    assert merged == answer("number", expected)


def test_merge_takes_the_text_that_is_most_like_the_others():
    texts = ["recieved with thanks", "received with thanks", "received with thanks.", "no idea"]

    merged, confidence = KIND.merge([answer("text", text) for text in texts])

    assert merged == answer("text", "received with thanks")
    assert 0.5 < confidence < 1


def test_merge_keeps_a_field_that_at_least_half_have_answered():
    empty: dict[str, dict[str, object]] = {"annotations": {}}

    assert KIND.merge([answer("text", "x"), empty])[0] == answer("text", "x")
    assert KIND.merge([empty, answer("text", "x"), empty])[0] == empty


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("kitten", "sitting", 1 - 3 / 7),
        ("a  b", "a b", 1),
        ("", "x", 0),
        ("word " * 60, "word " * 59 + "other", 1 - 1 / 60),
        ("w " * 2000, "w " * 1500 + "v " * 500, 0.5),
    ],
)
def test_text_likeness_counts_letters_then_words_then_words_in_common(a, b, expected):
    assert text_likeness(a, b) == text_likeness(b, a) == pytest.approx(expected)
