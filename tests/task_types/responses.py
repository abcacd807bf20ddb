"""Hypothesis strategies for responses as a workbench makes them from a view."""

import math
from typing import Any

from hypothesis import strategies as st

from core import geometry
from task_types.single_shape import SHAPES

Sizes = list[tuple[int, int] | None]


def image(view: dict[str, Any], sizes: Sizes) -> st.SearchStrategy[dict[str, Any]]:
    assert sizes[0]
    width, height = sizes[0]
    of_object = [attribute for attribute in view["attributes"] if not attribute["global"]]
    of_task = [attribute for attribute in view["attributes"] if attribute["global"]]

    @st.composite
    def annotation(draw: st.DrawFn) -> dict[str, Any]:
        kind = draw(st.sampled_from(sorted(view["geometries"])))
        label = draw(st.sampled_from(view["geometries"][kind]["labels"]))["name"]
        asked = [attribute for attribute in of_object if attribute["labels"] is None or label in attribute["labels"]]
        shape = draw(shape_of(kind, view["geometries"][kind], width, height))
        return {"type": kind, "label": label, **shape, "attributes": draw(values(asked))}

    @st.composite
    def response(draw: st.DrawFn) -> dict[str, Any]:
        annotations = draw(st.lists(annotation(), max_size=8))
        numbered = [{"uuid": f"object-{index}", **item} for index, item in enumerate(annotations)]
        return {"annotations": numbered, "global_attributes": draw(values(of_task))}

    return response()


def shape_of(kind: str, wanted: dict[str, Any], width: int, height: int) -> st.SearchStrategy[dict[str, Any]]:
    xs, ys = (st.integers(0, side).map(float) for side in (width, height))
    point = st.fixed_dictionaries({"x": xs, "y": ys})

    @st.composite
    def box(draw: st.DrawFn) -> dict[str, Any]:
        left = draw(st.integers(0, width - math.ceil(wanted["min_width"]) - 1))
        top = draw(st.integers(0, height - math.ceil(wanted["min_height"]) - 1))
        across = draw(st.floats(wanted["min_width"] + 0.5, width - left))
        down = draw(st.floats(wanted["min_height"] + 0.5, height - top))
        return {"left": left, "top": top, "width": across, "height": down}

    @st.composite
    def polygon(draw: st.DrawFn) -> dict[str, Any]:
        corners = sorted(draw(st.sets(st.tuples(xs, ys), min_size=3, max_size=12)))
        middle = (sum(x for x, _ in corners) / len(corners), sum(y for _, y in corners) / len(corners))
        around = sorted(corners, key=lambda corner: math.atan2(corner[1] - middle[1], corner[0] - middle[0]))
        return {"vertices": [{"x": x, "y": y} for x, y in around]}

    match kind:
        case "box":
            return box()
        case "polygon":
            return polygon().filter(is_simple)
        case "line":
            return st.fixed_dictionaries({"vertices": st.lists(point, min_size=2, max_size=6)})
        case _:
            return point


def is_simple(shape: dict[str, Any]) -> bool:
    path = [(vertex["x"], vertex["y"]) for vertex in shape["vertices"]]
    return geometry.polygon_area(path) > 0 and geometry.first_crossing(path) is None


