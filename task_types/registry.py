"""Finds the kinds of work: every folder beside this file that has a TYPE."""

import importlib
import pkgutil
from functools import cache
from pathlib import Path

from task_types.kind import TaskType

NAMES = tuple(sorted(found.name for found in pkgutil.iter_modules([str(Path(__file__).parent)]) if found.ispkg))


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
