"""What the server knows of one kind of work."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import BaseModel

from task_types.chance import Chance
from task_types.finding import Finding

Json: TypeAlias = Mapping[str, Any]
Size: TypeAlias = tuple[int, int]
MediaSizes: TypeAlias = Sequence[Size | None]
"""Width and height of each attachment's upright original, in order; None where it has none, or it is not known."""


@dataclass(frozen=True)
class TaskType:
    """All functions are pure, take JSON as it is stored and never change it."""

    name: str
    params_model: type[BaseModel]
    response_model: type[BaseModel]
    view_type: type[Any]
    """The TypedDict of `worker_view`."""

    messages: Mapping[str, str]
    """English sentences by finding code, with named parameters."""

    required: tuple[tuple[str, ...], ...]
    """What a task's params must have; one of each group is enough."""

    check_params: Callable[[Json], list[Finding]]
    """Findings that keep the params from being worked on; none for good ones."""

    complete_taxonomy: Callable[[Json, Json, Mapping[str, str]], dict[str, Any]]
    """(params, previous taxonomy, {new name: old name}) → taxonomy: keys, colours and hotkeys for every name."""

    worker_view: Callable[[Json, Json], Json]
    """(params, taxonomy) → all of the params that a contractor's browser gets."""

    check: Callable[[Any, Json, Json, MediaSizes], list[Finding]]
    """(response, params, taxonomy, media sizes) → what is wrong; none for an answer that may be handed in."""

    compare: Callable[[Json, Json], float]
    """How alike two responses are, in [0, 1]; symmetric, and 1 for equal ones."""

    merge: Callable[[Sequence[Json]], tuple[dict[str, Any], float]]
    """One response out of several, with the mean likeness of the several to it. Raises ValueError for none."""

    summarise: Callable[[Json], dict[str, int]]
    """Counts by label, category or field, for tables and diagrams."""

    plausible: Callable[[Json, Chance], dict[str, Any]]
    """(params, chance) → a made-up response for the test world, which `check` takes."""

    empty: Mapping[str, Any]
    """The response before anything was done."""