def values(asked: list[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    required = {item["key"]: value(item) for item in asked if item["required"]}
    optional = {item["key"]: value(item) for item in asked if not item["required"]}
    return st.fixed_dictionaries(required, optional=optional)


def value(asked: dict[str, Any]) -> st.SearchStrategy[Any]:
    names = [choice["name"] for choice in asked["choices"]]
    match asked["type"]:
        case "category" if asked["allow_multiple"]:
            return st.lists(st.sampled_from(names), unique=True, min_size=1, max_size=2)
        case "category":
            return st.sampled_from(names)
        case "number":
            low, high = asked["min"], asked["max"]
            return st.one_of(
                st.integers(math.ceil(low or 0), int(high or 1000)), st.floats(low or 0, high or 1e6, allow_nan=False)
            )
        case "boolean":
            return st.booleans()
        case _:
            return st.text(st.characters(codec="utf-8"), min_size=1, max_size=asked.get("max_length") or 30).filter(
                lambda text: bool(text.strip())
            )


def categories(view: dict[str, Any], _sizes: Sizes) -> st.SearchStrategy[dict[str, Any]]:
    name = st.sampled_from([category["name"] for category in view["categories"]])
    answer = st.lists(name, unique=True, min_size=1) if view["allow_multiple"] else name
    return st.fixed_dictionaries({"category": answer})


def form(view: dict[str, Any], _sizes: Sizes) -> st.SearchStrategy[dict[str, Any]]:
    def answer(field: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
        given = value(field).map(lambda found: found if isinstance(found, list) else [found])
        head = {"type": st.just(field["type"]), "field_id": st.just(field["key"])}
        return st.fixed_dictionaries({**head, "response": given.map(lambda found: [found])})

    required = {field["key"]: answer(field) for field in view["fields"] if field["required"]}
    optional = {field["key"]: answer(field) for field in view["fields"] if not field["required"]}
    return st.fixed_dictionaries({"annotations": st.fixed_dictionaries(required, optional=optional)})


def single(view: dict[str, Any], sizes: Sizes) -> st.SearchStrategy[dict[str, Any]]:
    def without_types(response: dict[str, Any]) -> dict[str, Any]:
        objects = [{key: one[key] for key in one if key != "type"} for one in response["annotations"]]
        return {**response, "annotations": objects}

    return image(view, sizes).map(without_types)


def entities(view: dict[str, Any], _sizes: Sizes) -> st.SearchStrategy[dict[str, Any]]:
    text = view["text"]
    of_task = [attribute for attribute in view["attributes"] if attribute["global"]]
    of_object = [attribute for attribute in view["attributes"] if not attribute["global"]]

    @st.composite
    def entity(draw: st.DrawFn) -> dict[str, Any]:
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, min(len(text), start + 8)))
        label = draw(st.sampled_from(view["labels"]))["name"]
        asked = [attribute for attribute in of_object if attribute["labels"] is None or label in attribute["labels"]]
        place = {"start": start, "end": end, "text": text[start:end]}
        return {**place, "label": label, "attributes": draw(values(asked))}

    @st.composite
    def response(draw: st.DrawFn) -> dict[str, Any]:
        drawn = draw(st.lists(entity(), max_size=8, unique_by=lambda one: (one["start"], one["end"], one["label"])))
        found = [{"id": f"object-{index}", **item} for index, item in enumerate(drawn)]
        pairs = [
            (a, b, one) for a in found for b in found for one in view["relations"] if a is not b and fits(one, a, b)
        ]
        kept = draw(st.lists(st.sampled_from(pairs), max_size=3, unique_by=key_of)) if pairs else []
        relations = [
            {"id": f"relation-{index}", "source_ref": a["id"], "target_ref": b["id"], "name": one["name"]}
            for index, (a, b, one) in enumerate(kept)
        ]
        return {"annotations": found, "relationships": relations, "global_attributes": draw(values(of_task))}

    return response()


def key_of(found: tuple[dict[str, Any], dict[str, Any], dict[str, Any]]) -> tuple[str, str, str]:
    a, b, relation = found
    return a["id"], b["id"], relation["name"]


def fits(relation: dict[str, Any], a: dict[str, Any], b: dict[str, Any]) -> bool:
    ends = [(a, b)] if relation["is_directed"] else [(a, b), (b, a)]
    source, target = relation["source_label"], relation["target_label"]
    return any(source in {None, one["label"]} and target in {None, other["label"]} for one, other in ends)


RESPONSES = {
    "imageannotation": image,
    "categorization": categories,
    "namedentityrecognition": entities,
    "textcollection": form,
    **dict.fromkeys(SHAPES, single),
}
