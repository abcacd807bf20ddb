"""A made-up answer for the test world."""

from typing import Any

from task_types.chance import Chance
from task_types.kind import Json
from task_types.plausible_values import value_for
from task_types.textcollection.params import FormField, Params


def plausible(params: Json, chance: Chance) -> dict[str, Any]:
    """Every field is answered."""
    fields = Params.model_validate(params).fields
    return {"annotations": {field.field_id: _answer(field, chance) for field in fields}}


def _answer(field: FormField, chance: Chance) -> dict[str, Any]:
    value = value_for(field.asked(), chance)
    values = value if isinstance(value, list) else [] if value is None else [value]
    return {"type": field.type, "field_id": field.field_id, "response": [values]}
