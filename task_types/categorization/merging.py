"""One answer out of several, by majority."""

import statistics
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from task_types.categorization.comparing import compare
from task_types.kind import Json
from task_types.voting import merge_choice


def merge(responses: Sequence[Json]) -> tuple[dict[str, Any], float]:
    """The commonest category, the earliest of equals; of several those that more than half have chosen.

    The confidence is the mean agreement of the given answers with the merged one: for one category its share of votes.
    """
    if not responses:
        raise ValueError("nothing to merge")
    merged = {**deepcopy(dict(responses[0])), "category": merge_choice([item.get("category") for item in responses])}
    return merged, statistics.fmean(compare(merged, response) for response in responses)
