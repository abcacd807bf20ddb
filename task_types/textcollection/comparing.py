"""Agreement of two answers."""

from typing import Any

from task_types.kind import Json
from task_types.values import likeness


def values_of(response: Json) -> dict[str, list[Any]]:
    """Field by field the values that were given; fields left empty are not there."""
    found = {}
    for field_id, answer in response.get("annotations", {}).items():
        values = answer.get("response") or [[]]
        if values[0]:
            found[field_id] = list(values[0])
    return found


def compare(a: Json, b: Json) -> float:
    """The mean over all fields that either has answered; 1 when none is answered."""
    first, second = values_of(a), values_of(b)
    names = sorted(first.keys() | second.keys())
    if not names:
        return 1.0
    return sum(_field(first.get(name, []), second.get(name, [])) for name in names) / len(names)


def _field(a: list[Any], b: list[Any]) -> float:
    # One value each: numbers and texts may be nearly alike. Several are a set.
    if len(a) == len(b) == 1:
        return likeness(a[0], b[0])
    return likeness(a, b)
