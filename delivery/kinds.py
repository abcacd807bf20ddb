"""The formats that an export can have: what each writes per page of tasks, and how the pieces become one file."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import orjson
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from delivery.formats import coco
from delivery.reading import DeliveredTask
from delivery.scale_json import address_of, delivered_json
from projects.models import Project, ProjectVersion
from task_types import registry
from task_types.single_shape import SHAPES, with_shapes

State = dict[str, Any]
"""Small JSON, kept in the job's checkpoint between two steps."""


class ExportFormat(Protocol):
    code: str
    name: str | Promise
    extension: str
    content_type: str
    # The kinds of work that it is for; none: all.
    task_types: frozenset[str]
    # Whether tasks without an answer are in it too.
    takes_open: bool

    def begin(self, project: Project) -> State: ...

    def write(self, page: Sequence[DeliveredTask], state: State) -> tuple[dict[str, bytes], State]:
        """The next piece of each stream, and the state after it. The given state is not changed."""
        ...

    def layout(self, project: Project, state: State) -> list[bytes | str]:
        """The whole file in order: bytes as they are, and names of streams."""
        ...


class ScaleLines:
    """One task JSON per line."""

    code = "scale_jsonl"
    name: str | Promise = _("Scale's task JSON, one task per line")
    extension = "jsonl"
    content_type = "application/x-ndjson"
    task_types: frozenset[str] = frozenset()
    takes_open = True

    def begin(self, project: Project) -> State:  # noqa: ARG002 (one signature for all formats)
        return {}

    def write(self, page: Sequence[DeliveredTask], state: State) -> tuple[dict[str, bytes], State]:
        return {"tasks": b"".join(orjson.dumps(delivered_json(task)) + b"\n" for task in page)}, state

    def layout(self, project: Project, state: State) -> list[bytes | str]:  # noqa: ARG002 (one signature for all formats)
        return ["tasks"]


class Coco:
    """Only finished tasks: a picture without annotations says that there is nothing on it."""

    code = "coco"
    name: str | Promise = _("COCO, finished pictures only")
    extension = "coco.json"
    content_type = "application/json"
    task_types = frozenset({"imageannotation", *SHAPES})
    takes_open = False

    def begin(self, project: Project) -> State:
        labels = {name for version in project.versions.iterator() for name in labels_of(project.type, version)}
        return asdict(coco.CocoState.for_labels(labels))

    def write(self, page: Sequence[DeliveredTask], state: State) -> tuple[dict[str, bytes], State]:
        now = read_state(state)
        images, annotations = coco.pieces([picture_of(delivered) for delivered in page if delivered.resolution], now)
        return {"images": images, "annotations": annotations}, asdict(now)

    def layout(self, project: Project, state: State) -> list[bytes | str]:
        return [coco.opening(project.name), "images", coco.BETWEEN, "annotations", coco.closing(read_state(state))]


def labels_of(type_name: str, version: ProjectVersion) -> list[str]:
    """None of a version that leaves them to its tasks: they are met in the answers."""
    if not registry.can_be_worked_on(type_name, version.params):
        return []
    taxonomy = registry.get(type_name).complete_taxonomy(version.params, version.taxonomy, {})
    return [label["name"] for label in taxonomy["labels"]]


def read_state(state: State) -> coco.CocoState:
    """A copy: a step that is done again begins from the same state."""
    return coco.CocoState(
        images=state["images"],
        annotations=state["annotations"],
        categories=dict(state["categories"]),
        with_points=list(state["with_points"]),
    )


def picture_of(delivered: DeliveredTask) -> coco.Picture:
    assert delivered.resolution is not None  # its caller has looked
    file = next((row.file for row in delivered.attachments if row.file), None)
    return coco.Picture(
        task_id=delivered.task.public_id,
        file_name=file_name_of(delivered),
        width=file.width if file else None,
        height=file.height if file else None,
        response=with_shapes(delivered.task.type, delivered.resolution.response),
    )


def file_name_of(delivered: DeliveredTask) -> str:
    """The customer's own name: the file's, else the end of its address, else the task's id."""
    for row in delivered.attachments:
        if row.file and row.file.name:
            return row.file.name
        if name := PurePosixPath(unquote(urlsplit(address_of(delivered, row)).path)).name:
            return name
    address = str(delivered.content.params.get("attachment") or "")
    return PurePosixPath(unquote(urlsplit(address).path)).name or delivered.task.public_id


FORMATS: Mapping[str, ExportFormat] = {found.code: found for found in (ScaleLines(), Coco())}


def formats_for(task_type: str) -> list[ExportFormat]:
    return [found for found in FORMATS.values() if not found.task_types or task_type in found.task_types]
