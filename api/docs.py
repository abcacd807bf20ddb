"""The API's documentation, made of what it is: the OpenAPI of each tree, as JSON and as a page."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

from api.tree import ok

Json = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """A parameter, a member of a body or of an answer."""

    name: str
    type: str
    required: bool
    description: str


@dataclass
class Operation:
    """One thing that can be asked for, as the page shows it."""

    id: str
    method: str
    path: str
    description: str
    parameters: list[Line] = field(default_factory=list)
    body: list[Line] = field(default_factory=list)
    answer: list[Line] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)


@dataclass
class Group:
    name: str
    operations: list[Operation] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.name.lower().replace(" ", "-")


def trees() -> dict[str, NinjaAPI]:
    from api.urls import TREES

    return {tree.version: tree for tree in TREES}


@cache
def schema_of(version: str) -> Json:
    """Raises KeyError for a tree that is not there."""
    return dict(trees()[version].get_openapi_schema())


@require_safe
def openapi(request: HttpRequest, version: str) -> HttpResponse:
    if version not in trees():
        raise Http404
    return ok(schema_of(version))


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    shown = [{"version": version, "groups": groups(schema_of(version))} for version in trees()]
    return render(request, "api/docs.html", {"trees": shown, "host": request.build_absolute_uri("/").rstrip("/")})


def groups(schema: Json) -> list[Group]:
    found: dict[str, Group] = {}
    for operation, tag in operations(schema):
        found.setdefault(tag, Group(tag)).operations.append(operation)
    return list(found.values())


def operations(schema: Json) -> Iterator[tuple[Operation, str]]:
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            yield operation_of(schema, method, path, told), (told.get("tags") or ["Other"])[0]


def operation_of(schema: Json, method: str, path: str, told: Json) -> Operation:
    return Operation(
        id=told["operationId"],
        method=method.upper(),
        path=path,
        description=told.get("description", ""),
        parameters=[
            Line(one["name"], type_of(one["schema"]), bool(one.get("required")), one["schema"].get("description", ""))
            for one in told.get("parameters", [])
        ],
        body=lines(schema, content_of(told.get("requestBody", {}))),
        answer=lines(schema, content_of(told["responses"].get(200, told["responses"].get("200", {})))),
        statuses=[str(status) for status in told["responses"]],
    )


def content_of(told: Json) -> Json:
    content = told.get("content") or {}
    return dict(next(iter(content.values()))["schema"]) if content else {}


def lines(schema: Json, told: Json) -> list[Line]:
    """The members of an object; one line for anything else."""
    told = resolved(schema, told)
    if not told:
        return []
    if "properties" not in told:
        return [Line("", type_of(told), required=False, description=told.get("description", ""))]
    required = set(told.get("required", []))
    return [
        Line(name, type_of(member), name in required, member.get("description", ""))
        for name, member in told["properties"].items()
    ]


def resolved(schema: Json, told: Json) -> Json:
    """What a reference, or the one alternative to null, stands for."""
    alternatives = [one for one in told.get("anyOf", []) if one.get("type") != "null"]
    if len(alternatives) == 1:
        told = alternatives[0]
    if "$ref" in told:
        return dict(schema["components"]["schemas"][told["$ref"].rpartition("/")[2]])
    return told


def type_of(told: Json) -> str:
    """In one word or few."""
    if "$ref" in told:
        return str(told["$ref"].rpartition("/")[2])
    if "anyOf" in told:
        return " or ".join(type_of(one) for one in told["anyOf"] if one.get("type") != "null")
    if told.get("type") == "array":
        return f"list of {type_of(told.get('items', {}))}"
    return str(told.get("type", "anything"))
