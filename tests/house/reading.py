"""The project's own source as syntax trees: a mechanical look, which knows names and no types."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.machine import ROOT

APPS = (
    "accounts", "automation", "config", "core", "delivery", "events", "files", "labeling", "leaving", "payments",
    "projects", "quality", "workers",
)  # fmt: skip
# Of a prepared UPDATE, INSERT or DELETE, which stands at the top of its file: NAME.count(…).
OF_PREPARED = {"at_end", "count", "key", "keys", "row"}
ALWAYS = {"bulk_create", "bulk_update", "get_or_create", "update_or_create"}


@dataclass
class Function:
    """One function or method: its decorators, the names it calls, and its calls that write to the database."""

    path: Path
    name: str
    node: ast.FunctionDef
    decorators: set[str]
    # `name` of this file or imported into it, `module.name` of another.
    mentions: set[str] = field(default_factory=set)
    writes: list[int] = field(default_factory=list)

    @property
    def place(self) -> str:
        return f"{self.path}:{self.name}"


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported() -> dict[Path, set[str]]:
    """File → `module.name` of what it imports by name, the module by its last part."""
    return {
        path: {
            f"{(node.module or '').rsplit('.', 1)[-1]}.{name.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for name in node.names
        }
        for path, tree in sources()
    }


@cache
def functions() -> tuple[Function, ...]:
    return tuple(
        read(path, node) for path, tree in sources() for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
    )


def read(path: Path, node: ast.FunctionDef) -> Function:
    one = Function(path, node.name, node, {last_name(each) for each in node.decorator_list})
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            one.mentions.add(inner.id)
        if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name):
            own = inner.value.id in {"self", "cls"}
            one.mentions.add(inner.attr if own else f"{inner.value.id}.{inner.attr}")
        if isinstance(inner, ast.Call) and is_write(inner):
            one.writes.append(inner.lineno)
    return one


def is_write(call: ast.Call) -> bool:
    """A statement that changes rows, as far as its shape tells: dict.update has no keywords here, sets no `.filter`."""
    if not isinstance(call.func, ast.Attribute):
        return False
    name, chain = call.func.attr, ast.unparse(call.func.value)
    if name in ALWAYS or (name in OF_PREPARED and chain.isupper()):
        return True
    if name == "update":
        return bool(call.keywords) and not call.args
    if name == "delete":
        return not call.args and (".objects" in chain or ".filter(" in chain)
    if name == "create":
        return "objects" in chain or chain.endswith("s")
    return name == "save" and any(word.arg in {"force_insert", "update_fields"} for word in call.keywords)


def last_name(node: ast.expr) -> str:
    match node:
        case ast.Call():
            return last_name(node.func)
        case ast.Attribute():
            return node.attr
        case ast.Name():
            return node.id
    return ""
