"""Params of namedentityrecognition in Scale's shape."""

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict, Field

from task_types.attributes import Attribute, Conditions, LabelCondition
from task_types.labels import LabelDescription


class NamedLabel(BaseModel):
    """A label as named entities have it; `attributes` are those that only its entities have."""

    model_config = ConfigDict(extra="allow")

    name: str = Field(min_length=1)
    description: str = ""
    display: str | None = None
    attributes: dict[str, Attribute] = {}


EntityLabel = str | NamedLabel | LabelDescription


class Relation(BaseModel):
    """What one entity can be to another; a label that is not said stands for any."""

    model_config = ConfigDict(extra="allow")

    name: str = ""
    is_directed: bool = True
    source_label: str | None = None
    target_label: str | None = None

    def joins(self, source: str, target: str) -> bool:
        """Whether it may stand between entities with these labels, in this order; undirected, in either."""
        ends = [(source, target)] if self.is_directed else [(source, target), (target, source)]
        return any(self.source_label in {None, a} and self.target_label in {None, b} for a, b in ends)


class Params(BaseModel):
    model_config = ConfigDict(extra="allow")

    text: str = ""
    labels: list[EntityLabel] = Field(min_length=1)
    merge_newlines: bool = False
    relationships: list[Relation] = []
    annotation_attributes: dict[str, Attribute] = {}

    def named_labels(self) -> list[NamedLabel]:
        """The labels that an entity may have, in order, whatever their spelling."""
        return list(_leaves(self.labels))

    def of_task(self) -> dict[str, Attribute]:
        """What is asked of the text as a whole."""
        return {name: one for name, one in self.annotation_attributes.items() if one.of_task}

    def of_objects(self) -> list[tuple[str, Attribute]]:
        """Attributes of entities by name, each with the labels that have it; a name comes again for another label."""
        found = [(name, one) for name, one in self.annotation_attributes.items() if not one.of_task]
        for label in self.named_labels():
            found += [(name, _only_of(label.name, one)) for name, one in label.attributes.items()]
        return found

    def due(self, label: str) -> dict[str, Attribute]:
        return {name: one for name, one in self.of_objects() if one.belongs_to(label)}


def _leaves(labels: Sequence[EntityLabel]) -> Iterator[NamedLabel]:
    for label in labels:
        if isinstance(label, str):
            yield NamedLabel(name=label)
        elif isinstance(label, NamedLabel):
            yield label
        elif label.subchoices:
            yield from _leaves(label.subchoices)
        else:
            yield NamedLabel(name=label.choice, display=label.display)


def _only_of(label: str, attribute: Attribute) -> Attribute:
    others = attribute.conditions.attribute_conditions if attribute.conditions else []
    conditions = Conditions(label_condition=LabelCondition(label=[label]), attribute_conditions=others)
    return attribute.model_copy(update={"conditions": conditions, "of_task": False})
