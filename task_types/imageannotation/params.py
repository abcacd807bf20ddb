"""Params of imageannotation in Scale's shape."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from task_types.labels import Label, leaves
from task_types.values import Asked

SUPPORTED = ("box", "polygon", "line", "point")
FEWEST_VERTICES = {"polygon": 3, "line": 2}


class Geometry(BaseModel):
    model_config = ConfigDict(extra="allow", allow_inf_nan=False)

    objects_to_annotate: list[Label]
    min_height: float = Field(default=0, ge=0)
    min_width: float = Field(default=0, ge=0)
    min_vertices: int | None = Field(default=None, ge=0)
    max_vertices: int | None = None
    can_rotate: bool = False

    def fewest_vertices(self, name: str) -> int:
        """Scale's default is 1, but a polygon of two vertices is none."""
        return max(self.min_vertices or 0, FEWEST_VERTICES.get(name, 1))


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

    def is_due(self, values: dict[str, Any]) -> bool:
        """Whether the conditions on other attributes hold."""
        for condition in self.conditions.attribute_conditions if self.conditions else []:
            for name, wanted in condition.items():
                given = values.get(name)
                if not any(one in wanted for one in (given if isinstance(given, list) else [given])):
                    return False
        return True


class Params(BaseModel):
    model_config = ConfigDict(extra="allow")

    attachment: str | None = None
    geometries: dict[str, Geometry] = Field(min_length=1)
    annotation_attributes: dict[str, Attribute] = {}
