"""The fields of a form."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from projects.asking.choices import entries_of, keyed, names_of

Json = dict[str, Any]
NOT_IN_AN_ID = re.compile(r"[^a-z0-9]+")


def rows_of(params: Json, taxonomy: Json) -> Json:
    return {"fields": [row_of(field) for field in params.get("fields", [])]}


def row_of(field: Json) -> Json:
    most = field.get("max_choices")
    several = field.get("allow_multiple")
    return {
        "was": field["field_id"],
        "name": field["field_id"],
        "title": field.get("title") or field["field_id"],
        "type": field.get("type", "text"),
        "description": field.get("description", ""),
        "required": bool(field.get("required")),
        "multiple": bool(several) if several is not None else (most or 1) > 1,
        "choices": names_of(field.get("choices", [])),
        "min": field.get("min"),
        "max": field.get("max"),
        "max_length": field.get("max_length"),
    }


def terms_of(rows: Json, params: Json, taxonomy: Json) -> tuple[Json, Json]:
    before = {field["field_id"]: field for field in params.get("fields", [])}
    named = with_ids(rows.get("fields", []))
    fields = [field_of(row, before.get(row.get("was") or "", {})) for row in named]
    return {**params, "fields": fields}, {"fields": keyed(named, taxonomy.get("fields", []))}


def with_ids(rows: Sequence[Json]) -> list[Json]:
    """New fields get an id made from their title; a field that was there keeps its own for ever."""
    taken = {row["was"] for row in rows if row.get("was")}
    found = []
    for row in rows:
        name = row.get("was") or new_id(row["title"], taken)
        taken.add(name)
        found.append({**row, "name": name})
    return found


def new_id(title: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    stem = NOT_IN_AN_ID.sub("_", plain).strip("_")[:40] or "field"
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}_{number}"
    return name


def field_of(row: Json, before: Mapping[str, Any]) -> Json:
    kept = {name: value for name, value in before.items() if name not in {"min", "max", "max_length", "choices"}}
    field = {
        **kept,
        "field_id": row["name"],
        "type": row["type"],
        "title": row["title"],
        "description": row["description"],
        "required": row["required"],
    }
    if row["type"] == "category":
        field["choices"] = entries_of(row["choices"], before.get("choices", []))
        field["allow_multiple"] = row["multiple"]
    if row["type"] == "number":
        field |= {name: row[name] for name in ("min", "max") if row.get(name) is not None}
    if row["type"] == "text" and row.get("max_length"):
        field["max_length"] = row["max_length"]
    return field
