"""Counts of an answer."""

from task_types.kind import Json
from task_types.textcollection.comparing import values_of


def summarise(response: Json) -> dict[str, int]:
    """Values by field; fields left empty are not there."""
    return {field_id: len(values) for field_id, values in values_of(response).items()}
