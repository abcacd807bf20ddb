"""What a contractor's browser gets of the params, and the taxonomy beside them."""

from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict

from task_types.categorization.params import Params
from task_types.content import ContentView, content_view
from task_types.kind import Json
from task_types.labels import complete, leaves, with_colors, with_hotkeys


class Category(TypedDict):
    name: str
    display: str
    hotkey: str | None


class CategoryView(TypedDict):
    content: ContentView
    categories: list[Category]
    allow_multiple: bool


def worker_view(params: Json, taxonomy: Json) -> CategoryView:
    """Raises pydantic's ValidationError for params that `check_params` refuses."""
    read = Params.model_validate(params)
    categories = complete_taxonomy(params, taxonomy, {})["categories"]
    return {
        "content": content_view([(read.attachment_type, read.attachment or "")]),
        "categories": [
            {"name": entry["name"], "display": entry["display"], "hotkey": entry["hotkey"]} for entry in categories
        ],
        "allow_multiple": read.allow_multiple,
    }


def complete_taxonomy(params: Json, previous: Json, renames: Mapping[str, str]) -> dict[str, Any]:
    """One entry per category."""
    read = Params.model_validate(params)
    named = [{"name": name, "display": display} for name, display in leaves(read.categories)]
    return {"categories": with_hotkeys(with_colors(complete(named, previous.get("categories", []), renames)))}
