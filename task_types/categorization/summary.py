"""Counts of an answer."""

from task_types.kind import Json


def summarise(response: Json) -> dict[str, int]:
    """1 for each chosen category."""
    category = response.get("category", [])
    return dict.fromkeys(category if isinstance(category, list) else [category], 1)
