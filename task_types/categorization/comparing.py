"""Agreement of two answers."""

from task_types.kind import Json
from task_types.values import likeness


def compare(a: Json, b: Json) -> float:
    """1 for the same category, else 0; of several the share that both have (Jaccard)."""
    first, second = a.get("category"), b.get("category")
    if isinstance(first, list) and isinstance(second, list):
        return likeness(first, second)
    return float(first == second)
