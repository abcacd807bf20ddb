"""One good order for each of Scale's types, and strategies for good params of those that the workbench shows."""

from typing import Any

from hypothesis import strategies as st

from task_types.single_shape import SHAPES as ONE_SHAPE

URL = "https://customer.example/street.jpg"
ONE = {"attachment": URL, "attachment_type": "image"}
SHAPES = {**ONE, "objects_to_annotate": ["Car", "Truck"], "min_width": "30", "with_labels": True}
GEOMETRIES = {"geometries": {"box": {"objects_to_annotate": ["Car"]}}}
VIDEO = {"attachments": [URL, URL], "attachment_type": "image", "frame_rate": "2", **GEOMETRIES}
LIDAR = {"attachments": [URL], "attachment_type": "json", "labels": ["Car", {"choice": "Bus", "display": "A bus"}]}
DOCUMENT = {"attachment": URL, "features": [{"type": "block", "label": "barcode"}]}
CHAT = {"template_variables": {"topic": "harbours"}}

GOOD: dict[str, dict[str, Any]] = {
    "annotation": SHAPES,
    "categorization": {**ONE, "categories": ["public", "private"]},
    "chat": CHAT,
    "chatexperimental": CHAT,
    "chatlite": {},
    "comparison": {"attachments": [URL, URL], "attachment_type": "image", "choices": ["left", "right"]},
    "cuboidannotation": SHAPES,
    "datacollection": {**ONE, "fields": {"hiring_page": "Hiring Page URL"}},
    "documentmodel": DOCUMENT,
    "documenttranscription": DOCUMENT,
    "federal2dvideoannotation": VIDEO,
    "imageannotation": {**ONE, **GEOMETRIES},
    "laneannotation": LIDAR,
    "lidarannotation": LIDAR,
    "lidarlinking": {"lidar_task": "0123456789abcdef01234567"},
    "lidarsegmentation": {"lidar_task": "0123456789abcdef01234567", "labels": ["Car"]},
    "lidartopdown": LIDAR,
    "lineannotation": SHAPES,
    "multichat": CHAT,
    "multistage": {},
    "namedentityrecognition": {
        "text": "Ada Lovelace lived in London.",
        "labels": [{"name": "Person", "description": "A human"}, {"name": "Place"}],
        "relationships": [{"name": "lived in", "source_label": "Person", "target_label": "Place"}],
    },
    "pointannotation": SHAPES,
    "polygonannotation": SHAPES,
    "segmentannotation": {**ONE, "labels": ["Road", "Sky"], "allow_unlabeled": False},
    "sensorfusion": LIDAR,
    "textcollection": {
        "attachments": [{"type": "image", "content": URL}],
        "fields": [{"type": "text", "field_id": "caption", "title": "Caption", "required": True}],
    },
    "transcription": {**ONE, "fields": {"title": "Title"}, "repeatable_fields": {"username": "Name"}},
    "videoannotation": VIDEO,
    "videoboxannotation": VIDEO,
    "videocuboidannotation": {"attachment": URL, "attachment_type": "video", "objects_to_annotate": ["Car"]},
    "videoplaybackannotation": {**VIDEO, "events_to_annotate": ["Turn"]},
}

names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(str.strip)
name_lists = st.lists(names, min_size=1, max_size=6, unique=True)
sizes = st.one_of(st.integers(0, 400), st.floats(0, 400), st.integers(0, 400).map(str))


def labels(names_of: list[str]) -> list[Any]:
    """The same names in all of their spellings: plain, described, and as leaves."""
    first, *rest = names_of
    if len(rest) < 2:
        return names_of
    return [first, {"choice": rest[0], "display": "Shown"}, {"choice": "group", "subchoices": rest[1:]}]


label_lists = name_lists.map(labels)


@st.composite
def limits(draw: st.DrawFn) -> dict[str, Any]:
    low, high = sorted((draw(st.integers(-50, 50)), draw(st.floats(-50, 50).map(lambda x: round(x, 2)))))
    return draw(st.sampled_from([{}, {"min": low}, {"max": high}, {"min": low, "max": high}]))


