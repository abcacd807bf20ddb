"""Labels of shapes on pictures, and the attributes of objects and pictures."""

from collections.abc import Mapping, Sequence
from typing import Any

from projects.asking.choices import entries_of, is_group, keyed, name_of, names_of, renamed
from task_types.labels import leaves

Json = dict[str, Any]


def rows_of(params: Json, taxonomy: Json) -> Json:
    shown = {(entry["geometry"], entry["name"]): entry for entry in taxonomy.get("labels", [])}
    geometries = params.get("geometries", {})
    labels = [
        label_row(geometry, entry, shown.get((geometry, name_of(entry)), {}))
        for geometry, wanted in geometries.items()
        for entry in wanted.get("objects_to_annotate", [])
    ]
    order = [(entry["geometry"], entry["name"]) for entry in taxonomy.get("labels", [])]
    labels.sort(key=lambda row: position(order, (row["geometry"], row["name"])))
    attributes = [attribute_row(name, wanted) for name, wanted in params.get("annotation_attributes", {}).items()]
    return {"labels": labels, "attributes": attributes, "min_side": geometries.get("box", {}).get("min_width") or None}


def position(order: Sequence[Any], one: Any) -> int:
    return order.index(one) if one in order else len(order)


def label_row(geometry: str, entry: Any, shown: Json) -> Json:
    row = {"was": name_of(entry), "name": name_of(entry), "geometry": geometry}
    if is_group(entry):
        return row | {"group": [name for name, _display in leaves([entry])]}
    return row | {"color": shown.get("color"), "hotkey": shown.get("hotkey")}


def attribute_row(name: str, wanted: Json) -> Json:
    condition = (wanted.get("conditions") or {}).get("label_condition") or {}
    return {
        "was": name,
        "name": name,
        "type": wanted.get("type", "category"),
        "description": wanted.get("description", ""),
        "choices": names_of(wanted.get("choices", [])),
        "required": bool(wanted.get("required")),
        "multiple": bool(wanted.get("allow_multiple")),
        "global": bool(wanted.get("global")),
        "labels": list(condition.get("label", [])),
        "min": wanted.get("min"),
        "max": wanted.get("max"),
    }


def terms_of(rows: Json, params: Json, taxonomy: Json) -> tuple[Json, Json]:
    labels, attributes = rows.get("labels", []), rows.get("attributes", [])
    changed = {
        **params,
        "geometries": geometries_of(labels, params.get("geometries", {}), rows.get("min_side")),
        "annotation_attributes": attributes_of(attributes, labels, params.get("annotation_attributes", {})),
    }
    plain = [row for row in labels if not row.get("group")]
    kept = [entry for entry in taxonomy.get("labels", []) if entry["name"] in group_leaves(labels)]
    return changed, {
        "labels": keyed(plain, taxonomy.get("labels", []), same=["geometry"]) + kept,
        "attributes": keyed(attributes, taxonomy.get("attributes", [])),
    }


def group_leaves(labels: Sequence[Json]) -> set[str]:
    return {name for row in labels for name in row.get("group") or []}


def geometries_of(labels: Sequence[Json], before: Mapping[str, Json], min_side: float | None) -> Json:
    """By shape, in the order of the rows; a shape without labels is gone."""
    found: dict[str, Json] = {}
    for row in labels:
        geometry = row["geometry"]
        if geometry not in found:
            found[geometry] = {**before.get(geometry, {}), "objects_to_annotate": []}
        found[geometry]["objects_to_annotate"].append(entry_of(row, before))
    if "box" in found:
        side = {"min_width": min_side, "min_height": min_side}
        found["box"] = {name: value for name, value in found["box"].items() if name not in side}
        found["box"] |= side if min_side else {}
    return found


def entry_of(row: Json, before: Mapping[str, Json]) -> Any:
    was = row.get("was")
    known = before.get(row["geometry"], {}).get("objects_to_annotate", [])
    entry = next((one for one in known if was and name_of(one) == was), None)
    return row["name"] if entry is None else renamed(entry, row["name"])


def attributes_of(rows: Sequence[Json], labels: Sequence[Json], before: Mapping[str, Json]) -> Json:
    new_names = {row["was"]: row["name"] for row in labels if row.get("was")}
    return {row["name"]: attribute_of(row, before.get(row.get("was") or "", {}), new_names) for row in rows}


def attribute_of(row: Json, before: Json, new_names: Mapping[str, str]) -> Json:
    kept = {name: value for name, value in before.items() if name not in {"min", "max", "choices", "conditions"}}
    attribute = {
        **kept,
        "type": row["type"],
        "description": row["description"],
        "required": row["required"],
        "allow_multiple": row["multiple"],
        "global": row["global"],
    }
    if row["type"] == "category":
        attribute["choices"] = entries_of(row["choices"], before.get("choices", []))
    if row["type"] == "number":
        attribute |= {name: row[name] for name in ("min", "max") if row.get(name) is not None}
    if conditions := conditions_of(row, before.get("conditions") or {}, new_names):
        attribute["conditions"] = conditions
    return attribute


def conditions_of(row: Json, before: Json, new_names: Mapping[str, str]) -> Json:
    conditions = {name: value for name, value in before.items() if name != "label_condition"}
    if row["labels"] and not row["global"]:
        conditions["label_condition"] = {"label": [new_names.get(name, name) for name in row["labels"]]}
    return conditions
