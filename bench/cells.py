"""One cell of the table: so many people for some seconds at one server, with its CPU and PostgreSQL's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench import processes
from bench.driving import Caller, Driver, Load, LoadError, percentile_ms
from bench.processes import Backends
from bench.serving import Server

# With fewer pairs or seconds a figure says nothing.
FEWEST_PAIRS = 5
SHORTEST_S = 1.0


@dataclass(frozen=True)
class Timing:
    warm_up_s: float = 2.0
    seconds: float = 6.0


class Meter:
    """CPU seconds of a server's processes and of its database's backends, at each call of `note`."""

    def __init__(self, server: Server, backends: Backends) -> None:
        self.server, self.backends = server, backends
        self.notes: list[tuple[dict[int, float], dict[int, float]]] = []

    def note(self) -> None:
        python = processes.cpu_s(processes.family(self.server.pid))
        self.notes.append((python, processes.cpu_s(self.backends.pids())))

    def ms_per_pair(self, pairs: int) -> dict[str, float | None]:
        (python, postgres), (python_after, postgres_after) = self.notes
        spent = {
            "python": processes.spent_s(python, python_after),
            "postgres": processes.spent_s(postgres, postgres_after),
        }
        return {name: None if used is None else round(used * 1000 / pairs, 3) for name, used in spent.items()}


def measure(server: Server, backends: Backends, callers: Sequence[Caller], timing: Timing) -> dict[str, Any]:
    """The figures of one cell. Raises LoadError, also where the work ended before there were enough pairs."""
    meter = Meter(server, backends)
    driver = Driver(server.address, callers)
    load = driver.run(warm_up_s=timing.warm_up_s, seconds=timing.seconds, note=meter.note)
    if load.pairs < FEWEST_PAIRS or load.seconds < SHORTEST_S or len(meter.notes) != 2:
        raise LoadError(f"Only {load.pairs} pairs in {load.seconds:.1f} s. {load.end}")
    return figures_of(load) | {"cpu_ms_per_pair": meter.ms_per_pair(load.pairs)}


def figures_of(load: Load) -> dict[str, Any]:
    return {
        "pairs_per_s": round(load.pairs / load.seconds, 1),
        "next_p50_ms": percentile_ms(load.next_s, 50),
        "next_p99_ms": percentile_ms(load.next_s, 99),
        "submit_p50_ms": percentile_ms(load.submit_s, 50),
    }


def line(cell: dict[str, Any] | None) -> str:
    """A cell for the person who waits."""
    if cell is None:
        return "not measured"
    cpu = cell.get("cpu_ms_per_pair") or {}
    calls = [shown(cell.get(name)) for name in ("next_p50_ms", "next_p99_ms", "submit_p50_ms")]
    spent = [shown(cpu.get(name)) for name in ("python", "postgres")]
    return (
        f"{cell['pairs_per_s']:8.1f} pairs/s  next {calls[0]} p99 {calls[1]}  submit {calls[2]} ms  "
        f"CPU {spent[0]} + {spent[1]} ms"
    )


def shown(value: float | None) -> str:
    return "     —" if value is None else f"{value:6.2f}"
