"""How alike two entities are, and which entity of one answer is which of the other."""

from collections.abc import Mapping, Sequence
from typing import Any

from task_types.matching import Pair, match

Object = Mapping[str, Any]


def span_likeness(a: Object, b: Object) -> float:
    """Characters in common ÷ characters in either, in [0, 1]."""
    common: int = min(a["end"], b["end"]) - max(a["start"], b["start"])
    either: int = max(a["end"], b["end"]) - min(a["start"], b["start"])
    return max(0.0, common / either)


def matched(first: Sequence[Object], second: Sequence[Object], *, least: float = 0.0) -> dict[Pair, float]:
    """Matched entities of the same label by their indexes, with the likeness of their places, above `least`."""
    found = {}
    for i, j in _overlapping(first, second):
        if first[i]["label"] == second[j]["label"] and (likeness := span_likeness(first[i], second[j])) > least:
            found[i, j] = likeness
    return {pair: found[pair] for pair in match(found)}


def _overlapping(first: Sequence[Object], second: Sequence[Object]) -> list[Pair]:
    """Pairs with a character in common: a sweep from the text's beginning to its end."""
    starts = sorted(
        [(item["start"], item["end"], 0, index) for index, item in enumerate(first)]
        + [(item["start"], item["end"], 1, index) for index, item in enumerate(second)]
    )
    active: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    pairs: list[Pair] = []
    for start, end, side, index in starts:
        others = active[1 - side]
        others[:] = [other for other in others if other[0] > start]
        pairs += [(index, other) if side == 0 else (other, index) for _end, other in others]
        active[side].append((end, index))
    return pairs
