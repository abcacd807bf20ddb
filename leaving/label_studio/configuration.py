"""What a label configuration asks for, as a kind of work of ours with its params."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BusinessError
from leaving.label_studio import markup
from leaving.label_studio.markup import Tag

Params = dict[str, Any]
# Tags with labels of their own, and tags that take theirs from a <Labels> of the same picture: which shape they draw.
LABELED_SHAPES = {"RectangleLabels": "box", "PolygonLabels": "polygon", "KeyPointLabels": "point"}
PLAIN_SHAPES = {"Rectangle": "box", "Polygon": "polygon", "KeyPoint": "point"}
VALUES = {"Choices": "category", "TextArea": "text", "Rating": "number", "Number": "number"}
OBJECTS = {"Image": "image", "Text": "text"}
DEFAULT_RATING = 5


@dataclass(frozen=True)
class Control:
    """A tag that asks for something. `kind`: box, polygon or point; labels; category, text or number."""

    name: str
    to: str
    kind: str
    tag: Tag
    labels: tuple[tuple[str, str], ...] = ()
    """(name as results have it, shown name)"""

    @property
    def is_shape(self) -> bool:
        return self.kind in LABELED_SHAPES.values()

    @property
    def per_region(self) -> bool:
        return self.tag.says("perRegion")

    @property
    def takes_several(self) -> bool:
        return self.tag.get("choice").lower() == "multiple"


@dataclass(frozen=True)
class Shown:
    """What is looked at: a picture or a text, under this key of a task's data."""

    name: str
    kind: str
    key: str


@dataclass(frozen=True)
class Unsupported:
    """A tag that is not taken over; its results are kept as they are."""

    tag: str
    name: str


@dataclass(frozen=True)
class Plan:
    """The kind of work and its params; what is shown; and how results are read, by the name of their control."""

    type: str
    params: Params
    instruction: str
    shown: tuple[Shown, ...]
    controls: dict[str, Control]
    unsupported: tuple[Unsupported, ...]

    def tag_of(self, name: str) -> str:
        """The tag behind a result that is not taken over; empty for one that the configuration does not have."""
        return next((one.tag for one in self.unsupported if one.name == name), "")


def plan(raw: bytes) -> Plan:
    """Raises BusinessError `bad_configuration` for what is no XML, `nothing_to_ask` where nothing can be taken over."""
    tags = markup.read(raw).all()
    objects = [Shown(tag.get("name"), OBJECTS[tag.name], key_of(tag)) for tag in tags if is_shown(tag)]
    asked = [tag for tag in tags if tag.get("toName")]
    found = [made for tag in asked if (made := control(tag, objects, asked))]
    if not any(one.kind != "labels" for one in found):
        raise nothing_to_ask(tags)
    type_name, shown, controls = kind_of_work(found, objects)
    params, instruction = params_of(type_name, shown, controls), instruction_of(tags)
    known = {one.name for one in shown} | {one.name for one in controls}
    left = [tag for tag in tags if (tag.get("toName") or tag.get("value")[:1] == "$") and tag.get("name") not in known]
    missing = tuple(Unsupported(tag.name, tag.get("name")) for tag in left if tag.get("name"))
    return Plan(type_name, params, instruction, shown, {one.name: one for one in controls}, missing)


def nothing_to_ask(tags: list[Tag]) -> BusinessError:
    names = sorted({tag.name for tag in tags if tag.get("toName")})
    if not names:
        sentence = _("The label configuration asks for nothing: no tag has a toName.")
        return BusinessError(sentence, code="nothing_to_ask", status=400)
    sentence = _("There is no kind of work here yet for what the configuration asks: %(tags)s.")
    return BusinessError(sentence % {"tags": ", ".join(names)}, code="nothing_to_ask", status=400)


def is_shown(tag: Tag) -> bool:
    """A text may also be an address of one, which is not taken over."""
    return tag.name in OBJECTS and bool(key_of(tag)) and tag.get("valueType").lower() != "url"


def key_of(tag: Tag) -> str:
    """`image` of value="$image"."""
    value = tag.get("value")
    return value[1:] if value.startswith("$") else ""


def control(tag: Tag, objects: list[Shown], asked: list[Tag]) -> Control | None:
    """None for what is not taken over: other tags, and shapes, labels or choices whose names each task brings along."""
    to = tag.get("toName")
    kinds = {one.name: one.kind for one in objects}
    is_picture = kinds.get(to) == "image"
    if to not in kinds or not tag.get("name"):
        return None
    if tag.name in LABELED_SHAPES and is_picture and (labels := names_in(tag, "Label")):
        return Control(tag.get("name"), to, LABELED_SHAPES[tag.name], tag, labels)
    if tag.name in PLAIN_SHAPES and is_picture and (labels := labels_for(to, asked)):
        return Control(tag.get("name"), to, PLAIN_SHAPES[tag.name], tag, labels)
    if (
        tag.name == "Labels"
        and is_picture
        and any(one.name in PLAIN_SHAPES for one in asked if one.get("toName") == to)
    ):
        return Control(tag.get("name"), to, "labels", tag, names_in(tag, "Label"))
    if tag.name in VALUES:
        choices = names_in(tag, "Choice")
        return (
            Control(tag.get("name"), to, VALUES[tag.name], tag, choices) if choices or tag.name != "Choices" else None
        )
    return None


