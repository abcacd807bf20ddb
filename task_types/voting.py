"""One value out of several people's: by majority, median or the one most like the others. Ties go to the earliest."""

import statistics
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from copy import deepcopy
from typing import Any, TypeVar

from task_types.values import likeness

T = TypeVar("T")
H = TypeVar("H", bound=Hashable)


def majority(votes: Sequence[H]) -> H:
    """The most frequent vote; of equally frequent ones the one that came first. Raises ValueError for none."""
    if not votes:
        raise ValueError("no votes")
    return Counter(votes).most_common(1)[0][0]


def majority_of_sets(votes: Sequence[Sequence[str]]) -> list[str]:
    """What more than half have chosen, in the order of the first mention; if that is nothing, the commonest set."""
    counts = Counter(choice for vote in votes for choice in vote)
    chosen = [choice for choice, count in counts.items() if 2 * count > len(votes)]
    if chosen:
        return chosen
    common = majority([tuple(sorted(vote)) for vote in votes])
    return list(next(vote for vote in votes if tuple(sorted(vote)) == common))


def medoid(items: Sequence[T], similarity: Callable[[T, T], float]) -> T:
    """The item that is most like all others; the earliest of equals."""
    if len(items) <= 2:
        return items[0]
    scores = [sum(similarity(one, other) for other in items) for one in items]
    return items[scores.index(max(scores))]


def median(numbers: Sequence[float]) -> float:
    """Whole numbers stay whole: of an even count the lower middle one."""
    if all(isinstance(number, int) for number in numbers):
        return statistics.median_low(numbers)
    return statistics.median(numbers)


def merge_value(values: Sequence[Any]) -> Any:
    """Numbers by median, sets by majority, texts by medoid (never mixed), everything else by majority."""
    first = values[0]
    if all(value == first and type(value) is type(first) for value in values):
        return deepcopy(first)
    if all(isinstance(value, bool) for value in values):
        return majority(values)
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return median(values)
    if all(isinstance(value, list) and all(isinstance(item, str) for item in value) for value in values):
        return majority_of_sets(values)
    return deepcopy(medoid(values, likeness))


def merge_choice(values: Sequence[Any]) -> Any:
    """As merge_value, but single choices are voted on: they are names, not texts."""
    if all(isinstance(value, str) for value in values):
        return majority(values)
    return merge_value(values)


def merge_values(
    rows: Sequence[Mapping[str, Any]], merge: Callable[[Sequence[Any]], Any] = merge_choice
) -> dict[str, Any]:
    """Name by name; a name is kept when at least half of the rows have it, in the order of the first mention."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    merged = {}
    for name in names:
        values = [row[name] for row in rows if name in row]
        if 2 * len(values) >= len(rows):
            merged[name] = merge(values)
    return merged
