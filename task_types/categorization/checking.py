"""Whether params can be worked on, and whether an answer can be handed in."""

from typing import Any

from pydantic import ValidationError

from task_types.categorization.params import Params
from task_types.categorization.response import Response
from task_types.content import SHOWN_KINDS
from task_types.finding import Finding, findings_of
from task_types.kind import Json, MediaSizes
from task_types.values import check_asked, check_value, is_blank


def check_params(params: Json) -> list[Finding]:
    try:
        read = Params.model_validate(params)
    except ValidationError as error:
        return findings_of(error, params)
    if read.attachment_type not in SHOWN_KINDS:
        return [Finding("content_unsupported", {}, ("attachment_type",))]
    if read.taxonomies and not read.categories:
        return [Finding("taxonomies_unsupported", {}, ("taxonomies",))]
    return [Finding(found.code, found.params, ("categories",)) for found in check_asked(read.asked(), ())]


def check(response: Any, params: Json, taxonomy: Json, media_sizes: MediaSizes) -> list[Finding]:
    try:
        answer = Response.model_validate(response)
    except ValidationError as error:
        return findings_of(error, response)
    if is_blank(answer.category):
        return [Finding("category_missing", {}, ("category",))]
    return check_value(Params.model_validate(params).asked(), answer.category, ("category",))
