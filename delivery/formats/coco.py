"""COCO for imageannotation, written piece by piece: the state between two pieces is small JSON.

Boxes become `bbox`, polygons `segmentation`, points `keypoints`. Lines have no counterpart and keep their vertices
under `polyline`. Attributes stand under `attributes`, those of the whole picture at the image.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from core import geometry

Json = Mapping[str, Any]
POINT_VISIBLE = 2


@dataclass(frozen=True)
class Picture:
    """One task with its answer. `file_name` is the customer's own; sizes are of the upright original, or unknown."""

    task_id: str
    file_name: str
    width: int | None
    height: int | None
    response: Json


@dataclass
class CocoState:
    """What the next piece has to know. Category ids count from 1 in the order of the names."""

    images: int = 0
    annotations: int = 0
    categories: dict[str, int] = field(default_factory=dict)
    with_points: list[str] = field(default_factory=list)

    @classmethod
    def for_labels(cls, labels: Iterable[str]) -> "CocoState":
        return cls(categories={name: number for number, name in enumerate(sorted(set(labels)), start=1)})

    def category_id(self, name: str) -> int:
        """A label that only a task's own params know gets the next id when it is first met."""
        return self.categories.setdefault(name, len(self.categories) + 1)


def pieces(pictures: Iterable[Picture], state: CocoState) -> tuple[bytes, bytes]:
    """The next items of `images` and of `annotations`, each but the very first with a comma before it."""
    images: list[bytes] = []
    annotations: list[bytes] = []
    for picture in pictures:
        state.images += 1
        images.append(_item(image(picture, state.images), first=state.images == 1))
        for shape in picture.response.get("annotations", []):
            state.annotations += 1
            found = annotation(shape, state)
            annotations.append(_item(found, first=state.annotations == 1))
    return b"".join(images), b"".join(annotations)


def opening(description: str) -> bytes:
    """What stands before the images."""
    return b'{"info":' + orjson.dumps({"description": description, "version": "1.0"}) + b',"licenses":[],"images":['


BETWEEN = b'],"annotations":['


def closing(state: CocoState) -> bytes:
    """What stands behind the annotations."""
    return b'],"categories":' + orjson.dumps(categories(state)) + b"}\n"


def _item(value: dict[str, Any], *, first: bool) -> bytes:
    return (b"\n" if first else b",\n") + orjson.dumps(value)


def image(picture: Picture, number: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": number,
        "width": picture.width,
        "height": picture.height,
        "file_name": picture.file_name,
        "task_id": picture.task_id,
    }
    if values := picture.response.get("global_attributes"):
        found["attributes"] = values
    return found


def annotation(shape: Json, state: CocoState) -> dict[str, Any]:
    """Of the picture and with the id that the state has come to."""
    category = state.category_id(shape["label"])
    if shape["type"] == "point" and shape["label"] not in state.with_points:
        state.with_points.append(shape["label"])
    return {
        "id": state.annotations,
        "image_id": state.images,
        "category_id": category,
        **_place(shape),
        "iscrowd": 0,
        "attributes": shape.get("attributes", {}),
        "uuid": shape["uuid"],
    }


def _place(shape: Json) -> dict[str, Any]:
    match shape["type"]:
        case "box":
            box = [shape["left"], shape["top"], shape["width"], shape["height"]]
            return {"bbox": box, "area": shape["width"] * shape["height"], "segmentation": []}
        case "point":
            x, y = shape["x"], shape["y"]
            points = {"keypoints": [x, y, POINT_VISIBLE], "num_keypoints": 1}
            return {"bbox": [x, y, 0, 0], "area": 0, "segmentation": [], **points}
    path = [(vertex["x"], vertex["y"]) for vertex in shape["vertices"]]
    flat = [number for point in path for number in point]
    box = list(geometry.bounds(path))
    if shape["type"] == "polygon":
        return {"bbox": box, "area": geometry.polygon_area(path), "segmentation": [flat]}
    return {"bbox": box, "area": 0, "segmentation": [], "polyline": flat}


def categories(state: CocoState) -> list[dict[str, Any]]:
    found = []
    for name, number in sorted(state.categories.items(), key=lambda item: item[1]):
        entry: dict[str, Any] = {"id": number, "name": name, "supercategory": ""}
        if name in state.with_points:
            entry |= {"keypoints": ["point"], "skeleton": []}
        found.append(entry)
    return found
