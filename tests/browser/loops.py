"""One task of each kind that the workbench shows: how it is ordered, how it is answered, and the answer as Scale's."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from config.demo.scenes import SIZE, street
from tests.browser.pages import answers, texts
from tests.browser.pages.bench import Bench, Box, Point

Json = dict[str, Any]
SCENE = street(7)
CAR: Box = (60, 555, 276, 104.88)
ROOF: list[Point] = [(115, 602), (148, 556), (253, 556), (294, 602)]
KERB: list[Point] = [(40, 484), (420, 484), (760, 486)]
HEAD: Point = (839, 535)
NEWS = "Zoe\u0308 \U0001f469\u200d\U0001f680 left the Royal Bank of Scotland\nfor \u6771\u4eac, they say."
NAMES = [
    ("Zoe\u0308 \U0001f469\u200d\U0001f680", "Person"),
    ("Royal Bank of Scotland", "Organisation"),
    ("Scotland", "Place"),
    ("\u6771\u4eac", "Place"),
]
HIDDEN = {"Hidden": {"type": "category", "choices": ["No", "Partly"], "required": True}}
WEATHER = {"Weather": {"type": "category", "choices": ["Dry", "Wet"], "global": True}}


def show_picture(bench: Bench) -> None:
    bench.expect_task()
    bench.actual_size()


@dataclass(frozen=True)
class Loop:
    """`params` are the project's, `order` the task's own, in which PICTURE stands for the address of the scene."""

    params: Json
    order: Json
    answer: Callable[[Bench], None]
    response: Json
    begin: Callable[[Bench], None] = show_picture


PICTURE = "{picture}"
DRAWN: Json = {"attachment": PICTURE, "attachment_type": "image"}


def vertices(points: list[Point]) -> list[Json]:
    return [{"x": x, "y": y} for x, y in points]


def box(**more: Any) -> Json:
    left, top, width, height = CAR
    return {"label": "Car", "left": left, "top": top, "width": width, "height": height, "attributes": {}, **more}


def draw_all(bench: Bench) -> None:
    bench.draw("Car", CAR, SIZE)
    answers.trace(bench, "p", "Roof", ROOF, SIZE)
    answers.trace(bench, "l", "Kerb", KERB, SIZE)
    answers.trace(bench, "k", "Head", [HEAD], SIZE)
    answers.describe(bench, 0, Hidden="Partly")
    answers.choose(bench, "Weather", "Dry")


def draw_box(bench: Bench) -> None:
    bench.draw("Car", CAR, SIZE)
    answers.describe(bench, 0, Hidden="No")


def tracing(key: str, label: str, points: list[Point]) -> Callable[[Bench], None]:
    return lambda bench: answers.trace(bench, key, label, points, SIZE)


def entity(words: str, label: str, **attributes: Any) -> Json:
    start = NEWS.index(words)
    return {"start": start, "end": start + len(words), "text": words, "label": label, "attributes": attributes}


def mark_all(bench: Bench) -> None:
    for words, label in NAMES:
        start = NEWS.index(words)
        texts.mark(bench, start, start + len(words), label)
    answers.describe(bench, 0, Named="Yes")
    texts.relate(bench, 0, 1)
    answers.choose(bench, "Tone", "Neutral")


def pick(bench: Bench) -> None:
    answers.choose(bench, "Categories", "delivery", "other")


def fill_in(bench: Bench) -> None:
    answers.fill(bench, "Shop", "Ο Βλάχος & Sons")
    answers.fill(bench, "Total", "12.5")
    answers.choose(bench, "Paid by", "Cash", "Card")
    answers.choose(bench, "Legible", "Yes")


def alone(label: str, limits: Json | None = None) -> Json:
    """The params of a kind with one shape."""
    return {"objects_to_annotate": [label], **(limits or {})}


def one(label: str, **shape: Any) -> Json:
    """The answer of a kind with one shape: its objects have no type."""
    return {"annotations": [{"label": label, **shape, "attributes": {}}], "global_attributes": {}}


def field_of(kind: str, name: str, *values: Any) -> Json:
    return {"type": kind, "field_id": name, "response": [list(values)]}


LOOPS = {
    "imageannotation": Loop(
        params={
            "geometries": {
                "box": {"objects_to_annotate": ["Car"], "min_width": "4"},
                "polygon": {"objects_to_annotate": ["Roof"]},
                "line": {"objects_to_annotate": ["Kerb"]},
                "point": {"objects_to_annotate": ["Head"]},
            },
            "annotation_attributes": HIDDEN
            | WEATHER
            | {"Hidden": HIDDEN["Hidden"] | {"conditions": {"label_condition": {"label": ["Car"]}}}},
        },
        order=DRAWN,
        answer=draw_all,
        response={
            "annotations": [
                {"type": "box", **box(attributes={"Hidden": "Partly"})},
                {"type": "polygon", "label": "Roof", "vertices": vertices(ROOF), "attributes": {}},
                {"type": "line", "label": "Kerb", "vertices": vertices(KERB), "attributes": {}},
                {"type": "point", "label": "Head", "x": HEAD[0], "y": HEAD[1], "attributes": {}},
            ],
            "global_attributes": {"Weather": "Dry"},
            "links": [],
        },
    ),
    "annotation": Loop(
        params=alone("Car", {"min_width": 4, "with_labels": True, "annotation_attributes": HIDDEN}),
        order=DRAWN,
        answer=draw_box,
        response={"annotations": [box(attributes={"Hidden": "No"})], "global_attributes": {}},
    ),
    "polygonannotation": Loop(
        params=alone("Roof"),
        order=DRAWN,
        answer=tracing("p", "Roof", ROOF),
        response=one("Roof", vertices=vertices(ROOF)),
    ),
    "lineannotation": Loop(
        params=alone("Kerb", {"max_vertices": 50}),
        order=DRAWN,
        answer=tracing("l", "Kerb", KERB),
        response=one("Kerb", vertices=vertices(KERB)),
    ),
    "pointannotation": Loop(
        params=alone("Head"),
        order=DRAWN,
        answer=tracing("k", "Head", [HEAD]),
        response=one("Head", x=HEAD[0], y=HEAD[1]),
    ),
    "categorization": Loop(
        params={"categories": ["delivery", "payment", "other"], "allow_multiple": True},
        order={"attachment": "The parcel never came.\nWho answers?", "attachment_type": "text"},
        answer=pick,
        response={"category": ["delivery", "other"]},
        begin=answers.expect_form,
    ),
    "namedentityrecognition": Loop(
        params={
            "labels": [{"name": "Person", "description": "A human"}, {"name": "Organisation"}, {"name": "Place"}],
            "relationships": [
                {"name": "works for", "is_directed": True, "source_label": "Person", "target_label": "Organisation"}
            ],
            "annotation_attributes": {
                "Named": {"type": "boolean", "conditions": {"label_condition": {"label": ["Person"]}}},
                "Tone": {"type": "category", "choices": ["Neutral", "Loud"], "global": True},
            },
        },
        order={"text": NEWS},
        answer=mark_all,
        begin=Bench.expect_shown,
        response={
            "annotations": [
                entity("Zoe\u0308 \U0001f469\u200d\U0001f680", "Person", Named=True),
                entity("Royal Bank of Scotland", "Organisation"),
                entity("Scotland", "Place"),
                entity("\u6771\u4eac", "Place"),
            ],
            "relationships": [{"name": "works for"}],
            "global_attributes": {"Tone": "Neutral"},
        },
    ),
    "textcollection": Loop(
        params={
            "fields": [
                {"type": "text", "field_id": "shop", "title": "Shop", "required": True},
                {"type": "number", "field_id": "total", "title": "Total", "min": 0, "required": True},
                {
                    "type": "category",
                    "field_id": "paid_by",
                    "title": "Paid by",
                    "max_choices": 2,
                    "choices": [{"label": "Cash", "value": "cash"}, {"label": "Card", "value": "card"}],
                },
                {"type": "boolean", "field_id": "legible", "title": "Legible"},
            ]
        },
        order={
            "attachments": [{"type": "image", "content": PICTURE}, {"type": "text", "content": "Read the receipt."}]
        },
        answer=fill_in,
        response={
            "annotations": {
                "shop": field_of("text", "shop", "Ο Βλάχος & Sons"),
                "total": field_of("number", "total", 12.5),
                "paid_by": field_of("category", "paid_by", "cash", "card"),
                "legible": field_of("boolean", "legible", True),
            }
        },
        begin=answers.expect_form,
    ),
}
