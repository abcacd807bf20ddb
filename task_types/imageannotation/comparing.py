"""Agreement of two answers."""

import json
import math
from typing import Any

from task_types.imageannotation.likeness import attribute_likeness, matched
from task_types.kind import Json
from task_types.values import values_likeness

ATTRIBUTES_COUNT = 0.2
"""How much of an object's likeness its attributes decide; its shape decides the rest."""


def compare(a: Json, b: Json) -> float:
    """Twice the likeness of the matched objects ÷ all objects (Dice); objects match within label and geometry.

    Global attributes, where there are any, count like one object. 1 for two empty answers.
    """
    a, b = sorted(
        (a, b), key=lambda response: json.dumps(response, sort_keys=True)
    )  # so that it is symmetric to the last bit
    first, second = a.get("annotations", []), b.get("annotations", [])
    likenesses = [
        shape * (1 - ATTRIBUTES_COUNT + ATTRIBUTES_COUNT * attribute_likeness(first[i], second[j]))
        for (i, j), shape in matched(first, second, same_label=True).items()
    ]
    objects = len(first) + len(second)
    values_a, values_b = _values(a), _values(b)
    if values_a or values_b:
        likenesses.append(values_likeness(values_a, values_b))
        objects += 2
    return min(1.0, round(2 * math.fsum(likenesses) / objects, 9)) if objects else 1.0


def _values(response: Json) -> dict[str, Any]:
    return response.get("global_attributes") or {}
