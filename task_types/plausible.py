"""Made-up responses of the kinds of work that the workbench does not show, each of its documented shape."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from task_types.chance import Chance
from task_types.kind import Json
from task_types.plausible_shapes import box, shape_for
from task_types.plausible_values import TEXT, value_for
from task_types.values import Asked

Answer = dict[str, Any]
MOST_PIECES = 3
MOST_STARS = 5


def plausible_answer(name: str, params: Json, chance: Chance) -> Answer:
    """`params` are good for an order of that name. Raises KeyError for a name that cannot be ordered."""
    given = {key: value for key, value in params.items() if value is not None}
    return ANSWERS[name](given, chance)


def names_in(labels: Any) -> list[str]:
    """The leaves of labels in any of their spellings."""
    found: list[str] = []
    for label in labels if isinstance(labels, list) else []:
        if not isinstance(label, Mapping):
            found.append(str(label))
        elif label.get("subchoices"):
            found += names_in(label["subchoices"])
        else:
            found.append(str(next((label[key] for key in ("choice", "name", "value", "label") if key in label), "")))
    return found


def values_in(attributes: Any, chance: Chance) -> tuple[Answer, Answer]:
    """Values of an object's attributes, and of those that are global."""
    of_object: Answer = {}
    of_task: Answer = {}
    for name, wanted in attributes.items() if isinstance(attributes, Mapping) else ():
        value = value_in(name, wanted, chance)
        if value is not None:
            (of_task if wanted.get("global") else of_object)[name] = value
    return of_object, of_task


def value_in(name: str, wanted: Json, chance: Chance) -> Any:
    asked = Asked(
        name=name,
        type=str(wanted.get("type") or "category"),
        choices=tuple(names_in(wanted.get("choices"))),
        allow_multiple=wanted.get("allow_multiple") is True,
    )
    return value_for(asked, chance)


def image(params: Json, chance: Chance) -> Answer:
    annotations = [
        {"type": name, **shape_with_label(name, wanted, params, chance)}
        for name, wanted in params["geometries"].items()
        for _number in range(chance.whole(1, MOST_PIECES))
    ]
    return {"annotations": annotations, "global_attributes": global_values(params, chance), "links": []}


def global_values(params: Json, chance: Chance) -> Answer:
    return values_in(params.get("annotation_attributes"), chance)[1]


def shape_with_label(name: str, wanted: Json, params: Json, chance: Chance) -> Answer:
    return {
        "uuid": chance.uuid(),
        "label": chance.pick(names_in(wanted["objects_to_annotate"])),
        **shape_for(name, wanted, chance),
        "attributes": values_in(params.get("annotation_attributes"), chance)[0],
    }


def single(name: str) -> Callable[[Json, Chance], Answer]:
    """The shape that Scale's first image tasks have: no type at each object, for the task has one."""

    def answer(params: Json, chance: Chance) -> Answer:
        count = chance.whole(1, MOST_PIECES)
        return {"annotations": [shape_with_label(name, params, params, chance) for _number in range(count)]}

    return answer


def segments(params: Json, chance: Chance) -> Answer:
    labels = names_in(params["labels"])
    picture = {name: chance.address(f"{name}.png") for name in ("image", "indexedImage", "extendedIndexedImage")}
    return {
        "labelMapping": {
            label: {"index": index, "color": f"#{37 * index % 256:02x}{91 * index % 256:02x}{173 * index % 256:02x}"}
            for index, label in enumerate(labels, start=1)
        },
        "annotations": {
            "combined": picture,
            "labeled": {label: chance.address(f"label-{index}.png") for index, label in enumerate(labels, start=1)},
            "unlabeled": chance.address("unlabeled.png"),
        },
    }


def video(params: Json, chance: Chance) -> Answer:
    found: Answer = {"annotations": {"url": chance.address("annotations.json")}}
    if params.get("events_to_annotate"):
        found["events"] = {"url": chance.address("events.json")}
    return found


def frames(_params: Json, chance: Chance) -> Answer:
    return {"annotations": {"url": chance.address("annotations.json")}}


def points(_params: Json, chance: Chance) -> Answer:
    return {
        "annotations": {"url": chance.address("annotations.json")},
        "point_segmentations": {"url": chance.address("point-segmentations.json")},
    }


WORD = re.compile(r"\w+")


def entities(params: Json, chance: Chance) -> Answer:
    """Single words of the text; one that holds no word is marked from end to end."""
    text, labels = params["text"], names_in(params["labels"])
    words = [match.span() for match in WORD.finditer(text)] or [(0, len(text))]
    found = [
        {"id": chance.uuid(), "start": start, "end": end, "text": text[start:end], "label": chance.pick(labels)}
        for start, end in chance.some(words, MOST_PIECES)
    ]
    return {"annotations": found, "relationships": relationships(params.get("relationships"), found, chance)}


