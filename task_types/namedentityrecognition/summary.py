"""Counts of an answer."""

from collections import Counter

from task_types.kind import Json


def summarise(response: Json) -> dict[str, int]:
    """Entities by label, the most frequent first."""
    counts = Counter(annotation["label"] for annotation in response.get("annotations", []))
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