@st.composite
def attribute(draw: st.DrawFn, on: list[str]) -> dict[str, Any]:
    kind = draw(st.sampled_from(["category", "number", "text", "boolean"]))
    found: dict[str, Any] = {"type": kind, "required": draw(st.booleans()), "global": draw(st.booleans())}
    if kind == "category":
        found |= {"choices": draw(label_lists), "allow_multiple": draw(st.booleans())}
    if kind == "number":
        found |= draw(limits())
    if draw(st.booleans()):
        found["conditions"] = {"label_condition": {"label": draw(st.lists(st.sampled_from(on), min_size=1))}}
    return found


@st.composite
def geometry(draw: st.DrawFn, name: str, on: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"objects_to_annotate": labels(on)}
    if name == "box":
        found |= draw(st.fixed_dictionaries({}, optional={"min_width": sizes, "min_height": sizes}))
    if name in {"polygon", "line"}:
        low = draw(st.integers(3, 40))
        found |= draw(st.sampled_from([{}, {"min_vertices": low}, {"min_vertices": low, "max_vertices": low + 2}]))
    return found


@st.composite
def image(draw: st.DrawFn) -> dict[str, Any]:
    on = draw(name_lists)
    shapes = draw(st.sets(st.sampled_from(["box", "polygon", "line", "point"]), min_size=1))
    return {
        **ONE,
        "geometries": {name: draw(geometry(name, on)) for name in sorted(shapes)},
        "annotation_attributes": draw(st.dictionaries(names, attribute(on), max_size=4)),
    }


@st.composite
def single(draw: st.DrawFn, shape: str) -> dict[str, Any]:
    on = draw(name_lists)
    attributes = draw(st.dictionaries(names, attribute(on), max_size=4))
    return {**ONE, **draw(geometry(shape, on)), "annotation_attributes": attributes}


@st.composite
def field(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["category", "number", "text", "boolean"]))
    found: dict[str, Any] = {"type": kind, "title": draw(names), "required": draw(st.booleans())}
    if kind == "category":
        choices = draw(name_lists)
        least = draw(st.integers(1, len(choices)))
        several = {"min_choices": least, "max_choices": draw(st.integers(least, len(choices)))}
        found |= {"choices": [{"label": name, "value": name} for name in choices]} | draw(
            st.sampled_from([{}, {"allow_multiple": True}, several])
        )
    if kind == "number":
        found |= draw(limits())
    if kind == "text":
        found |= draw(st.fixed_dictionaries({}, optional={"max_length": st.integers(1, 50)}))
    return found


@st.composite
def form(draw: st.DrawFn) -> dict[str, Any]:
    fields = draw(st.dictionaries(names, field(), min_size=1, max_size=5))
    return {
        "attachments": [{"type": "text", "content": "A text"}],
        "fields": [{"field_id": name, **one} for name, one in fields.items()],
    }


@st.composite
def entities(draw: st.DrawFn) -> dict[str, Any]:
    on = draw(name_lists)
    attributes = draw(st.dictionaries(names, attribute(on), max_size=3))
    end = st.none() | st.sampled_from(on)
    relation = st.fixed_dictionaries(
        {"name": names, "source_label": end, "target_label": end}, optional={"is_directed": st.booleans()}
    )
    spelt = draw(st.sampled_from([labels, lambda found: [{"name": name, "description": "x"} for name in found]]))
    return {
        "text": draw(st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip)),
        "labels": spelt(on),
        "annotation_attributes": attributes,
        **draw(st.fixed_dictionaries({}, optional={"relationships": st.lists(relation, max_size=3)})),
    }


categories = st.fixed_dictionaries(
    {"attachment": st.just(URL), "categories": label_lists, "allow_multiple": st.booleans()}
)

PARAMS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "imageannotation": image(),
    "categorization": categories,
    "namedentityrecognition": entities(),
    "textcollection": form(),
    **{name: single(shape) for name, shape in ONE_SHAPE.items()},
}
