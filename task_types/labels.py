"""Labels and choices as Scale writes them, and what a taxonomy adds: key, colour, hotkey."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

COLORS = 8
HOTKEYS = "123456789"


class LabelDescription(BaseModel):
    """A choice with a shown name; one with subchoices only leads to them, answers hold the leaves."""

    model_config = ConfigDict(extra="allow")

    choice: str = Field(min_length=1)
    display: str | None = None
    subchoices: "list[str | LabelDescription]" = []


class ValueChoice(BaseModel):
    """Text collection's spelling of a choice."""

    model_config = ConfigDict(extra="allow")

    label: str
    value: str | int | float | bool


Label = str | LabelDescription


def leaves(labels: Iterable[Label]) -> list[tuple[str, str]]:
    """(name, shown name) of every label that an answer may hold, in order."""
    found: list[tuple[str, str]] = []
    for label in labels:
        if isinstance(label, str):
            found.append((label, label))
        elif label.subchoices:
            found += leaves(label.subchoices)
        else:
            found.append((label.choice, label.display or label.choice))
    return found


class ShownChoice(TypedDict):
    name: str
    display: str


def shown(choices: Iterable[tuple[str, str]]) -> list[ShownChoice]:
    return [{"name": name, "display": display} for name, display in choices]


def first_twice(names: Sequence[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def complete(
    named: Sequence[Mapping[str, Any]],
    previous: Sequence[Mapping[str, Any]],
    renames: Mapping[str, str],
    *,
    same: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """Entries with what their predecessors had (key, colour, hotkey): those of the same name or, renamed, the old one.

    `same` names further members that have to be equal, such as the geometry. A new entry's key is made from its name,
    so that it is the same wherever the same params are read.
    """
    known = {_identity(entry, entry["name"], same): entry for entry in previous}
    taken = {entry["key"] for entry in previous}
    found = []
    for entry in named:
        before = known.get(_identity(entry, renames.get(entry["name"], entry["name"]), same), {})
        key = before.get("key") or new_key(entry, taken)
        taken.add(key)
        found.append({"key": key, **entry, **{name: before[name] for name in ("color", "hotkey") if name in before}})
    return found


def _identity(entry: Mapping[str, Any], name: str, same: Sequence[str]) -> tuple[Any, ...]:
    return (name, *(entry.get(member) for member in same))


def new_key(entry: Mapping[str, Any], taken: set[str]) -> str:
    """8 hex digits."""
    number = 0
    while True:
        seed = f"{entry.get('geometry', '')}\n{entry['name']}\n{number}"
        key = hashlib.sha256(seed.encode()).hexdigest()[:8]
        if key not in taken:
            return key
        number += 1


def with_colors(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Colours in turn, the same for the same name; a name keeps the colour that it has."""
    colors: dict[str, int] = {}
    for entry in entries:
        if "color" in entry:
            colors.setdefault(entry["name"], entry["color"])
    for entry in entries:
        entry["color"] = colors.setdefault(entry["name"], len(colors) % COLORS)
    return entries


def with_hotkeys(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The digits that are free, in order, to those that have no hotkey; null when none is left."""
    taken = {entry["hotkey"] for entry in entries if entry.get("hotkey")}
    free = iter([key for key in HOTKEYS if key not in taken])
    for entry in entries:
        if "hotkey" not in entry:
            entry["hotkey"] = next(free, None)
    return entries
