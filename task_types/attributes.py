"""Attributes of objects and of whole tasks, in Scale's shape: what is asked, what is shown, what was answered."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from task_types.chance import Chance
from task_types.finding import Finding, FindingPath
from task_types.labels import Label, ShownChoice, leaves, shown
from task_types.plausible_values import value_for
from task_types.values import Asked, check_value, is_blank


class LabelCondition(BaseModel):
    model_config = ConfigDict(extra="allow")

    label: list[str] = []


class Conditions(BaseModel):
    """Lists mean any of; the members of attribute_conditions all have to hold."""

    model_config = ConfigDict(extra="allow")

    label_condition: LabelCondition | None = None
    attribute_conditions: list[dict[str, list[Any]]] = []


class Attribute(BaseModel):
    model_config = ConfigDict(extra="allow", allow_inf_nan=False, populate_by_name=True)

    type: str = "category"
    description: str = ""
    choices: list[Label] = []
    allow_multiple: bool = False
    required: bool = False
    # `global` is a word of Python.
    of_task: bool = Field(default=False, alias="global")
    min: float | None = None
    max: float | None = None
    conditions: Conditions | None = None

    def asked(self, name: str) -> Asked:
        return Asked(
            name=name,
            type=self.type,
            choices=tuple(choice for choice, _shown in leaves(self.choices)),
            allow_multiple=self.allow_multiple,
            required=self.required,
            min=self.min,
            max=self.max,
        )

    def labels(self) -> list[str] | None:
        """The labels that have this attribute; None: all."""
        condition = self.conditions.label_condition if self.conditions else None
        return condition.label if condition and condition.label else None

    def belongs_to(self, label: str) -> bool:
        labels = self.labels()
        return labels is None or label in labels

    def is_due(self, values: Mapping[str, Any]) -> bool:
        """Whether the conditions on other attributes hold."""
        for condition in self.conditions.attribute_conditions if self.conditions else []:
            for name, wanted in condition.items():
                given = values.get(name)
                if not any(one in wanted for one in (given if isinstance(given, list) else [given])):
                    return False
        return True


# `global` is a word of Python.
AttributeView = TypedDict(
    "AttributeView",
    {
        "key": str,
        "type": str,
        "description": str,
        "choices": list[ShownChoice],
        "allow_multiple": bool,
        "required": bool,
        "global": bool,
        "min": float | None,
        "max": float | None,
        "labels": list[str] | None,
    },
)


def attribute_view(name: str, attribute: Attribute) -> AttributeView:
    return {
        "key": name,
        "type": attribute.type,
        "description": attribute.description,
        "choices": shown(leaves(attribute.choices)),
        "allow_multiple": attribute.allow_multiple,
        "required": attribute.required,
        "global": attribute.of_task,
        "min": attribute.min,
        "max": attribute.max,
        "labels": attribute.labels(),
    }


def check_attributes(values: Mapping[str, Any], due: Mapping[str, Attribute], path: FindingPath) -> Iterator[Finding]:
    """Values of a task or of one object; `due` are the attributes that it has."""
    for name, attribute in due.items():
        if not is_blank(values.get(name)):
            yield from check_value(attribute.asked(name), values[name], (*path, name))
        elif attribute.required and attribute.is_due(values):
            yield Finding("value_required", {"name": name}, (*path, name))
    for name in values.keys() - due.keys():
        yield Finding("value_unexpected", {"name": name[:100]}, (*path, name))


def check_object(
    values: Mapping[str, Any], due: Mapping[str, Attribute], path: FindingPath, *, number: int
) -> Iterator[Finding]:
    """As `check_attributes`, of the object with that number; `path` leads to the object."""
    for finding in check_attributes(values, due, (*path, "attributes")):
        code = "attribute_" + finding.code.removeprefix("value_")
        yield Finding(code, {"number": number, **finding.params}, finding.path)


def plausible_attributes(attributes: Mapping[str, Attribute], chance: Chance) -> dict[str, Any]:
    """Made-up values, where there is one to make."""
    values = {name: value_for(one.asked(name), chance) for name, one in attributes.items()}
    return {name: value for name, value in values.items() if value is not None}
