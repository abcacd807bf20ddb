"""What a contractor's browser gets of the params, and the taxonomy beside them."""

from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict

from task_types.attributes import AttributeView, attribute_view
from task_types.kind import Json
from task_types.labels import complete, with_colors, with_hotkeys
from task_types.namedentityrecognition.params import Params


class EntityLabelView(TypedDict):
    name: str
    display: str
    description: str
    color: int
    hotkey: str | None


class RelationView(TypedDict):
    name: str
    is_directed: bool
    source_label: str | None
    target_label: str | None


class EntityView(TypedDict):
    text: str
    merge_newlines: bool
    labels: list[EntityLabelView]
    relations: list[RelationView]
    attributes: list[AttributeView]


def worker_view(params: Json, taxonomy: Json) -> EntityView:
    """Raises pydantic's ValidationError for params that `check_params` refuses."""
    read = Params.model_validate(params)
    described = {label.name: label.description for label in read.named_labels()}
    of_task = list(read.of_task().items())
    return {
        "text": read.text,
        "merge_newlines": read.merge_newlines,
        "labels": [
            {
                "name": label["name"],
                "display": label["display"],
                "description": described[label["name"]],
                "color": label["color"],
                "hotkey": label["hotkey"],
            }
            for label in complete_taxonomy(params, taxonomy, {})["labels"]
        ],
        "relations": [
            {
                "name": one.name,
                "is_directed": one.is_directed,
                "source_label": one.source_label,
                "target_label": one.target_label,
            }
            for one in read.relationships
        ],
        "attributes": [attribute_view(name, one) for name, one in [*of_task, *read.of_objects()]],
    }


def complete_taxonomy(params: Json, previous: Json, renames: Mapping[str, str]) -> dict[str, Any]:
    """One entry per label, one per name of an attribute."""
    read = Params.model_validate(params)
    named = [{"name": label.name, "display": label.display or label.name} for label in read.named_labels()]
    names = dict.fromkeys([*read.of_task(), *[name for name, _one in read.of_objects()]])
    return {
        "labels": with_hotkeys(with_colors(complete(named, previous.get("labels", []), renames))),
        "attributes": complete([{"name": name} for name in names], previous.get("attributes", []), renames),
    }
