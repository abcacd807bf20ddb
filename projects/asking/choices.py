"""Choices between params, where they may be more than names, and a form, where they are lines."""

from collections.abc import Mapping, Sequence
from typing import Any

from task_types.labels import new_key

Json = dict[str, Any]


def name_of(entry: Any) -> str:
    """The name that an answer holds; of a group its own."""
    if isinstance(entry, Mapping):
        return str(entry.get("value", entry.get("choice", "")))
    return str(entry)


def is_group(entry: Any) -> bool:
    return isinstance(entry, Mapping) and bool(entry.get("subchoices"))


def names_of(entries: Sequence[Any]) -> list[str]:
    return [name_of(entry) for entry in entries]


def entries_of(names: Sequence[str], before: Sequence[Any]) -> list[Any]:
    """The names as choices; those that were there before keep what else they had."""
    known = {name_of(entry): entry for entry in before}
    return [known.get(name, name) for name in names]


def renamed(entry: Any, name: str) -> Any:
    """The entry under another name; a shown name that was the same goes with it."""
    if not isinstance(entry, Mapping):
        return name
    key = "value" if "value" in entry else "choice"
    changed = {**entry, key: name}
    if changed.get("display") == name_of(entry):
        changed["display"] = name
    return changed


def keyed(rows: Sequence[Json], before: Sequence[Json], *, same: Sequence[str] = ()) -> list[Json]:
    """Taxonomy entries for the rows: the key of what a row was, a new one otherwise; colour and hotkey as chosen."""
    keys = {(entry["name"], *(entry.get(member) for member in same)): entry["key"] for entry in before}
    taken = set(keys.values())
    found = []
    for row in rows:
        entry = {"name": row["name"], **{member: row[member] for member in same}}
        was = (row.get("was") or row["name"], *(row[member] for member in same))
        entry["key"] = keys.get(was) or new_key(entry, taken)
        taken.add(entry["key"])
        found.append(entry | {member: row[member] for member in ("color", "hotkey") if row.get(member) is not None})
    return found
