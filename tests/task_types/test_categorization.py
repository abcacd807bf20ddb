import pytest

from task_types import registry

KIND = registry.get("categorization")
ONE = {"categories": ["cat", "dog"]}
SEVERAL = {**ONE, "allow_multiple": True}


@pytest.mark.parametrize(
    ("params", "category", "expected"),
    [
        (ONE, "cat", []),
        (ONE, "cow", ["unknown_choice"]),
        (ONE, "", ["category_missing"]),
        (ONE, ["cat"], ["value_not_choice"]),
        (SEVERAL, ["cat", "dog"], []),
        (SEVERAL, [], ["category_missing"]),
        (SEVERAL, "cat", ["value_not_choices"]),
        (SEVERAL, ["cat", "cat"], ["choice_twice"]),
    ],
)
def test_a_category_is_checked(params, category, expected):
    assert [finding.code for finding in KIND.check({"category": category}, params, {}, [])] == expected


def test_scales_taxonomies_are_refused_rather_than_shown_empty():
    findings = KIND.check_params({"taxonomies": {"kind": {"type": "category", "choices": ["a"]}}})

    assert [finding.code for finding in findings] == ["taxonomies_unsupported"]


def test_merge_takes_the_majority_and_of_a_tie_the_earliest():
    assert KIND.merge([{"category": name} for name in ("dog", "cat", "cat", "cow")]) == ({"category": "cat"}, 0.5)
    assert KIND.merge([{"category": name} for name in ("dog", "cat")]) == ({"category": "dog"}, 0.5)


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ([["a"], ["a", "b"], ["b", "c"]], ["a", "b"]),
        ([["a"], ["b"], ["c"]], ["a"]),
        ([["a"], ["c", "b"], ["b", "c"], ["d"]], ["c", "b"]),
    ],
)
def test_merge_of_several_takes_what_more_than_half_have_chosen(votes, expected):
    merged, _confidence = KIND.merge([{"category": vote} for vote in votes])

    assert merged == {"category": expected}
