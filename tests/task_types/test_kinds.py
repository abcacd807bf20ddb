"""What holds for every kind of work."""

import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from task_types import registry
from task_types.finding import Finding
from task_types.single_shape import SHAPES
from task_types.wording import sentence
from tests.task_types.golden import FOLDER, golden, sizes_of
from tests.task_types.responses import RESPONSES

ROOT = Path(__file__).parent.parent.parent
kinds = pytest.mark.parametrize("kind", registry.all_types(), ids=registry.NAMES)


def test_registry_knows_every_folder_and_nothing_else():
    assert set(registry.NAMES) == {
        "categorization",
        "imageannotation",
        "namedentityrecognition",
        "textcollection",
        *SHAPES,
    }
    with pytest.raises(KeyError):
        registry.get("kind")


def test_every_kind_has_a_golden_file():
    assert sorted(path.stem for path in FOLDER.glob("*.json")) == list(registry.NAMES)


@kinds
def test_golden_params_give_the_golden_taxonomy_and_view(kind):
    case = golden(kind.name)

    assert kind.check_params(case["params"]) == []
    assert kind.complete_taxonomy(case["params"], case["taxonomy_before"], case["renames"]) == case["taxonomy"]
    assert kind.worker_view(case["params"], case["taxonomy"]) == case["view"]
    TypeAdapter(kind.view_type).validate_python(case["view"], strict=True, extra="forbid")


@kinds
def test_completing_a_taxonomy_again_changes_nothing(kind):
    case = golden(kind.name)

    assert kind.complete_taxonomy(case["params"], case["taxonomy"], {}) == case["taxonomy"]


@kinds
def test_view_shows_no_address_and_nothing_unknown(kind):
    case = golden(kind.name)
    params = {**case["params"], "callback_url": "https://customer.example/hook", "metadata": {"note": "secret"}}

    view = json.dumps(kind.worker_view(params, case["taxonomy"]))

    assert kind.worker_view(params, case["taxonomy"]) == case["view"]
    assert "customer.example" not in view


@kinds
def test_golden_response_is_taken_and_counted(kind):
    case = golden(kind.name)

    assert kind.check(case["response"], case["params"], case["taxonomy"], sizes_of(case)) == []
    assert kind.summarise(case["response"]) == case["summary"]
    assert kind.summarise(kind.empty) == {}


@kinds
def test_golden_bad_response_has_the_golden_findings_each_with_a_sentence(kind):
    case = golden(kind.name)

    findings = kind.check(case["bad_response"], case["params"], case["taxonomy"], sizes_of(case))

    expected = [Finding(item["code"], item["params"], tuple(item["path"])) for item in case["findings_of_bad_response"]]
    assert findings == expected
    assert all("%(" not in sentence(finding, kind.messages) for finding in findings)


@kinds
@pytest.mark.parametrize("response", [None, [], "x", 7, {"annotations": 3, "category": 3}])
def test_what_is_no_response_at_all_is_a_finding(kind, response):
    case = golden(kind.name)

    findings = kind.check(response, case["params"], case["taxonomy"], sizes_of(case))

    assert findings
    assert all(sentence(finding, kind.messages) for finding in findings)


@kinds
@pytest.mark.parametrize(
    "params", [{}, {"geometries": {}, "fields": [], "categories": []}, {"fields": 3, "geometries": 3}]
)
def test_params_without_work_are_refused(kind, params):
    findings = kind.check_params(params)

    assert findings
    assert all(sentence(finding, kind.messages) for finding in findings)


@kinds
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_responses_of_the_view_are_taken(kind, data):
    case = golden(kind.name)
    response = data.draw(RESPONSES[kind.name](case["view"], sizes_of(case)))

    assert kind.check(response, case["params"], case["taxonomy"], sizes_of(case)) == []


@kinds
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_compare_is_symmetric_and_between_0_and_1(kind, data):
    case = golden(kind.name)
    a, b = (data.draw(RESPONSES[kind.name](case["view"], sizes_of(case))) for _ in range(2))

    likeness = kind.compare(a, b)

    assert 0 <= likeness <= 1
    assert kind.compare(b, a) == likeness
    assert kind.compare(a, a) == kind.compare(b, copy.deepcopy(b)) == 1


@kinds
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_merging_equal_responses_gives_that_response(kind, data):
    case = golden(kind.name)
    response = data.draw(RESPONSES[kind.name](case["view"], sizes_of(case)))

    assert kind.merge([response, copy.deepcopy(response), response]) == (response, 1.0)


@kinds
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_merged_response_may_be_handed_in(kind, data):
    case = golden(kind.name)
    responses = [data.draw(RESPONSES[kind.name](case["view"], sizes_of(case))) for _ in range(3)]
    before = copy.deepcopy(responses)

    merged, confidence = kind.merge(responses)

    assert responses == before
    assert 0 <= confidence <= 1
    findings = kind.check(merged, case["params"], case["taxonomy"], sizes_of(case))
    assert findings == []


@kinds
def test_merging_nothing_is_an_error(kind):
    with pytest.raises(ValueError, match="nothing to merge"):
        kind.merge([])


def test_kinds_of_work_need_no_django():
    code = "import sys; from task_types import registry, schema; registry.all_types(); print('django' in sys.modules)"

    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)

    assert found.stdout.strip() == "False"
