"""The categories of categorization."""

from typing import Any

from projects.asking.choices import is_group, keyed, name_of, renamed
from task_types.labels import leaves

Json = dict[str, Any]


def rows_of(params: Json, taxonomy: Json) -> Json:
    shown = {entry["name"]: entry for entry in taxonomy.get("categories", [])}
    return {
        "categories": [row_of(entry, shown.get(name_of(entry), {})) for entry in params.get("categories", [])],
        "multiple": bool(params.get("allow_multiple")),
        "content": "text" if params.get("attachment_type") == "text" else "image",
    }


def row_of(entry: Any, shown: Json) -> Json:
    row = {"was": name_of(entry), "name": name_of(entry)}
    if is_group(entry):
        return row | {"group": [name for name, _display in leaves([entry])]}
    return row | {"hotkey": shown.get("hotkey")}


def terms_of(rows: Json, params: Json, taxonomy: Json) -> tuple[Json, Json]:
    before = {name_of(entry): entry for entry in params.get("categories", [])}
    categories = rows.get("categories", [])
    changed = {
        **params,
        "categories": [
            renamed(before[row["was"]], row["name"]) if row.get("was") in before else row["name"] for row in categories
        ],
        "allow_multiple": bool(rows.get("multiple")),
        "attachment_type": rows.get("content") or params.get("attachment_type", "image"),
    }
    groups = {name for row in categories for name in row.get("group") or []}
    kept = [entry for entry in taxonomy.get("categories", []) if entry["name"] in groups]
    plain = [row for row in categories if not row.get("group")]
    return changed, {"categories": keyed(plain, taxonomy.get("categories", [])) + kept}
