"""One task in Scale's JSON as a task of ours. Pure but for the kinds of work."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware

from core import jsonio, limits
from core.errors import BusinessError
from labeling.models import ReviewStatus
from leaving.reporting import Remark
from projects import sources
from projects.contents import refused
from projects.models import TaskStatus
from projects.sources import Source
from task_types import registry

Json = dict[str, Any]
# Of a request, but with a place of their own: they never stand in params.
NOT_PARAMS = frozenset({"batch", "metadata", "priority", "project", "tags", "unique_id", "instruction", "callback_url"})


@dataclass(frozen=True)
class Read:
    """A task as it was there. `answers`: the last one counts; none for one that is open or has no answer."""

    id: str
    status: str
    batch: str | None
    params: Json
    sources: tuple[Source, ...]
    metadata: Json
    tags: tuple[str, ...]
    unique_id: str | None
    priority: int
    answers: tuple[Json, ...]
    review_status: str
    created_at: datetime | None
    completed_at: datetime | None
    remarks: list[Remark] = field(default_factory=list)


def read(value: Json, *, type_name: str, project: Json, instruction: str, slug: str) -> Read:
    """`project`: the params of the project's version here, which need not stand in each task again.

    `slug`: of the organization, which decides over its buckets.

    Raises NotTakenError for what makes no task.
    """
    number = value.get("task_id")
    if not isinstance(number, str) or not 1 <= len(number) <= 255:
        raise refused("id_missing")
    if (given := value.get("type")) not in {None, type_name}:
        raise refused("other_type", type=str(given)[:32])
    status = value.get("status")
    if status not in TaskStatus.values:
        raise refused("status_unknown", status=str(status)[:32])
    remarks: list[Remark] = []
    params = own_params(value, project, instruction)
    if len(jsonio.canonical(params)) > limits.PARAMS:
        raise refused("params_too_large")
    answers = answers_of(value, number, type_name, {**project, **params}, remarks)
    if status == TaskStatus.COMPLETED and not answers:
        status = TaskStatus.PENDING
        remarks.append(Remark(number, "response_missing"))
    effective = {**project, **params}
    named = sources.sources_of(type_name, effective)
    reached, lost = reachable(value, named, slug, is_open=status == TaskStatus.PENDING)
    return Read(
        id=number,
        status=str(status),
        batch=value["batch"] if isinstance(value.get("batch"), str) else None,
        params=params,
        sources=tuple(reached),
        metadata=metadata_of(value),
        tags=tags_of(value),
        unique_id=text_of(value.get("unique_id"), 255),
        priority=value["priority"] if type(value.get("priority")) is int and 0 <= value["priority"] <= 100 else 20,
        answers=answers if status == TaskStatus.COMPLETED else (),
        review_status=one_of(value.get("customer_review_status"), ReviewStatus.values, ReviewStatus.PENDING),
        created_at=moment(value.get("created_at")),
        completed_at=moment(value.get("completed_at")),
        remarks=[*remarks, *lost],
    )


def own_params(value: Json, project: Json, instruction: str) -> Json:
    """What differs from the project's; the task's own instruction without the project's behind it."""
    given = value["params"] if isinstance(value.get("params"), dict) else {}
    found = {
        name: one
        for name, one in given.items()
        if name not in NOT_PARAMS and (name not in project or project[name] != one)
    }
    own = text_of(value.get("instruction"), limits.INSTRUCTION_CHARACTERS) or ""
    if instruction and own.endswith(instruction):
        own = own.removesuffix(instruction).rstrip()
    if own:
        found["instruction"] = own
    if address := text_of(value.get("callback_url"), 2000):
        found["callback_url"] = address
    return found


def answers_of(value: Json, number: str, type_name: str, params: Json, remarks: list[Remark]) -> tuple[Json, ...]:
    """Earlier answers first. One that our linter would not take is still the customer's: it comes as it was."""
    earlier = value.get("prev_responses")
    given = [*(earlier if isinstance(earlier, list) else []), value.get("response")]
    found = [long_form(type_name, one, params) for one in given if isinstance(one, dict) and one]
    # Of what the workbench cannot show nothing is known but the form that it has there.
    is_known = registry.can_be_worked_on(type_name, params)
    if found and isinstance(given[-1], dict) and is_known:
        wrong = registry.get(type_name).check(found[-1], params, {}, [])
        remarks += [Remark(number, "answer_unlike", (("why", one.code),)) for one in wrong[:1]]
    return tuple(found) if given[-1] else ()


def long_form(type_name: str, response: Json, params: Json) -> Json:
    """Forms answer with a value for each field there, and with a list of lists of them here."""
    annotations = response.get("annotations")
    if type_name != "textcollection" or not isinstance(annotations, dict):
        return response
    types = {one.get("field_id"): one.get("type") for one in params.get("fields", []) if isinstance(one, dict)}
    return {
        **response,
        "annotations": {name: field_of(name, one, types.get(name)) for name, one in annotations.items()},
    }


def field_of(name: str, value: Any, type_name: Any) -> Any:
    if isinstance(value, dict) and "response" in value:
        return value
    if value is None:
        return {"type": type_name, "field_id": name, "response": []}
    return {"type": type_name, "field_id": name, "response": [value if isinstance(value, list) else [value]]}


def reachable(value: Json, wanted: Sequence[Source], slug: str, *, is_open: bool) -> tuple[list[Source], list[Remark]]:
    """Those that can be fetched from here, and what is said of the others.

    An address of the other server's own is taken by its signed one. Raises NotTakenError for an open task whose file
    cannot be reached: nobody could work on it.
    """
    signed, found, remarks = signed_addresses(value), [], []
    for position, source in enumerate(wanted):
        one = source
        if scheme_of(source.address) not in {"http", "https"} and position < len(signed):
            one = Source(signed[position], source.role)
        if is_fetchable(one, slug):
            found.append(one)
        elif is_open:
            raise refused("attachment_elsewhere", name=one.address[:255])
        else:
            remarks.append(Remark(value["task_id"], "attachment_lost", (("name", one.address[:255]),)))
    return found, remarks


def is_fetchable(source: Source, slug: str) -> bool:
    try:
        sources.check(source, lambda: slug)
    except BusinessError:
        return False
    return scheme_of(source.address) != sources.OWN_SCHEME


def scheme_of(address: str) -> str:
    try:
        return urlsplit(address).scheme
    except ValueError:
        return ""


def signed_addresses(value: Json) -> list[str]:
    """What include_attachment_url adds, in the order of the attachments."""
    rows = value.get("attachmentS3Downloads")
    found = [one.get("s3URL") or one.get("url") if isinstance(one, dict) else one for one in rows or []]
    return [one for one in found if isinstance(one, str)]


def metadata_of(value: Json) -> Json:
    found = value.get("metadata")
    if not isinstance(found, dict):
        return {}
    if len(jsonio.canonical(found)) > limits.METADATA:
        raise refused("metadata_too_large")
    return found


def tags_of(value: Json) -> tuple[str, ...]:
    given = value.get("tags")
    tags = [one for one in given if isinstance(one, str) and 0 < len(one) <= limits.TAG_CHARACTERS] if given else []
    return tuple(dict.fromkeys(tags))[: limits.TAGS_COUNT]


def text_of(value: Any, most: int) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= most else None


def one_of(value: Any, known: Sequence[Any], otherwise: str) -> str:
    return str(value) if value in known else otherwise


def moment(value: Any) -> datetime | None:
    """None for what is no time with its zone."""
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found and is_aware(found) else None