def labels_for(to: str, asked: list[Tag]) -> tuple[tuple[str, str], ...]:
    """Those of every <Labels> of the same picture."""
    return tuple(
        label for tag in asked if tag.name == "Labels" and tag.get("toName") == to for label in names_in(tag, "Label")
    )


def names_in(tag: Tag, child: str) -> tuple[tuple[str, str], ...]:
    """Once each, in order. An alias is what results have; the value is what people see."""
    found: dict[str, str] = {}
    for one in tag.all():
        if one.name == child and (name := one.get("alias") or one.get("value")) and not name.startswith("$"):
            found.setdefault(name, one.get("value") or name)
    return tuple(found.items())


def kind_of_work(found: list[Control], objects: list[Shown]) -> tuple[str, tuple[Shown, ...], list[Control]]:
    """The kind of work, what is shown, and the controls that it takes: those of one picture where shapes are drawn."""
    shapes = [one for one in found if one.is_shape]
    if shapes:
        picture = next(one for one in objects if one.name == shapes[0].to)
        return "imageannotation", (picture,), [one for one in found if one.to == picture.name]
    values = [one for one in found if one.kind in VALUES.values() and not one.per_region]
    if len(values) == 1 and values[0].kind == "category" and len(objects) == 1:
        return "categorization", tuple(objects), values
    return "textcollection", tuple(objects), values


def params_of(type_name: str, shown: tuple[Shown, ...], controls: list[Control]) -> Params:
    if type_name == "imageannotation":
        values = [one for one in controls if one.kind in VALUES.values()]
        found: Params = {"geometries": geometries(controls)}
        if values:
            found["annotation_attributes"] = {one.name: attribute(one) for one in values}
        return found
    if type_name == "categorization":
        (only,) = controls
        several = {"allow_multiple": True} if only.takes_several else {}
        return {"categories": written(only.labels), "attachment_type": shown[0].kind, **several}
    return {"fields": [field(one) for one in controls]}


def geometries(controls: list[Control]) -> Params:
    """Of several tags that draw the same shape the labels come together."""
    found: dict[str, dict[str, str]] = {}
    for one in controls:
        if one.is_shape:
            found[one.kind] = found.get(one.kind, {}) | dict(one.labels)
    return {kind: {"objects_to_annotate": written(tuple(labels.items()))} for kind, labels in found.items()}


def written(labels: tuple[tuple[str, str], ...]) -> list[Any]:
    return [name if name == shown else {"choice": name, "display": shown} for name, shown in labels]


def attribute(one: Control) -> Params:
    found: Params = {"type": one.kind, **described(one), **bounds(one)}
    if one.kind == "category":
        found |= {"choices": written(one.labels), "allow_multiple": one.takes_several}
    if not one.per_region:
        return found | {"global": True}
    names = [name.strip() for name in one.tag.get("whenLabelValue").split(",") if name.strip()]
    return found | ({"conditions": {"label_condition": {"label": names}}} if names else {})


def field(one: Control) -> Params:
    found: Params = {"type": one.kind, "field_id": one.name, "title": one.name, **described(one), **bounds(one)}
    if one.kind == "category":
        found |= {"choices": written(one.labels), "allow_multiple": one.takes_several}
    return found


def described(one: Control) -> Params:
    hint = one.tag.get("placeholder") or one.tag.get("hint") or one.tag.get("requiredMessage")
    return ({"description": hint} if hint else {}) | ({"required": True} if one.tag.says("required") else {})


def bounds(one: Control) -> Params:
    if one.tag.name == "Rating":
        return {"min": 0, "max": number(one.tag.get("maxRating")) or DEFAULT_RATING}
    if one.tag.name != "Number":
        return {}
    found = {name: number(one.tag.get(name)) for name in ("min", "max")}
    return {name: value for name, value in found.items() if value is not None}


def number(text: str) -> float | None:
    """None for what is no finite number."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < 1e300 else None


def instruction_of(tags: list[Tag]) -> str:
    """What stands in headers, one paragraph each."""
    said = [tag.get("value") for tag in tags if tag.name == "Header"]
    return "\n\n".join(text for text in said if text and not text.startswith("$"))