def relationships(wanted: Any, found: list[Answer], chance: Chance) -> list[Answer]:
    """The first one that two of the entities can have."""
    for one in filter(is_object, wanted if isinstance(wanted, list) else []):
        for a in found:
            for b in found:
                if a is not b and (a["label"], b["label"]) == (one.get("source_label"), one.get("target_label")):
                    ends = {"source_ref": a["id"], "target_ref": b["id"]}
                    return [{"id": chance.uuid(), **ends, "name": str(one.get("name") or "")}]
    return []


def is_object(value: Any) -> bool:
    return isinstance(value, Mapping)


def document(params: Json, chance: Chance) -> Answer:
    annotations = [
        {
            "uuid": chance.uuid(),
            "page": 0,
            "label": feature["label"],
            "text": TEXT,
            "location": {"type": "box", **box(chance, 0, 0)},
            "refs": [],
        }
        for feature in params["features"]
    ]
    return {"annotations": annotations}


def filled(fields: Any) -> Answer:
    """A text for each field, whether they are named, listed or described."""
    names = list(fields) if isinstance(fields, Mapping) else [field_name(field) for field in fields]
    return {str(name): TEXT for name in names}


def field_name(field: Any) -> str:
    if isinstance(field, Mapping):
        return str(next((field[key] for key in ("field_id", "name", "key", "title") if key in field), "field"))
    return str(field)


def collected(params: Json, _chance: Chance) -> Answer:
    return {"fields": filled(params["fields"])}


def transcribed(params: Json, chance: Chance) -> Answer:
    found: Answer = {"fields": filled(params.get("fields") or {})}
    if repeatable := params.get("repeatable_fields"):
        found["rows"] = [filled(repeatable) for _number in range(chance.whole(1, MOST_PIECES))]
    return found


def compared(params: Json, chance: Chance) -> Answer:
    found: Answer = {}
    if params.get("choices"):
        found["choice"] = chance.pick(names_in(params["choices"]))
    if params.get("fields"):
        found["fields"] = filled(params["fields"])
    return found


def category(params: Json, chance: Chance) -> Answer:
    if not params.get("taxonomies"):
        wanted = {"choices": params["categories"], "allow_multiple": params.get("allow_multiple")}
        return {"category": value_in("category", wanted, chance)}
    answers = {name: value_in(name, wanted, chance) for name, wanted in params["taxonomies"].items()}
    return {"taxonomies": {name: value for name, value in answers.items() if value is not None}}


def form(params: Json, chance: Chance) -> Answer:
    annotations = {}
    for field in params["fields"]:
        value = value_in(field["field_id"], field, chance)
        values = value if isinstance(value, list) else [TEXT if value is None else value]
        answer = {"type": field["type"], "field_id": field["field_id"], "response": [values]}
        annotations[field["field_id"]] = answer
    return {"annotations": annotations}


def talk(_params: Json, chance: Chance) -> Answer:
    """One thread of one turn: a question and its answer."""
    return {"threads": [thread(chance)]}


def talks(_params: Json, chance: Chance) -> Answer:
    return {"threads": [thread(chance) for _number in range(2)]}


def thread(chance: Chance) -> Answer:
    messages: list[Answer] = [
        {"role": role, "content": {"text": text}, "source_id": chance.uuid(), "annotations": []}
        for role, text in (("user", "Test question"), ("assistant", TEXT))
    ]
    messages[-1]["annotations"] = [rating(chance)]
    return {
        "id": chance.uuid(),
        "turns": [{"id": chance.uuid(), "messages": messages, "annotations": []}],
        "annotations": [],
    }


def rating(chance: Chance) -> Answer:
    return {
        "id": chance.uuid(),
        "key": "rating",
        "type": "integer",
        "title": "How good is this answer?",
        "value": chance.whole(1, MOST_STARS),
        "possible_values": list(range(1, MOST_STARS + 1)),
    }


def stages(_params: Json, _chance: Chance) -> Answer:
    return {"annotations": {}}


ANSWERS: Mapping[str, Callable[[Json, Chance], Answer]] = {
    "annotation": single("box"),
    "categorization": category,
    "chat": talk,
    "chatexperimental": talk,
    "chatlite": talk,
    "comparison": compared,
    "cuboidannotation": single("cuboid"),
    "datacollection": collected,
    "documentmodel": document,
    "documenttranscription": document,
    "federal2dvideoannotation": video,
    "imageannotation": image,
    "laneannotation": frames,
    "lidarannotation": frames,
    "lidarlinking": frames,
    "lidarsegmentation": points,
    "lidartopdown": frames,
    "lineannotation": single("line"),
    "multichat": talks,
    "multistage": stages,
    "namedentityrecognition": entities,
    "pointannotation": single("point"),
    "polygonannotation": single("polygon"),
    "segmentannotation": segments,
    "sensorfusion": frames,
    "textcollection": form,
    "transcription": transcribed,
    "videoannotation": video,
    "videoboxannotation": video,
    "videocuboidannotation": video,
    "videoplaybackannotation": video,
}
