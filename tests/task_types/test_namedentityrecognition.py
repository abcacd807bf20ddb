"""Entities in texts."""

import copy

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from task_types import registry
from task_types.ordering import check_order
from tests import machine
from tests.task_types.golden import golden

KIND = registry.get("namedentityrecognition")
CASE = golden("namedentityrecognition")


def entity(name, start, end, label="Person", **more):
    return {"id": name, "start": start, "end": end, "text": "x" * (end - start), "label": label, **more}


def answer(*entities, relations=()):
    found = [
        {"id": f"r{at}", "source_ref": source, "target_ref": target, "name": name}
        for at, (source, name, target) in enumerate(relations)
    ]
    return {"annotations": list(entities), "relationships": found}


def codes(response, params):
    return [finding.code for finding in KIND.check(response, params, {}, [])]


@given(data=st.data())
def test_offsets_count_code_points_whatever_the_script(data):
    text = data.draw(st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    params = {"text": text, "labels": ["Person"]}
    found = {"id": "a", "start": start, "end": end, "text": text[start:end], "label": "Person"}

    assert codes({"annotations": [found]}, params) == []
    assert codes({"annotations": [{**found, "end": len(text) + 1}]}, params) == ["offsets_outside"]
    assert codes({"annotations": [{**found, "text": found["text"] + "x"}]}, params) == ["text_differs"]


def test_offsets_in_units_of_utf_16_are_found_out():
    params = {"text": "\U0001f680 Ada", "labels": ["Person"]}

    found = {"id": "a", "start": 3, "end": 6, "text": "Ada", "label": "Person"}

    assert codes({"annotations": [found]}, params) == ["offsets_outside"]


@pytest.mark.parametrize("path", machine.real_files("text/ner_*.jsonl"), ids=lambda path: path.stem)
def test_the_truth_of_real_texts_may_be_handed_in(path):
    for row in map(orjson.loads, path.read_bytes().splitlines()):
        text = row["text"]
        params = {"text": text, "labels": sorted({one["label"] for one in row["spans"]}) or ["None"]}
        found = [{"id": str(at), **one, "text": text[one["start"] : one["end"]]} for at, one in enumerate(row["spans"])]
        assert codes({"annotations": found}, params) == []


def test_labels_are_taken_in_all_their_spellings():
    labels = ["Person", {"name": "Place", "description": "Where"}, {"choice": "Works", "subchoices": ["Book", "Film"]}]

    view = KIND.worker_view({"text": "x", "labels": labels}, {})

    assert [(one["name"], one["description"], one["hotkey"]) for one in view["labels"]] == [
        ("Person", "", "1"),
        ("Place", "Where", "2"),
        ("Book", "", "3"),
        ("Film", "", "4"),
    ]


@pytest.mark.parametrize(
    "params",
    [
        {"relationships": "all"},
        {"relationships": [{"name": "in", "source_label": "Person", "target_label": "Town"}]},
        {"labels": [{"name": "Person", "attributes": ["Named"]}]},
        {"annotation_attributes": {"Since": {"type": "date"}}},
    ],
)
def test_what_cannot_be_shown_yet_waits(params):
    order = {"text": "Ada", "labels": ["Person", "Place"], **params}

    assert check_order("namedentityrecognition", order) == []
    assert not registry.can_be_worked_on("namedentityrecognition", order)


def test_a_label_twice_is_refused():
    [finding] = check_order("namedentityrecognition", {"text": "Ada", "labels": ["Person", {"name": "Person"}]})

    assert finding.params["problem"] == "“Person” is there twice."


def test_an_undirected_relation_may_stand_either_way_a_directed_one_may_not():
    params = {"text": "x" * 9, "labels": ["Person", "Place"]}
    relation = {"name": "at", "source_label": "Person", "target_label": "Place"}
    turned = answer(entity("a", 0, 3), entity("b", 4, 6, "Place"), relations=[("b", "at", "a")])

    assert codes(turned, {**params, "relationships": [relation]}) == ["relation_unasked"]
    assert codes(turned, {**params, "relationships": [{**relation, "is_directed": False}]}) == []


@pytest.mark.parametrize(
    ("other", "likeness"),
    [
        (answer(entity("b", 0, 10)), 1.0),
        (answer(entity("b", 0, 5)), 0.5),
        (answer(entity("b", 0, 10, "Place")), 0.0),
        (answer(entity("b", 0, 10), entity("c", 2, 4)), 0.666666667),
        (answer(), 0.0),
    ],
)
def test_answers_are_alike_as_far_as_their_passages_overlap(other, likeness):
    assert KIND.compare(answer(entity("a", 0, 10)), other) == likeness


def test_relations_count_where_their_ends_are_the_same():
    ends = [entity("a", 0, 2), entity("b", 4, 6)]
    related = answer(*ends, relations=[("a", "knows", "b")])
    same = answer(*[{**one, "id": one["id"] * 2} for one in ends], relations=[("aa", "knows", "bb")])

    assert KIND.compare(related, same) == 1
    assert KIND.compare(related, answer(*ends)) == 0.8


def test_the_passage_that_most_have_marked_is_kept_with_its_relations():
    answers = [
        answer(entity("a", 0, 5), entity("b", 8, 12, "Place"), relations=[("a", "in", "b")]),
        answer(entity("c", 0, 4), entity("d", 8, 12, "Place"), entity("e", 20, 22), relations=[("c", "in", "d")]),
        answer(entity("b", 0, 4), entity("a", 8, 12, "Place")),
    ]
    before = copy.deepcopy(answers)

    merged, confidence = KIND.merge(answers)

    assert answers == before
    assert [(one["id"], one["start"], one["end"], one["label"]) for one in merged["annotations"]] == [
        ("a", 0, 4, "Person"),
        ("b", 8, 12, "Place"),
    ]
    assert merged["relationships"] == [{"id": "r0", "source_ref": "a", "target_ref": "b", "name": "in"}]
    assert 0.5 < confidence < 1


def test_what_is_asked_of_one_label_is_asked_of_no_other():
    attributes = {one["key"]: one["labels"] for one in KIND.worker_view(CASE["params"], CASE["taxonomy"])["attributes"]}

    assert attributes == {"Tone": None, "Named": None, "Sector": ["Organisation"]}
