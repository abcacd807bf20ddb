"""Made-up values for what is asked for."""

import math
from typing import Any

from task_types.chance import Chance
from task_types.values import Asked

TEXT = "Test answer"


def value_for(asked: Asked, chance: Chance) -> Any:
    """A value that `check_value` takes; None where there is no choice to make."""
    match asked.type:
        case "category" if asked.allow_multiple:
            return several(asked, chance) or None
        case "category":
            names = named(asked)
            return chance.pick(names) if names else None
        case "number":
            return number_between(asked.min, asked.max, chance)
        case "boolean":
            return chance.flip()
        case "angle":
            return chance.whole(0, 359)
        case _:
            return TEXT[: asked.max_length] if asked.max_length else TEXT


def named(asked: Asked) -> list[str]:
    """A blank choice would be no answer."""
    return [name for name in asked.choices if name.strip()]


def several(asked: Asked, chance: Chance) -> list[str]:
    names = named(asked)
    least = max(1, asked.min_choices or 1)
    most = min(len(names), asked.max_choices or len(names))
    return chance.some(names, chance.whole(least, max(least, min(most, least + 1))))


def number_between(least: float | None, most: float | None, chance: Chance) -> float:
    """A whole number where one fits, else the middle."""
    low = 0.0 if least is None and most is None else least if least is not None else (most or 0.0) - 10
    high = most if most is not None else low + 10
    first, last = math.ceil(low), math.floor(min(high, low + 100))
    return chance.whole(first, last) if first <= last else low + (high - low) / 2
