"""What a contractor's browser gets of the params, and the taxonomy beside them."""

from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict

from task_types.content import ContentView, content_view
from task_types.kind import Json
from task_types.labels import ShownChoice, complete, shown
from task_types.textcollection.params import FormField, Params


class FieldView(TypedDict):
    key: str
    type: str
    title: str
    description: str
    required: bool
    choices: list[ShownChoice]
    allow_multiple: bool
    min: float | None
    max: float | None
    max_length: int | None


class FormView(TypedDict):
    content: ContentView
    fields: list[FieldView]


def worker_view(params: Json, taxonomy: Json) -> FormView:
    """Raises pydantic's ValidationError for params that `check_params` refuses."""
    read = Params.model_validate(params)
    return {
        "content": content_view([(part.type, part.content) for part in read.attachments]),
        "fields": [_field(field) for field in read.fields],
    }


def _field(field: FormField) -> FieldView:
    return {
        "key": field.field_id,
        "type": field.type,
        "title": field.title or field.field_id,
        "description": field.description,
        "required": field.required,
        "choices": shown(field.named_choices()),
        "allow_multiple": field.takes_several(),
        "min": field.min,
        "max": field.max,
        "max_length": field.max_length,
    }


def complete_taxonomy(params: Json, previous: Json, renames: Mapping[str, str]) -> dict[str, Any]:
    """One entry per field."""
    named = [{"name": field.field_id} for field in Params.model_validate(params).fields]
    return {"fields": complete(named, previous.get("fields", []), renames)}
