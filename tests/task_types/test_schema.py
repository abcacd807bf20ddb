import pytest

from task_types import registry
from task_types.schema import FRONTEND, files, schema_of, type_of


@pytest.mark.parametrize("path", sorted(files()), ids=lambda path: str(path.relative_to(FRONTEND)))
def test_generated_files_are_up_to_date(path):
    assert path.read_text(encoding="utf-8") == files()[path], "run: python -m task_types.schema"


@pytest.mark.parametrize("name", registry.NAMES)
def test_schema_has_the_three_shapes(name):
    assert {"Params", "Response", "View"} <= schema_of(registry.get(name))["$defs"].keys()


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"$ref": "#/$defs/Box"}, "Box"),
        ({"const": "box"}, "'box'"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}, {"type": "null"}]}, "number | null"),
        ({"type": "array", "items": {"type": "string"}}, "readonly string[]"),
        ({"type": "array", "items": {"oneOf": [{"type": "string"}, {}]}}, "readonly (string | unknown)[]"),
        ({"type": "object", "additionalProperties": {"type": "boolean"}}, "Readonly<Record<string, boolean>>"),
        ({"type": "object", "additionalProperties": True}, "Readonly<Record<string, unknown>>"),
    ],
)
def test_type_in_typescript(schema, expected):
    assert type_of(schema) == expected
