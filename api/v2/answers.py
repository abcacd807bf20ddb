"""Single annotations, and the schemas of answers."""

from typing import Any

import orjson
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel

from api import finding
from api.auth import KeyRequest
from api.tree import ok
from api.v2.shapes import ERRORS, Json
from delivery import talks
from labeling.models import Resolution
from task_types import registry

router = Router(tags=["Answers"])


class AnnotationOut(BaseModel):
    id: str
    key: str
    type: str
    value: Any = None


@router.get("/annotation", response={200: AnnotationOut, **ERRORS}, operation_id="v2_get_annotation")
def get_annotation(request: KeyRequest, annotation_id: str) -> HttpResponse:
    """An annotation of a talk, with all that is known of it; as it was when its id was given out."""
    if place := talks.place_of(annotation_id):
        task = finding.task_with_id(request.auth, place[0])
        found = Resolution.objects.filter(task=task, number=place[1]).first()
        threads = talks.shown(task.public_id, place[1], found.response, {"annotation_details"}) if found else []
        for annotation in talks.annotations_in(threads):
            if annotation["id"] == annotation_id:
                return ok(annotation)
    raise Http404(_("There is no annotation with the id “%(id)s”.") % {"id": annotation_id[:100]})


@router.get("/schema", response={200: Json, **ERRORS}, operation_id="v2_get_schema")
def get_schema(request: KeyRequest, schema_id: str) -> HttpResponse:
    """The JSON Schema of the answers of a kind of work; its id is the kind's name."""
    if not registry.is_shown(schema_id):
        raise Http404(_("There is no schema with the id “%(id)s”.") % {"id": schema_id[:100]})
    schema = registry.get(schema_id).response_model.model_json_schema()
    return ok({"schema": {"id": schema_id, "json": orjson.dumps(schema).decode()}})
