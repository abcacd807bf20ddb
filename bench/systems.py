"""The systems that stand side by side: each makes work of a size and the callers who do it."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

import psycopg

from bench.calling import CeilingCaller, PlumblineCaller, Visitor
from bench.cells import Measuring, measure
from bench.figures import SIZES
from bench.processes import Backends
from bench.serving import Server
from config.runtime.site import ROOT

if TYPE_CHECKING:
    from bench.seeding import World
    from projects.models import Project

# Below it a cell could use up the work of the one before.
SHARED_FROM = 100_000
FILL = """
INSERT INTO item (project, places_left, open, body)
SELECT %(project)s, %(places)s, true, jsonb_build_object('attachment', repeat('some words to read, ', 14) || n)
FROM generate_series(1, %(count)s) AS n
"""


class System(Protocol):
    name: str

    def cell(self, size: str, people: int, places: int) -> Measuring | None:
        """Seed what is missing; what measures it, one round after another. None for what cannot be measured."""
        ...


@dataclass
class Plumbline:
    world: "World"
    sessions: list[str]
    server: Server
    backends: Backends
    name: str = "plumbline"
    shared: dict[tuple[str, int], "Project"] = field(default_factory=dict)
    made: int = 0

    def cell(self, size: str, people: int, places: int) -> Measuring:
        self.world.enroll_only(self.project(size, places))
        self.backends.vacuum()
        callers = [PlumblineCaller(Visitor(self.server.host, key)) for key in self.sessions[:people]]
        return partial(measure, self.server, self.backends, callers)

    def project(self, size: str, places: int) -> "Project":
        from bench.filling import fill

        if (size, places) not in self.shared or SIZES[size] < SHARED_FROM:
            self.made += 1
            project = self.world.make_project(self.world.measured, f"Measured {self.made}", places=places)
            fill(project, SIZES[size])
            self.shared[size, places] = project
        return self.shared[size, places]


@dataclass
class Ceiling:
    url: str
    sessions: list[str]
    server: Server
    backends: Backends
    name: str = "ceiling"
    shared: dict[tuple[str, int], int] = field(default_factory=dict)
    made: int = 0

    def cell(self, size: str, people: int, places: int) -> Measuring:
        project = self.project(size, places)
        self.backends.vacuum()
        callers = [CeilingCaller(Visitor(self.server.host, key), project) for key in self.sessions[:people]]
        return partial(measure, self.server, self.backends, callers)

    def project(self, size: str, places: int) -> int:
        if (size, places) not in self.shared or SIZES[size] < SHARED_FROM:
            self.shared[size, places] = self.fill(SIZES[size], places)
        return self.shared[size, places]

    def fill(self, count: int, places: int) -> int:
        """A new project of so many items; its number."""
        self.made += 1
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(FILL, {"project": self.made, "places": places, "count": count})
        return self.made


def ceiling_people(database_url: str, secret_key: str, count: int) -> list[str]:
    """Tables and people of the ceiling, made by a process with its settings; a session's key for each."""
    env = {**os.environ, "DATABASE_URL": database_url, "SECRET_KEY": secret_key}
    command = [sys.executable, "-m", "bench.ceiling_people", str(count)]
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    return done.stdout.split()
