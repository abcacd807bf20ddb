"""What the trees of the API share: how a body is read, how an answer is written."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.parser import Parser

from api import errors
from api.auth import KEY
from core import jsonio


class ForeignJson(Parser):
    """Bodies are foreign JSON: the one parser refuses what no database or browser would keep."""

    def parse_body(self, request: HttpRequest) -> Any:
        return jsonio.parse(request.body)

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> Any:
        for values in data.lists():
            jsonio.check_texts(list(values))
        return super().parse_querydict(data, list_fields, request)


def tree(version: str, *, description: str, docs_url: str = "") -> NinjaAPI:
    """One version of the API, with keys, errors and parser installed."""
    api = NinjaAPI(
        title="Plumbline",
        version=version,
        description=description,
        urls_namespace=f"api-{version}",
        auth=KEY,
        docs_url=None,
        openapi_url=None,
        parser=ForeignJson(),
    )
    errors.install(api)
    return api


def ok(value: Any) -> HttpResponse:
    """Exactly 200, which alone Scale's client takes for success. `value` is JSON already in its shape."""
    return HttpResponse(jsonio.written(value), content_type="application/json")
