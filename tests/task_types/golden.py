"""The golden files: one per kind of work, read here and by Vitest."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "golden"


def golden(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def sizes_of(case: dict[str, Any]) -> list[tuple[int, int] | None]:
    return [(size[0], size[1]) if size else None for size in case["media_sizes"]]
