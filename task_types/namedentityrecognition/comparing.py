"""Agreement of two answers."""

import json
import math
from typing import Any

from task_types.kind import Json
from task_types.matching import Pair
from task_types.namedentityrecognition.likeness import matched
from task_types.values import values_likeness

ATTRIBUTES_COUNT = 0.2
"""How much of an entity's likeness its attributes decide; its place decides the rest."""


def compare(a: Json, b: Json) -> float:
    """Twice the likeness of the matched entities and relations ÷ all of them (Dice); entities match within their label.

    A relation is there in both where both of its ends match and its name is the same. Global attributes, where there
    are any, count like one entity. 1 for two empty answers.
    """
    # So that it is symmetric to the last bit.
    a, b = sorted((a, b), key=lambda response: json.dumps(response, sort_keys=True))
    first, second = a.get("annotations", []), b.get("annotations", [])
    pairs = matched(first, second)
    likenesses = [
        place * (1 - ATTRIBUTES_COUNT + ATTRIBUTES_COUNT * _attributes(first[i], second[j]))
        for (i, j), place in pairs.items()
    ]
    likenesses += [1.0] * _common_relations(a, b, pairs)
    count = len(first) + len(second) + len(a.get("relationships", [])) + len(b.get("relationships", []))
    values_a, values_b = a.get("global_attributes") or {}, b.get("global_attributes") or {}
    if values_a or values_b:
        likenesses.append(values_likeness(values_a, values_b))
        count += 2
    return min(1.0, round(2 * math.fsum(likenesses) / count, 9)) if count else 1.0


def _attributes(a: Json, b: Json) -> float:
    return values_likeness(a.get("attributes", {}), b.get("attributes", {}))


def _common_relations(a: Json, b: Json, pairs: dict[Pair, float]) -> int:
    same = {a["annotations"][i]["id"]: b["annotations"][j]["id"] for i, j in pairs}
    ours = {(same.get(source, ""), same.get(target, ""), name) for source, target, name in _relations(a)}
    return len(ours & _relations(b))


def _relations(response: Json) -> set[tuple[Any, Any, Any]]:
    found = response.get("relationships", [])
    return {(one["source_ref"], one["target_ref"], one.get("name", "")) for one in found}
