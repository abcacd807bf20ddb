"""A made-up answer for the test world."""

from typing import Any

from task_types.categorization.params import Params
from task_types.chance import Chance
from task_types.kind import Json
from task_types.plausible_values import value_for


def plausible(params: Json, chance: Chance) -> dict[str, Any]:
    return {"category": value_for(Params.model_validate(params).asked(), chance)}
