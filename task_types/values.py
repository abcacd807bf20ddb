"""Values that a person fills in: attributes of objects and fields of forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from task_types.finding import Finding, FindingPath
from task_types.labels import first_twice

TYPES = frozenset({"category", "number", "text", "boolean"})
TEXT_CHARACTERS = 100_000
LETTERS_AT_MOST = 200
WORDS_AT_MOST = 1000


@dataclass(frozen=True)
class Asked:
    """One value that is asked for, whatever params it came from."""

    name: str
    type: str
    choices: tuple[str, ...] = ()
    allow_multiple: bool = False
    required: bool = False
    min: float | None = None
    max: float | None = None
    max_length: int | None = None
    min_choices: int | None = None
    max_choices: int | None = None


def check_asked(asked: Asked, path: FindingPath) -> list[Finding]:
    """Whether what is asked for makes sense."""
    name = {"name": asked.name}
    if asked.type not in TYPES:
        return [Finding("unknown_type", name, (*path, "type"))]
    if asked.type == "category" and not asked.choices:
        return [Finding("choices_missing", name, (*path, "choices"))]
    if (twice := first_twice(asked.choices)) is not None:
        return [Finding("name_twice", {"name": twice}, (*path, "choices"))]
    limits = ((asked.min, asked.max), (asked.min_choices, asked.max_choices))
    if any(low is not None and high is not None and low > high for low, high in limits):
        return [Finding("range_empty", name, path)]
    return []


def without_nulls(params: Mapping[str, Any]) -> dict[str, Any]:
    """Null is as good as absent wherever params are read."""
    return {key: value for key, value in params.items() if value is not None}


def is_blank(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def check_value(asked: Asked, value: Any, path: FindingPath) -> list[Finding]:
    """What is wrong with a value that is there."""
    match asked.type:
        case "category" if asked.allow_multiple:
            problems = _choices(asked, value)
        case "category":
            problems = _choice(asked, value)
        case "number":
            problems = _number(asked, value)
        case "boolean":
            problems = [] if isinstance(value, bool) else [("value_not_boolean", {})]
        case _:
            problems = _text(asked, value)
    return [Finding(code, {"name": asked.name, **params}, path) for code, params in problems]


Problems = list[tuple[str, dict[str, Any]]]


def _choice(asked: Asked, value: Any) -> Problems:
    if not isinstance(value, str):
        return [("value_not_choice", {})]
    return [] if value in asked.choices else [("unknown_choice", {"value": value[:100]})]


def _choices(asked: Asked, value: Any) -> Problems:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return [("value_not_choices", {})]
    known = set(asked.choices)
    problems: Problems = [("unknown_choice", {"value": item[:100]}) for item in value if item not in known]
    if (twice := first_twice(value)) is not None:
        problems.append(("choice_twice", {"value": twice[:100]}))
    if asked.min_choices is not None and len(value) < asked.min_choices:
        problems.append(("too_few_choices", {"min": asked.min_choices}))
    if asked.max_choices is not None and len(value) > asked.max_choices:
        problems.append(("too_many_choices", {"max": asked.max_choices}))
    return problems[:10]


def _number(asked: Asked, value: Any) -> Problems:
    # bool is an int in Python; NaN is the one number that is not equal to itself.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return [("value_not_number", {})]
    if not -1e300 < value < 1e300:
        return [("not_finite", {})]
    if asked.min is not None and value < asked.min:
        return [("number_too_small", {"min": asked.min})]
    if asked.max is not None and value > asked.max:
        return [("number_too_large", {"max": asked.max})]
    return []


def _text(asked: Asked, value: Any) -> Problems:
    if not isinstance(value, str):
        return [("value_not_text", {})]
    longest = min(asked.max_length or TEXT_CHARACTERS, TEXT_CHARACTERS)
    return [("text_too_long", {"max": longest})] if len(value) > longest else []


def likeness(a: Any, b: Any) -> float:
    """How alike two values are, in [0, 1]: sets by Jaccard, numbers relatively, texts by edit distance."""
    if type(a) is type(b) and a == b:
        return 1.0
    if isinstance(a, list) and isinstance(b, list):
        return _overlap(a, b)
    if isinstance(a, str) and isinstance(b, str):
        return text_likeness(a, b)
    if _is_number(a) and _is_number(b):
        return max(0.0, 1 - abs(a - b) / max(abs(a), abs(b))) if a != b else 1.0
    return 0.0


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _overlap(a: list[Any], b: list[Any]) -> float:
    first, second = {repr(item) for item in a}, {repr(item) for item in b}
    return len(first & second) / len(first | second) if first | second else 1.0


def text_likeness(a: str, b: str) -> float:
    """1 − edit distance ÷ the longer text, after white space: in letters when short, in words when long.

    Beyond a thousand words the share of words in common stands in for it: the distance costs their product.
    """
    a, b = " ".join(a.split()), " ".join(b.split())
    if a == b:
        return 1.0
    if max(len(a), len(b)) <= LETTERS_AT_MOST:
        return _edit_likeness(list(a), list(b))
    words_a, words_b = a.split(), b.split()
    if max(len(words_a), len(words_b)) <= WORDS_AT_MOST:
        return _edit_likeness(words_a, words_b)
    return _overlap(list(words_a), list(words_b))


def _edit_likeness(a: list[str], b: list[str]) -> float:
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, start=1):
        before, row[0] = row[0], i
        for j, right in enumerate(b, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
    return 1 - row[-1] / max(len(a), len(b))


def values_likeness(a: Mapping[str, Any], b: Mapping[str, Any]) -> float:
    """The mean over all names in either; a value that one of them lacks counts 0. 1 when there are none."""
    names = sorted(a.keys() | b.keys())
    if not names:
        return 1.0
    missing = object()
    return sum(likeness(a.get(name, missing), b.get(name, missing)) for name in names) / len(names)
