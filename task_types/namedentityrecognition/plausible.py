"""A made-up answer for the test world."""

import re
from typing import Any

from task_types.attributes import plausible_attributes
from task_types.chance import Chance
from task_types.kind import Json
from task_types.namedentityrecognition.params import Params

MOST_ENTITIES = 3
WORD = re.compile(r"\w+")

Answer = dict[str, Any]


def plausible(params: Json, chance: Chance) -> Answer:
    """Single words of the text; one that holds no word is marked from end to end. With the first relation that fits."""
    read = Params.model_validate(params)
    words = [match.span() for match in WORD.finditer(read.text)] or [(0, len(read.text))]
    found = [_entity(read, start, end, chance) for start, end in chance.some(words, MOST_ENTITIES)]
    answer = {"annotations": found, "relationships": _relations(read, found, chance)}
    asked = plausible_attributes(read.of_task(), chance)
    return {**answer, "global_attributes": asked} if asked else answer


def _entity(params: Params, start: int, end: int, chance: Chance) -> Answer:
    label = chance.pick([label.name for label in params.named_labels()])
    entity = {"id": chance.uuid(), "start": start, "end": end, "text": params.text[start:end], "label": label}
    asked = plausible_attributes(params.due(label), chance)
    return {**entity, "attributes": asked} if asked else entity


def _relations(params: Params, found: list[Answer], chance: Chance) -> list[Answer]:
    for one in params.relationships:
        for a in found:
            for b in found:
                if a is not b and one.joins(a["label"], b["label"]):
                    return [{"id": chance.uuid(), "source_ref": a["id"], "target_ref": b["id"], "name": one.name}]
    return []
