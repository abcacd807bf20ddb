"""`python -m bench.tables`: the figures of the last run as Markdown, beside what they should be."""

from collections.abc import Iterator
from typing import Any

from bench import figures
from bench.figures import PEOPLE, SIZES, THREE

Found = dict[str, Any]


def main() -> None:
    found = figures.read()
    machine = found["machine"]
    print(
        f"Measured on {machine['cpu']}, {machine['cores']} cores, {machine['ram_gb']} GB, PostgreSQL "
        f"{machine['postgres']['server_version']}, Python {machine['python']}, at {found['at'][:16]}; "
        f"load {machine['load_before']:.1f} before, {machine['load_after']:.1f} after.\n"
    )
    for title, rows in (("Pairs", pairs(found)), ("CPU", cpu(found)), ("Targets", targets(found))):
        print(f"**{title}**\n")
        print("\n".join(rows) + "\n")


def at(found: Found, *path: str) -> Any:
    """None where anything on the way is null."""
    value: Any = found
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def cells() -> Iterator[tuple[str, str]]:
    yield from ((size, f"{people}{more}") for more in ("", THREE) for size in SIZES for people in PEOPLE)


def shown(value: float | None, digits: int = 1) -> str:
    return "—" if value is None else f"{value:,.{digits}f}"


def ratio(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None


def row(*values: str) -> str:
    return "| " + " | ".join(values) + " |"


def header(*names: str) -> list[str]:
    return [row(*names), row(*("---" for _name in names))]


def label(key: str) -> str:
    return f"{key.removesuffix(THREE)}, three per task" if key.endswith(THREE) else key


def pairs(found: Found) -> list[str]:
    lines = header(
        "tasks", "people", "Plumbline pairs/s", "ceiling", "pgbench", "Label Studio", "next p50 ms", "p99", "submit p50"
    )
    for size, key in cells():
        rates = [at(found, "pairs_per_s", system, size, key) for system in figures.SYSTEMS]
        times = [at(found, name, "plumbline", size, key) for name in ("next_p50_ms", "next_p99_ms", "submit_p50_ms")]
        if any(value is not None for value in rates):
            lines.append(row(size, label(key), *map(shown, rates), *map(shown, times)))
    return lines


def cpu(found: Found) -> list[str]:
    lines = header("tasks", "people", "Plumbline: Python ms per pair", "PostgreSQL", "ceiling: Python", "PostgreSQL")
    for size, key in cells():
        spent = [
            at(found, "cpu_ms_per_pair", system, size, key, of)
            for system in ("plumbline", "ceiling")
            for of in ("python", "postgres")
        ]
        if any(value is not None for value in spent):
            lines.append(row(size, label(key), *(shown(value, 2) for value in spent)))
    return lines


def targets(found: Found) -> list[str]:
    lines = header("what", "measured", "target", "")
    for name, value, target, is_least in wanted(found):
        is_met = value is not None and (value >= target if is_least else value <= target)
        met = "not measured" if value is None else "met" if is_met else "missed"
        lines.append(row(name, shown(value, 2), ("≥ " if is_least else "≤ ") + f"{target:,.2f}", met))
    return lines


def wanted(found: Found) -> Iterator[tuple[str, float | None, float, bool]]:
    """(what, measured, target, whether more is better)."""
    for size, key in cells():
        yield f"share of the ceiling, {size}, {label(key)}", share(found, size, key), 0.4, True
    for size, least in (("10k", 15.0), ("100k", 20.0)):
        for key in ("8", "32"):
            rates = [at(found, "pairs_per_s", system, size, key) for system in ("plumbline", "label_studio")]
            yield f"times Label Studio, {size}, {key} people", ratio(*rates), least, True
            for name in ("next_p50_ms", "submit_p50_ms"):
                times = [at(found, name, system, size, key) for system in ("plumbline", "label_studio")]
                yield f"{name} beside Label Studio's, {size}, {key} people", ratio(*times), 0.1, False
    for part, most in (("python", 6.0), ("postgres", 2.5)):
        yield f"{part} ms per pair, 10k, 8 people, where the ceiling's takes 3 in all", scaled(found, part), most, False
    yield from wanted_of_one(found)


def scaled(found: Found, part: str) -> float | None:
    """CPU of a pair on cores of the speed that the target is for: 3 ms for the ceiling's Python and PostgreSQL."""
    ours, ceiling = (at(found, "cpu_ms_per_pair", system, "10k", "8") or {} for system in ("plumbline", "ceiling"))
    python, postgres = ceiling.get("python"), ceiling.get("postgres")
    in_all = None if python is None or postgres is None else python + postgres
    of_the_ceiling = ratio(ours.get(part), in_all)
    return None if of_the_ceiling is None else of_the_ceiling * 3


def share(found: Found, size: str, key: str) -> float | None:
    return ratio(*(at(found, "pairs_per_s", system, size, key) for system in ("plumbline", "ceiling")))


def wanted_of_one(found: Found) -> Iterator[tuple[str, float | None, float, bool]]:
    few = at(found, "claim_buffers", "10k")
    for name in ("10m", "own10k"):
        if few is not None:
            yield f"buffers of a claim, {name} (10k: {few})", at(found, "claim_buffers", name), few * 1.25 + 10, False
    yield "import beside COPY", ratio(found["import_rows_per_s"], found["copy_rows_per_s"]), 0.3, True
    yield "export rows/s", found["export_rows_per_s"], 10_000, True
    yield "export peak MB", found["export_peak_mb"], 256, False
    yield "places handed out beyond those there are", found["oversold"], 0, False


if __name__ == "__main__":
    main()
