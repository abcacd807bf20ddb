"""Finds the kinds of work: every name that can be ordered, and those of them that have a folder beside this file."""

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from typing import Any

from task_types.chance import chance_of
from task_types.kind import Json, TaskType
from task_types.orders import ORDERS
from task_types.plausible import plausible_answer

ALL_NAMES = tuple(sorted(ORDERS))
"""Everything that can be ordered."""

NAMES = tuple(
    sorted(found.name for found in pkgutil.iter_modules([str(Path(__file__).parent)]) if found.name in ORDERS)
)
"""What the workbench shows."""


def is_shown(name: str) -> bool:
    """Whether people can work on it here; tasks of all other types wait."""
    return name in NAMES


@cache
def get(name: str) -> TaskType:
    """Raises KeyError for a name that is none of NAMES."""
    if name not in NAMES:
        raise KeyError(name)
    found = importlib.import_module(f"task_types.{name}").TYPE
    assert isinstance(found, TaskType)
    return found


def all_types() -> list[TaskType]:
    return [get(name) for name in NAMES]


def can_be_worked_on(name: str, params: Json) -> bool:
    """Whether the workbench shows a task with these params: its type, and all that they ask for."""
    return is_shown(name) and not get(name).check_params(params)


def plausible_response(name: str, params: Json, seed: str) -> dict[str, Any]:
    """A made-up response of the documented shape for the test world; the same for the same arguments.

    Labels, choices and fields are those of the params, which `check_order` has found good. Raises KeyError for no type.
    """
    if name not in ORDERS:
        raise KeyError(name)
    chance = chance_of(name, seed)
    if can_be_worked_on(name, params):
        return get(name).plausible(params, chance)
    return plausible_answer(name, params, chance)
