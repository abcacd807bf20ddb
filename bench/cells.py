"""One cell of the table: so many people at one server, for some seconds at a time, with its CPU and PostgreSQL's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench import processes
from bench.driving import Caller, Driver, LoadError, percentile_ms
from bench.processes import Backends
from bench.serving import Server

# With fewer pairs or seconds a figure says nothing.
FEWEST_PAIRS = 5
# The systems of a cell take turns: what else the machine does in these seconds meets all of them.
ROUNDS = 3
SHORTEST_S = 0.5


@dataclass(frozen=True)
class Timing:
    warm_up_s: float
    seconds: float


@dataclass(frozen=True)
class Round:
    """What one round has seen. CPU seconds of the server and of its database's backends are None where unknown."""

    pairs: int
    seconds: float
    next_s: list[float] = field(default_factory=list)
    submit_s: list[float] = field(default_factory=list)
    python_s: float | None = None
    postgres_s: float | None = None


# A cell's work is there: measure it for so long. Raises LoadError.
Measuring = Callable[[Timing], Round]


class Meter:
    """CPU seconds of a server's processes and of its database's backends, at each call of `note`."""

    def __init__(self, server: Server, backends: Backends) -> None:
        self.server, self.backends = server, backends
        self.notes: list[tuple[dict[int, float], dict[int, float]]] = []

    def note(self) -> None:
        python = processes.cpu_s(processes.family(self.server.pid))
        self.notes.append((python, processes.cpu_s(self.backends.pids())))

    def spent_s(self) -> tuple[float | None, float | None]:
        """Between the two notes: Python's and PostgreSQL's."""
        (python, postgres), (python_after, postgres_after) = self.notes
        return processes.spent_s(python, python_after), processes.spent_s(postgres, postgres_after)


def measure(server: Server, backends: Backends, callers: Sequence[Caller], timing: Timing) -> Round:
    """Raises LoadError, also where the work ended before there were enough pairs."""
    meter = Meter(server, backends)
    driver = Driver(server.address, callers)
    load = driver.run(warm_up_s=timing.warm_up_s, seconds=timing.seconds, note=meter.note)
    if load.pairs < FEWEST_PAIRS or load.seconds < SHORTEST_S or len(meter.notes) != 2:
        raise LoadError(f"Only {load.pairs} pairs in {load.seconds:.1f} s. {load.end}")
    return Round(load.pairs, load.seconds, load.next_s, load.submit_s, *meter.spent_s())


def figures_of(rounds: Sequence[Round]) -> dict[str, Any]:
    """Of all rounds of a cell together."""
    pairs, seconds = sum(one.pairs for one in rounds), sum(one.seconds for one in rounds)
    next_s = [took for one in rounds for took in one.next_s]
    submit_s = [took for one in rounds for took in one.submit_s]
    return {
        "pairs_per_s": round(pairs / seconds, 1),
        "next_p50_ms": percentile_ms(next_s, 50),
        "next_p99_ms": percentile_ms(next_s, 99),
        "submit_p50_ms": percentile_ms(submit_s, 50),
        "cpu_ms_per_pair": {
            "python": ms_per_pair([one.python_s for one in rounds], pairs),
            "postgres": ms_per_pair([one.postgres_s for one in rounds], pairs),
        },
    }


def ms_per_pair(spent_s: Sequence[float | None], pairs: int) -> float | None:
    known = [one for one in spent_s if one is not None]
    return round(sum(known) * 1000 / pairs, 3) if len(known) == len(spent_s) else None


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
