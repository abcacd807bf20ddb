"""Which tasks the workbench can show: the others wait, until it can, or until a version asks for something else."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from projects.models import ProjectVersion
from task_types import registry
from task_types.content import SHOWN_KINDS
from task_types.values import without_nulls

Json = dict[str, Any]
# A task that brings nothing else asks for what its project asks for.
CONTENT = frozenset({"attachment", "attachments", "attachment_type", "callback_url", "instruction"})


def params_over(version_params: Json, own: Mapping[str, Any]) -> Json:
    """The version's params with the task's own over them; null says nothing, as if it were not there."""
    return without_nulls({**version_params, **without_nulls(own)})


class Showing:
    """What can be shown of the tasks of one version: what they have in common is looked at once."""

    def __init__(self, type_name: str, version: ProjectVersion) -> None:
        self.type_name = type_name
        self.params: Json = version.params

    @cached_property
    def of_the_project(self) -> bool:
        return registry.can_be_worked_on(self.type_name, without_nulls(self.params))

    def shows(self, own: Json) -> bool:
        """Whether a task with these params of its own can be shown."""
        if not registry.is_shown(self.type_name):
            return False
        if self.of_the_project and adds_content_only(own):
            return True
        return registry.can_be_worked_on(self.type_name, params_over(self.params, own))


def adds_content_only(own: Json) -> bool:
    """Whether the task's own params are a picture or a text, and nothing that changes what is asked for."""
    if not own.keys() <= CONTENT or own.get("attachment_type", "image") not in SHOWN_KINDS:
        return False
    parts = own.get("attachments", [])
    return isinstance(parts, list) and all(isinstance(part, dict) and part.get("type") in SHOWN_KINDS for part in parts)
