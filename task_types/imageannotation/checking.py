"""Whether params can be worked on, and whether an answer can be handed in."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from core import geometry
from task_types.attributes import Attribute, check_attributes, check_object
from task_types.finding import MOST_FINDINGS, Finding, FindingPath, findings_of
from task_types.imageannotation.params import SUPPORTED, Geometry, Params
from task_types.imageannotation.response import Annotation, Box, Line, Polygon, Response
from task_types.kind import Json, MediaSizes, Size
from task_types.labels import first_twice, leaves
from task_types.values import check_asked

TOLERANCE_PX = 0.5


def check_params(params: Json) -> list[Finding]:
    try:
        read = Params.model_validate(params)
    except ValidationError as error:
        return findings_of(error, params)
    found = []
    for name, wanted in read.geometries.items():
        found += _check_geometry(name, wanted)
    for name, attribute in read.annotation_attributes.items():
        found += check_asked(attribute.asked(name), ("annotation_attributes", name))
    return found


def _check_geometry(name: str, wanted: Geometry) -> list[Finding]:
    path = ("geometries", name)
    labels = [label for label, _display in leaves(wanted.objects_to_annotate)]
    if name not in SUPPORTED:
        return [Finding("geometry_unknown", {"name": name}, path)]
    if not labels:
        return [Finding("labels_missing", {"name": name}, (*path, "objects_to_annotate"))]
    if (twice := first_twice(labels)) is not None:
        return [Finding("name_twice", {"name": twice}, (*path, "objects_to_annotate"))]
    if wanted.max_vertices is not None and wanted.max_vertices < wanted.fewest_vertices(name):
        return [Finding("range_empty", {"name": name}, path)]
    return []


def check(response: Any, params: Json, taxonomy: Json, media_sizes: MediaSizes) -> list[Finding]:
    """At most MOST_FINDINGS; the form is checked first, what it says only when the form is right."""
    try:
        answer = Response.model_validate(response)
    except ValidationError as error:
        return findings_of(error, response)
    checker = _Checker(Params.model_validate(params), media_sizes[0] if media_sizes else None)
    found = []
    for finding in checker.findings(answer):
        found.append(finding)
        if len(found) == MOST_FINDINGS:
            break
    return found


class _Checker:
    """The params, prepared once for all objects of one answer."""

    def __init__(self, params: Params, size: Size | None) -> None:
        self.params = params
        self.size = size
        self.labels = {
            name: {label for label, _display in leaves(wanted.objects_to_annotate)}
            for name, wanted in params.geometries.items()
        }
        named = params.annotation_attributes.items()
        self.of_task = {name: attribute for name, attribute in named if attribute.of_task}
        self.of_object = {name: attribute for name, attribute in named if not attribute.of_task}

    def findings(self, answer: Response) -> Iterator[Finding]:
        seen: set[str] = set()
        for index, annotation in enumerate(answer.annotations):
            path = ("annotations", index)
            if annotation.uuid in seen:
                yield Finding("uuid_twice", {"number": index + 1}, (*path, "uuid"))
            seen.add(annotation.uuid)
            yield from self._label(annotation, index, path)
            yield from self._shape(annotation, index, path)
            yield from check_object(annotation.attributes, self.due(annotation.label), path, number=index + 1)
        yield from check_attributes(answer.global_attributes, self.of_task, ("global_attributes",))

    def due(self, label: str) -> dict[str, Attribute]:
        return {name: one for name, one in self.of_object.items() if one.belongs_to(label)}

    def _label(self, annotation: Annotation, index: int, path: FindingPath) -> Iterator[Finding]:
        number = {"number": index + 1}
        if annotation.type not in self.params.geometries:
            yield Finding("geometry_unasked", number, (*path, "type"))
        elif annotation.label not in self.labels[annotation.type]:
            yield Finding("label_unknown", {**number, "label": annotation.label[:100]}, (*path, "label"))

    def _shape(self, annotation: Annotation, index: int, path: FindingPath) -> Iterator[Finding]:
        wanted = self.params.geometries.get(annotation.type)
        number = {"number": index + 1}
        match annotation:
            case Box():
                corners = [
                    (annotation.left, annotation.top),
                    (annotation.left + annotation.width, annotation.top + annotation.height),
                ]
                yield from _check_box(annotation, wanted, number, path)
            case Polygon() | Line():
                corners = [(vertex.x, vertex.y) for vertex in annotation.vertices]
                yield from _check_vertices(annotation, corners, wanted, number, path)
            case _:
                corners = [(annotation.x, annotation.y)]
        if self._outside(corners):
            yield Finding("outside", number, path)

    def _outside(self, corners: list[geometry.Point]) -> bool:
        if not corners or self.size is None:
            return False
        width, height = self.size
        least, most = -TOLERANCE_PX, TOLERANCE_PX
        return not all(least <= x <= width + most and least <= y <= height + most for x, y in corners)


def _check_box(box: Box, wanted: Geometry | None, number: dict[str, Any], path: FindingPath) -> Iterator[Finding]:
    width, height = (wanted.min_width, wanted.min_height) if wanted else (0, 0)
    if box.width <= 0 or box.height <= 0 or box.width < width or box.height < height:
        yield Finding("box_too_small", {**number, "width": width, "height": height}, path)


def _check_vertices(
    shape: Polygon | Line,
    corners: list[geometry.Point],
    wanted: Geometry | None,
    number: dict[str, Any],
    path: FindingPath,
) -> Iterator[Finding]:
    fewest = wanted.fewest_vertices(shape.type) if wanted else 1
    if len(corners) < fewest:
        yield Finding("too_few_vertices", {**number, "min": fewest}, (*path, "vertices"))
    elif wanted and wanted.max_vertices is not None and len(corners) > wanted.max_vertices:
        yield Finding("too_many_vertices", {**number, "max": wanted.max_vertices}, (*path, "vertices"))
    elif isinstance(shape, Polygon) and geometry.first_crossing(corners) is not None:
        yield Finding("polygon_crosses", number, (*path, "vertices"))
    elif isinstance(shape, Polygon) and geometry.polygon_area(corners) == 0:
        yield Finding("polygon_flat", number, (*path, "vertices"))
