"""Servers and databases side by side, held open in a stack until the run ends."""

import secrets
from contextlib import ExitStack
from pathlib import Path

from allauth.usersessions.models import UserSession

from bench import database, label_studio, serving, systems
from bench.label_studio import LabelStudio
from bench.pgbench import Pgbench
from bench.plan import Plan
from bench.processes import Backends
from bench.seeding import BACKEND, World
from bench.sessions import sign_in
from bench.systems import Ceiling, Plumbline, System


class Opening:
    def __init__(self, plan: Plan, stack: ExitStack, *, url: str, server_url: str, folder: Path) -> None:
        self.plan, self.stack = plan, stack
        self.url, self.server_url, self.folder = url, server_url, folder

    def systems(self, world: World) -> list[System]:
        """Those that the plan names; a server and a database for each."""
        found: list[System] = []
        if "plumbline" in self.plan.systems:
            found.append(self.plumbline(world))
        if {"ceiling", "pgbench"} & set(self.plan.systems):
            ceiling = self.ceiling()
            found += [one for one in (ceiling, Pgbench(ceiling)) if one.name in self.plan.systems]
        if "label_studio" in self.plan.systems:
            found.append(self.label_studio())
        return found

    def plumbline(self, world: World) -> Plumbline:
        sessions = [sign_in(worker.user, BACKEND) for worker in world.workers]
        for worker, key in zip(world.workers, sessions, strict=True):
            # Beside each session, as signing in leaves it.
            UserSession.objects.create(user=worker.user, session_key=key, ip="127.0.0.1", user_agent="bench")
        server = self.stack.enter_context(serving.plumbline(self.url, self.folder))
        return Plumbline(world, sessions, server, self.backends_of(self.url))

    def ceiling(self) -> Ceiling:
        url = self.stack.enter_context(database.fresh(self.server_url, "ceiling"))
        key = secrets.token_urlsafe(48)
        sessions = systems.ceiling_people(url, key, max(self.plan.people))
        server = self.stack.enter_context(serving.ceiling(url, self.folder, key))
        return Ceiling(url, sessions, server, self.backends_of(url))

    def label_studio(self) -> LabelStudio:
        label_studio.install()
        url = self.stack.enter_context(database.fresh(self.server_url, "peer"))
        port = serving.free_port()
        env = label_studio.environment(url, self.folder, port)
        tokens = label_studio.people(env, max(self.plan.people))
        server = self.stack.enter_context(label_studio.serve(env, self.folder, port))
        return LabelStudio(tokens, server, self.backends_of(url))

    def backends_of(self, url: str) -> Backends:
        backends = Backends(url)
        self.stack.callback(backends.close)
        return backends
