"""One answer out of several, field by field."""

import statistics
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from task_types.kind import Json
from task_types.textcollection.comparing import compare
from task_types.voting import merge_choice, merge_value


def merge(responses: Sequence[Json]) -> tuple[dict[str, Any], float]:
    """Choices by majority, numbers by median; of texts the one most like the others, never a mixture.

    A field is kept when at least half of the answers have it. The confidence is the mean agreement of the given
    answers with the merged one.
    """
    if not responses:
        raise ValueError("nothing to merge")
    merged = {**deepcopy(dict(responses[0])), "annotations": _merge_fields(responses)}
    return merged, statistics.fmean(compare(merged, response) for response in responses)


def _merge_fields(responses: Sequence[Json]) -> dict[str, Any]:
    rows = [response.get("annotations", {}) for response in responses]
    fields = {}
    for field_id in dict.fromkeys(field_id for row in rows for field_id in row):
        answers = [row[field_id] for row in rows if field_id in row]
        if 2 * len(answers) >= len(rows):
            fields[field_id] = _merge_field(answers)
    return fields


def _merge_field(answers: Sequence[Json]) -> dict[str, Any]:
    first: dict[str, Any] = deepcopy(dict(answers[0]))
    if all(answer == first for answer in answers):
        return first
    values = [list((answer.get("response") or [[]])[0]) for answer in answers]
    if first.get("type") != "category" and all(len(given) == 1 for given in values):
        return {**first, "response": [[merge_value([given[0] for given in values])]]}
    return {**first, "response": [list(merge_choice([*values]))]}
