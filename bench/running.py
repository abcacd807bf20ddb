"""One run: the parts in order; what has been measured is kept, however the run ends."""

import os
import time
from collections.abc import Callable
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from bench import api_calls, buffers, cells, database, figures, moving
from bench.checking import oversold
from bench.driving import LoadError
from bench.filling import fill
from bench.machine import machine
from bench.opening import Opening
from bench.seeding import FEATURES, World
from bench.systems import Ceiling, Plumbline, System

WARM_UP = cells.Timing(0, 4)
LONGEST_WARM_UP_S = 40
# Pairs: more than five for each connection of both web workers.
WARM = 300


class Run:
    """`figures` is null for what is not measured yet."""

    def __init__(self, opening: Opening) -> None:
        self.opening, self.plan = opening, opening.plan
        self.figures = figures.merged() if self.plan.adds else figures.unmeasured()
        self.machine = machine(database.settings_of(opening.url))
        self.began = time.monotonic()
        self.say(f"{self.machine['cpu']}, {self.machine['cores']} cores, PostgreSQL {self.machine['postgres']}")
        for name, value in FEATURES.items():
            self.say(f"    {name}: {value}")

    @cached_property
    def world(self) -> World:
        return World(max(self.plan.people))

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def say(self, text: str) -> None:
        print(f"{self.seconds:6.0f} s  {text}", flush=True)

    def all(self) -> None:
        """What matters most first; a step for which the time is over stays null."""
        parts = self.plan.parts
        found = self.opening.systems(self.world) if {"pairs", "api"} & set(parts) else []
        for system in found:
            self.warm_up(system)
        self.pairs(found if "pairs" in parts else [], ["10k", "100k"])
        if "api" in parts:
            self.step("orders", partial(self.orders, found))
            self.step("pages", partial(self.task_pages, found))
            self.step("bulk", partial(self.bulk, found))
        if "buffers" in parts:
            self.claim_buffers("10k", 10_000)
            self.step("claim buffers, 10,000 done", self.buffers_of_long_past)
        if "rows" in parts:
            self.step("import", self.import_and_copy)
            self.step("export", self.export)
        self.pairs(found if "pairs" in parts else [], ["1m"])
        if "buffers" in parts:
            for size, count in self.plan.long_queues.items():
                self.claim_buffers(size, count)
        self.figures["oversold"] = oversold()
        self.say(f"places handed out beyond those there are: {self.figures['oversold']}")

    def step(self, name: str, do: Callable[[], str]) -> None:
        if self.seconds > self.plan.last_start_s(name):
            self.say(f"{name}: no time is left for it")
            return
        try:
            self.say(f"{name}: {do()}")
        except (LoadError, OSError) as error:
            self.say(f"{name}: {error}")

    def warm_up(self, system: System) -> None:
        """A new server imports, and each connection plans its first statements; none of that belongs into a cell."""
        if system.name == "pgbench":
            return
        seen, begun = 0, self.seconds
        while seen < WARM and self.seconds < begun + LONGEST_WARM_UP_S:
            try:
                measure = system.cell("10k", max(self.plan.people), 1)
                seen += measure(WARM_UP).pairs if measure else WARM
            except (LoadError, OSError) as error:
                self.say(f"{system.name} while warming up: {error}")

    def pairs(self, found: list[System], sizes: list[str]) -> None:
        """Cell by cell, in each of them the systems by turns."""
        for size, people, places in self.plan.cells(sizes):
            key = f"{people}{figures.THREE if places == 3 else ''}"
            if self.seconds > self.plan.last_start_s("pairs"):
                self.say(f"{size} {key}: no time is left for it")
                continue
            for name, rounds in self.side_by_side(found, size, people, places).items():
                cell = cells.figures_of(rounds)
                figures.put_cell(self.figures, name, size, key, cell)
                self.say(f"{name} {size} {key}: {cells.line(cell)}")

    def side_by_side(self, found: list[System], size: str, people: int, places: int) -> dict[str, list[cells.Round]]:
        """The rounds of each system that could be measured, in all or not at all."""
        measuring: dict[str, cells.Measuring] = {}
        rounds: dict[str, list[cells.Round]] = {}
        for turn in range(1 + cells.ROUNDS):
            for system in found:
                try:
                    if turn == 0:
                        if measure := system.cell(size, people, places):
                            measuring[system.name], rounds[system.name] = measure, []
                    elif system.name in measuring:
                        rounds[system.name].append(measuring[system.name](self.plan.timing))
                except (LoadError, OSError) as error:
                    self.say(f"{system.name} {size}, {people} people: {error}")
                    measuring.pop(system.name, None)
                    rounds.pop(system.name, None)
        return rounds

    def orders(self, found: list[System]) -> str:
        ours, ceiling = self.served(found)
        made, inserted = api_calls.orders_per_s(self.world, ours.server, ceiling.server, ceiling.sessions[0])
        self.figures |= {"task_create_per_s": made, "bare_insert_per_s": inserted}
        return f"{made} orders/s beside {inserted} bare inserts/s"

    def task_pages(self, found: list[System]) -> str:
        ours, _ceiling = self.served(found)
        self.figures["task_page_ms"] |= api_calls.page_ms(self.world, ours.server, self.plan.pages)
        return str(self.figures["task_page_ms"])

    def bulk(self, found: list[System]) -> str:
        ours, _ceiling = self.served(found)
        project, made = api_calls.bulk_rows_per_s(self.world, ours.server, self.plan.bulk_rows)
        copied = moving.copy_rows(self.opening.url, project).rows_per_s
        self.figures |= {"bulk_create_rows_per_s": made, "bulk_copy_rows_per_s": copied}
        return f"{made} rows/s; COPY of the same at {copied} rows/s"

    def served(self, found: list[System]) -> tuple[Plumbline, Ceiling]:
        """Raises OSError where the plan leaves one of them out."""
        ours = next((one for one in found if isinstance(one, Plumbline)), None)
        ceiling = next((one for one in found if isinstance(one, Ceiling)), None)
        if ours is None or ceiling is None:
            raise OSError("this needs both our server and the ceiling's")
        return ours, ceiling

    def claim_buffers(self, size: str, count: int) -> None:
        self.step(f"claim buffers, {size}", partial(self.buffers_of, size, count))

    def buffers_of(self, size: str, count: int) -> str:
        project = self.world.make_project(self.world.measured, f"Queue {size}")
        fill(project, count)
        self.figures["claim_buffers"][size] = buffers.of_open_work(self.world, project)
        return str(self.figures["claim_buffers"][size])

    def buffers_of_long_past(self) -> str:
        self.figures["claim_buffers"]["own10k"] = buffers.of_long_past(self.world)
        return str(self.figures["claim_buffers"]["own10k"])

    def import_and_copy(self) -> str:
        project, moved = moving.import_rows(self.world, self.plan.rows, most_s=self.plan.rows_s)
        copied = moving.copy_rows(self.opening.url, project)
        self.figures |= {"import_rows_per_s": moved.rows_per_s, "copy_rows_per_s": copied.rows_per_s}
        return f"{moved.rows} rows at {moved.rows_per_s} rows/s; COPY of {copied.rows} at {copied.rows_per_s} rows/s"

    def export(self) -> str:
        moved = moving.export_rows(self.world, self.plan.rows, most_s=self.plan.rows_s)
        self.figures |= {"export_rows_per_s": moved.rows_per_s, "export_peak_mb": moved.peak_mb}
        return f"{moved.rows} rows at {moved.rows_per_s} rows/s, {moved.peak_mb} MB at most"

    def keep(self, *, at: datetime) -> None:
        more: dict[str, Any] = {
            "machine": self.machine | {"load_after": os.getloadavg()[0]},
            "features": FEATURES,
            "seconds": round(self.seconds),
            "quick": self.plan.quick,
        }
        figures.write(self.figures, more, at=at)
        self.say(f"Written: {figures.LATEST}")
