"""The shapes of all kinds of work for other languages: `python -m task_types.schema` writes JSON Schema and TypeScript.

A test fails when what is written is not what the models say.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter

from task_types import registry
from task_types.kind import TaskType

Schema = Mapping[str, Any]
FRONTEND = Path(__file__).resolve().parent.parent / "frontend"
HEAD = "// Written by `python -m task_types.schema` from the server's models; not to be edited.\n"
PLAIN = {"string": "string", "number": "number", "integer": "number", "boolean": "boolean", "null": "null"}


def schema_of(kind: TaskType) -> dict[str, Any]:
    """JSON Schema whose `$defs` hold Params, Response and View with everything that they need."""
    models = {"Params": kind.params_model, "Response": kind.response_model, "View": kind.view_type}
    adapters = [(name, "validation", TypeAdapter(model)) for name, model in models.items()]
    found, schema = TypeAdapter.json_schemas(adapters, title=kind.name)  # type: ignore[arg-type]  # the mode is a Literal
    for (name, _mode), reference in found.items():
        schema["$defs"].setdefault(name, reference)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def typescript(kind: TaskType) -> str:
    definitions = schema_of(kind)["$defs"]
    return HEAD + "".join(f"\n{declaration(name, definitions[name])}" for name in sorted(definitions))


def declaration(name: str, schema: Schema) -> str:
    comment = f"/** {schema['description']} */\n" if "\n" not in schema.get("description", "\n") else ""
    if "properties" not in schema:
        return f"{comment}export type {name} = {type_of(schema)}\n"
    needed = set(schema.get("required", []))
    members = "".join(
        f"  readonly {member}{'' if member in needed else '?'}: {type_of(value)}\n"
        for member, value in schema["properties"].items()
    )
    return f"{comment}export interface {name} {{\n{members}}}\n"


def type_of(schema: Schema) -> str:
    """The type as it stands in TypeScript; `unknown` for what the schema leaves open."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return "'" + str(schema["const"]) + "'"
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " | ".join(dict.fromkeys(type_of(option) for option in schema[union]))
    match schema.get("type"):
        case "array":
            item = type_of(schema.get("items", {}))
            return f"readonly ({item})[]" if " " in item else f"readonly {item}[]"
        case "object":
            values = schema.get("additionalProperties")
            return f"Readonly<Record<string, {type_of(values) if isinstance(values, dict) else 'unknown'}>>"
        case plain:
            return PLAIN.get(str(plain), "unknown")


def files() -> dict[Path, str]:
    """Everything that is generated, by its path."""
    found = {}
    for kind in registry.all_types():
        schema = orjson.dumps(schema_of(kind), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode() + "\n"
        found[FRONTEND / "schema" / f"{kind.name}.json"] = schema
        found[FRONTEND / "src" / "generated" / f"{kind.name}.ts"] = typescript(kind)
    return found


if __name__ == "__main__":
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
