"""Whether params can be worked on, and whether an answer can be handed in."""

from typing import Any

from pydantic import ValidationError

from task_types.content import SHOWN_KINDS
from task_types.finding import MOST_FINDINGS, Finding, findings_of
from task_types.kind import Json, MediaSizes
from task_types.labels import first_twice
from task_types.textcollection.params import FormField, Params
from task_types.textcollection.response import FieldAnswer, Response, Value
from task_types.values import check_asked, check_value, is_blank


def check_params(params: Json) -> list[Finding]:
    try:
        read = Params.model_validate(params)
    except ValidationError as error:
        return findings_of(error, params)
    for index, part in enumerate(read.attachments):
        if part.type not in SHOWN_KINDS:
            return [Finding("content_unsupported", {}, ("attachments", index, "type"))]
    if (twice := first_twice([field.field_id for field in read.fields])) is not None:
        return [Finding("name_twice", {"name": twice}, ("fields",))]
    return [
        finding for index, field in enumerate(read.fields) for finding in check_asked(field.asked(), ("fields", index))
    ]


def check(response: Any, params: Json, taxonomy: Json, media_sizes: MediaSizes) -> list[Finding]:
    try:
        answer = Response.model_validate(response)
    except ValidationError as error:
        return findings_of(error, response)
    fields = {field.field_id: field for field in Params.model_validate(params).fields}
    found = []
    for field_id, field in fields.items():
        found += _check_field(field, answer.annotations.get(field_id))
    for field_id in answer.annotations.keys() - fields.keys():
        found.append(Finding("value_unexpected", {"name": field_id[:100]}, ("annotations", field_id)))
    return found[:MOST_FINDINGS]


def _check_field(field: FormField, answer: FieldAnswer | None) -> list[Finding]:
    asked, path = field.asked(), ("annotations", field.field_id)
    values = [value for value in answer.values() if not is_blank(value)] if answer else []
    if answer and (answer.type, answer.field_id) != (field.type, field.field_id):
        return [Finding("field_mismatch", {"name": asked.name}, path)]
    if not values:
        return [Finding("value_required", {"name": asked.name}, path)] if field.required else []
    return check_value(asked, _plain(field, values), (*path, "response"))


def _plain(field: FormField, values: list[Value]) -> Any:
    """A list for choices, else the one value; several of them stay a list, which no other type takes."""
    if field.type == "category" or len(values) > 1:
        return values
    return values[0]
