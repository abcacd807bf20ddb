"""One run: the servers, then the parts in order; what has been measured is kept, however the run ends."""

import os
import secrets
import time
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from bench import cells, database, figures, serving, systems
from bench.driving import LoadError
from bench.machine import machine
from bench.pgbench import Pgbench
from bench.plan import Plan
from bench.processes import Backends
from bench.seeding import BACKEND, FEATURES, World, oversold
from bench.sessions import sign_in
from bench.systems import Ceiling, Plumbline, System

WARM_UP = cells.Timing(0, 4)
WARM_UPS = 6
# Pairs: more than five for each connection of both web workers.
WARM = 300


class Run:
    """Holds the databases and the servers open in `stack`; `figures` is null for what is not measured yet."""

    def __init__(self, plan: Plan, stack: ExitStack, *, url: str, server_url: str, folder: Path) -> None:
        self.plan, self.stack = plan, stack
        self.url, self.server_url, self.folder = url, server_url, folder
        self.figures = figures.unmeasured()
        self.machine = machine(database.settings_of(url))
        self.began = time.monotonic()
        self.say(f"{self.machine['cpu']}, {self.machine['cores']} cores, PostgreSQL {self.machine['postgres']}")
        self.say("Features: " + "; ".join(f"{name}: {value}" for name, value in FEATURES.items()))

    def say(self, text: str) -> None:
        print(f"{time.monotonic() - self.began:6.0f} s  {text}", flush=True)

    def all(self) -> None:
        if "pairs" in self.plan.parts:
            self.pairs(self.open_systems())

    def open_systems(self) -> list[System]:
        """Side by side: a server and a database for each."""
        most = max(self.plan.people)
        found: list[System] = []
        if "plumbline" in self.plan.systems:
            found.append(self.open_plumbline(most))
        if {"ceiling", "pgbench"} & set(self.plan.systems):
            ceiling = self.open_ceiling(most)
            found += [one for one in (ceiling, Pgbench(ceiling)) if one.name in self.plan.systems]
        return found

    def open_plumbline(self, people: int) -> Plumbline:
        self.world = World(people)
        sessions = [sign_in(worker.user, BACKEND) for worker in self.world.workers]
        server = self.stack.enter_context(serving.plumbline(self.url, self.folder))
        return Plumbline(self.world, sessions, server, self.backends_of(self.url))

    def open_ceiling(self, people: int) -> Ceiling:
        url = self.stack.enter_context(database.fresh(self.server_url, "ceiling"))
        key = secrets.token_urlsafe(48)
        sessions = systems.ceiling_people(url, key, people)
        server = self.stack.enter_context(serving.ceiling(url, self.folder, key))
        return Ceiling(url, sessions, server, self.backends_of(url))

    def backends_of(self, url: str) -> Backends:
        backends = Backends(url)
        self.stack.callback(backends.close)
        return backends

    def warm_up(self, system: System) -> None:
        """A new server imports, and each connection plans its first statements; none of that belongs into a cell."""
        seen = 0.0
        for _round in range(WARM_UPS):
            try:
                cell = system.cell("10k", max(self.plan.people), 1, WARM_UP)
            except (LoadError, OSError) as error:
                self.say(f"{system.name} while warming up: {error}")
                continue
            seen += (cell or {"pairs_per_s": WARM})["pairs_per_s"] * WARM_UP.seconds
            if seen >= WARM:
                return

    def pairs(self, found: list[System]) -> None:
        for system in found:
            self.warm_up(system)
        for size, people, places in self.plan.cells(list(figures.SIZES)):
            for system in found:
                self.pairs_of(system, size, people, places)
        if "plumbline" in self.plan.systems:
            self.figures["oversold"] = oversold()
            self.say(f"oversold: {self.figures['oversold']}")

    def pairs_of(self, system: System, size: str, people: int, places: int) -> None:
        key = f"{people}{figures.THREE if places == 3 else ''}"
        try:
            cell = system.cell(size, people, places, self.plan.timing)
        except (LoadError, OSError) as error:
            self.say(f"{system.name} {size} {key}: {error}")
            return
        self.say(cells.line(system.name, size, key, cell))
        if cell is not None:
            figures.put_cell(self.figures, system.name, size, key, cell)

    def keep(self, *, at: datetime) -> None:
        more: dict[str, Any] = {
            "machine": self.machine | {"load_after": os.getloadavg()[0]},
            "features": FEATURES,
            "seconds": round(time.monotonic() - self.began),
            "quick": self.plan.quick,
        }
        figures.write(self.figures, more, at=at)
        self.say(f"Written: {figures.LATEST}")
