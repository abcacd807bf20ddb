"""The names of the figures, and the file they are written to: null for whatever was not measured."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from core import jsonio

LATEST = Path(__file__).parent / "results" / "latest.json"
MOST_BYTES = 10_000_000

SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
PEOPLE = (1, 8, 32)
# More people per task than one: the same keys, with this behind them.
THREE = ".x3"
SYSTEMS = ("plumbline", "ceiling", "pgbench", "label_studio")
PER_CELL = ("pairs_per_s", "next_p50_ms", "next_p99_ms", "submit_p50_ms", "cpu_ms_per_pair")
BUFFERS = ("10k", "1m", "10m", "own10k")
PAGES = ("1k", "1m")
API = ("task_create_per_s", "bare_insert_per_s", "bulk_create_rows_per_s", "bulk_copy_rows_per_s")
SINGLE = ("oversold", "import_rows_per_s", "copy_rows_per_s", "export_rows_per_s", "export_peak_mb")
Figures = dict[str, Any]


def cell_keys() -> list[str]:
    """Under each system and size: `8` for overlap 1, `8.x3` for three people on each task."""
    return [f"{people}{more}" for more in ("", THREE) for people in PEOPLE]


def unmeasured() -> Figures:
    """Every figure there is, as null."""
    figures: Figures = {
        name: {system: {size: dict.fromkeys(cell_keys()) for size in SIZES} for system in SYSTEMS} for name in PER_CELL
    }
    for systems in figures["cpu_ms_per_pair"].values():
        for cells in systems.values():
            cells.update({key: {"python": None, "postgres": None} for key in cells})
    found = figures | {"claim_buffers": dict.fromkeys(BUFFERS), "task_page_ms": dict.fromkeys(PAGES)}
    return found | dict.fromkeys(SINGLE + API)


def put(figures: Figures, *path: str, value: Any) -> None:
    """Raises KeyError for a name that is none."""
    for name in path[:-1]:
        figures = figures[name]
    if path[-1] not in figures:
        raise KeyError(".".join(path))
    figures[path[-1]] = value


def put_cell(figures: Figures, system: str, size: str, key: str, cell: Mapping[str, Any]) -> None:
    for name, value in cell.items():
        put(figures, name, system, size, key, value=value)


def flat(figures: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, float | None]]:
    """Each number with its whole name, such as `pairs_per_s.plumbline.10k.8.x3`."""
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{before}{name}.")
        else:
            yield before + name, value


def write(figures: Figures, more: Mapping[str, Any], *, at: datetime, path: Path = LATEST) -> None:
    """The figures nested, once more flat under `figures`, and what is known of the machine and the run."""
    content = {"at": at.isoformat(), **more, **figures, "figures": dict(flat(figures))}
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))
    fresh.replace(path)


def merged(path: Path = LATEST) -> Figures:
    """The figures of the last run, to which others are added; all null where there was none."""
    figures = unmeasured()
    if path.exists():
        before = read(path)
        for name in figures:
            figures[name] = before.get(name, figures[name])
    return figures


def read(path: Path = LATEST) -> dict[str, Any]:
    """What the last run wrote. Raises FileNotFoundError."""
    found: dict[str, Any] = jsonio.parse(path.read_bytes(), most_bytes=MOST_BYTES)
    return found
