"""All kinds of work that can be ordered: Scale's names, and what an order of each has to say."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from task_types import order_forms as forms
from task_types.order_forms import Form


@dataclass(frozen=True)
class Order:
    needs: tuple[Mapping[str, Form], ...]
    """Groups of parameters with their forms; one of each group is enough."""

    may: Mapping[str, Form] = field(default_factory=dict)
    """Parameters that need not be there, but have a form when they are. All others are kept as they come."""


ONE_FILE: Mapping[str, Form] = {"attachment": forms.text, "attachments": forms.one_attachment}
FILES: Mapping[str, Form] = {"attachment": forms.text, "attachments": forms.attachments}
FRAMES: Mapping[str, Form] = {"attachments": forms.attachments, "attachment": forms.text}
OBJECTS: Mapping[str, Form] = {"objects_to_annotate": forms.labels}
GEOMETRIES: Mapping[str, Form] = {"geometries": forms.geometries}
LABELS: Mapping[str, Form] = {"labels": forms.labels}
FIELDS: Mapping[str, Form] = {"fields": forms.named_fields, "repeatable_fields": forms.named_fields}

ATTRIBUTES: Mapping[str, Form] = {"annotation_attributes": forms.attributes}
SIZES: Mapping[str, Form] = {**ATTRIBUTES, **dict.fromkeys(forms.SIZES, forms.number)}
RATES: Mapping[str, Form] = {
    **ATTRIBUTES,
    **dict.fromkeys(
        ("frame_rate", "annotation_frame_rate", "video_frame_rate", "duration_time", "start_time"), forms.number
    ),
}

SHAPES = Order((ONE_FILE, OBJECTS), SIZES)
VIDEO = Order((FILES, GEOMETRIES), RATES)
VIDEO_OBJECTS = Order((FILES, {**OBJECTS, **GEOMETRIES}), RATES)
LIDAR = Order((FRAMES, LABELS), ATTRIBUTES)
DOCUMENT = Order((FILES, {"features": forms.features}))
CHAT = Order((), {"template_variables": forms.mapping, "attachments": forms.attachments})

ORDERS: Mapping[str, Order] = {
    "annotation": SHAPES,
    "categorization": Order(
        (ONE_FILE, {"categories": forms.labels, "taxonomies": forms.taxonomies}), {"allow_multiple": forms.flag}
    ),
    "chat": CHAT,
    "chatexperimental": CHAT,
    "chatlite": CHAT,
    "comparison": Order(
        ({"attachments": forms.two_attachments}, {"choices": forms.labels, "fields": forms.named_fields})
    ),
    "cuboidannotation": SHAPES,
    "datacollection": Order((FILES, {"fields": forms.named_fields})),
    "documentmodel": DOCUMENT,
    "documenttranscription": DOCUMENT,
    "federal2dvideoannotation": VIDEO,
    "imageannotation": Order((ONE_FILE, GEOMETRIES), ATTRIBUTES),
    "laneannotation": Order((FRAMES, {**LABELS, **OBJECTS, **GEOMETRIES}), ATTRIBUTES),
    "lidarannotation": LIDAR,
    "lidarlinking": Order(({"lidar_task": forms.text},), ATTRIBUTES),
    "lidarsegmentation": Order(({"lidar_task": forms.text, **FRAMES}, LABELS), ATTRIBUTES),
    "lidartopdown": LIDAR,
    "lineannotation": SHAPES,
    "multichat": CHAT,
    "multistage": Order((), {"attachments": forms.attachments}),
    "namedentityrecognition": Order(({"text": forms.text}, {"labels": forms.named_labels})),
    "pointannotation": SHAPES,
    "polygonannotation": SHAPES,
    "segmentannotation": Order((ONE_FILE, LABELS), {"allow_unlabeled": forms.flag, **ATTRIBUTES}),
    "sensorfusion": Order((FRAMES, {**LABELS, **GEOMETRIES}), ATTRIBUTES),
    "textcollection": Order(
        ({"attachments": forms.typed_attachments, "attachment": forms.text}, {"fields": forms.form_fields})
    ),
    "transcription": Order((FILES, FIELDS)),
    "videoannotation": VIDEO,
    "videoboxannotation": VIDEO_OBJECTS,
    "videocuboidannotation": VIDEO_OBJECTS,
    "videoplaybackannotation": VIDEO,
}
