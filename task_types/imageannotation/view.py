"""What a contractor's browser gets of the params, and the taxonomy beside them."""

from collections.abc import Mapping
from typing import Any, NotRequired

from typing_extensions import TypedDict

from task_types.attributes import AttributeView, attribute_view
from task_types.imageannotation.params import SUPPORTED, Geometry, Params
from task_types.kind import Json
from task_types.labels import complete, leaves, with_colors, with_hotkeys


class LabelView(TypedDict):
    name: str
    display: str
    color: int
    hotkey: str | None


class GeometryView(TypedDict):
    """The minimum sizes are there for boxes, the counts of vertices for polygons and lines."""

    labels: list[LabelView]
    min_width: NotRequired[float]
    min_height: NotRequired[float]
    min_vertices: NotRequired[int]
    max_vertices: NotRequired[int | None]


class ImageView(TypedDict):
    geometries: dict[str, GeometryView]
    attributes: list[AttributeView]


def worker_view(params: Json, taxonomy: Json) -> ImageView:
    """Raises pydantic's ValidationError for params that `check_params` refuses."""
    read = Params.model_validate(params)
    labels = complete_taxonomy(params, taxonomy, {})["labels"]
    return {
        "geometries": {
            name: _geometry(name, geometry, [label for label in labels if label["geometry"] == name])
            for name, geometry in read.geometries.items()
            if name in SUPPORTED
        },
        "attributes": [attribute_view(name, attribute) for name, attribute in read.annotation_attributes.items()],
    }


def _geometry(name: str, geometry: Geometry, labels: list[dict[str, Any]]) -> GeometryView:
    view: GeometryView = {"labels": [_label(label) for label in labels]}
    if name == "box":
        view["min_width"], view["min_height"] = geometry.min_width, geometry.min_height
    if name in {"polygon", "line"}:
        view["min_vertices"], view["max_vertices"] = geometry.fewest_vertices(name), geometry.max_vertices
    return view


def _label(label: dict[str, Any]) -> LabelView:
    return {
        "name": label["name"],
        "display": label["display"],
        "color": label["color"],
        "hotkey": label["hotkey"],
    }


def complete_taxonomy(params: Json, previous: Json, renames: Mapping[str, str]) -> dict[str, Any]:
    """One entry per label and geometry, one per attribute."""
    read = Params.model_validate(params)
    named = [
        {"name": label, "display": display, "geometry": name}
        for name, geometry in read.geometries.items()
        for label, display in leaves(geometry.objects_to_annotate)
    ]
    labels = complete(named, previous.get("labels", []), renames, same=["geometry"])
    attributes = [{"name": name} for name in read.annotation_attributes]
    return {
        "labels": with_hotkeys(with_colors(labels)),
        "attributes": complete(attributes, previous.get("attributes", []), renames),
    }
