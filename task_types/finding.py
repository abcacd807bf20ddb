"""What a check has found: a code with parameters, put into words elsewhere, in the reader's language."""

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

FindingPath = tuple[str | int, ...]
# A longer list helps nobody, and an answer may be made to be wrong in a million places.
MOST_FINDINGS = 100


@dataclass(frozen=True)
class Finding:
    """Something that keeps params or an answer from being taken. `path` leads to it through the JSON."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    path: FindingPath = ()


def findings_of(error: ValidationError, value: Any) -> list[Finding]:
    """Pydantic's errors about the value, in our codes."""
    found = []
    for item in error.errors(include_url=False, include_input=False)[:MOST_FINDINGS]:
        code = CODES.get(item["type"], "malformed")
        path = path_in(value, item["loc"], missing=code == "missing")
        params: dict[str, Any] = {"name": str(path[-1])} if path else {}
        if code == "malformed":
            # For developers; pydantic speaks English only, so that the sentence leaves it out.
            params["problem"] = item["msg"]
            code = code if path else "unreadable"
        if code == "too_many":
            params["max"] = item["ctx"]["max_length"]
        found.append(Finding(code, params, path))
    return found


def path_in(value: Any, location: FindingPath, *, missing: bool) -> FindingPath:
    """The location without the names of models in unions, which do not stand in the JSON."""
    path: list[str | int] = []
    for number, part in enumerate(location, start=1):
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            if not (missing and number == len(location)):
                continue
        path.append(part)
    return tuple(path)


CODES = {
    "missing": "missing",
    "finite_number": "not_finite",
    "union_tag_invalid": "unknown_type",
    "union_tag_not_found": "unknown_type",
    "too_long": "too_many",
}
