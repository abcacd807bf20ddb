"""Which programs run: broker, web, live events, worker, beat, and for developers Vite."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from config.runtime import broker
from config.runtime.child import Child
from config.runtime.site import ROOT, Site
from core.env import boolean

CELERY = [sys.executable, "-m", "celery", "-A", "config.celery:app"]
# Of what tells people: when one is killed it takes seconds to load everything, and meanwhile the other goes on.
TWICE = ("", " 2")


def environment(site: Site) -> dict[str, str]:
    """What all programs get beside the supervisor's own environment."""
    return {
        "DATA_DIR": str(site.data_dir),
        "HOST": site.host,
        "PORT": str(site.port),
        "LIVE_PORT": str(site.live_port),
        "REDIS_URL": os.environ.get("REDIS_URL") or broker.url(broker.socket_path(site.data_dir)),
        "PYTHONUNBUFFERED": "1",
    }


def own_broker(site: Site, env: Mapping[str, str]) -> Child | None:
    """None where REDIS_URL names one, or where no server is found."""
    server = broker.program()
    if os.environ.get("REDIS_URL") or server is None:
        return None
    path = broker.socket_path(site.data_dir)
    return Child(
        name="broker",
        command=broker.command(server, path),
        log=site.log("broker"),
        env=env,
        is_ready=lambda: broker.answers(path),
    )


def web(site: Site, env: Mapping[str, str]) -> Child:
    # A pool of connections belongs to a process with threads, which only the web server is.
    pool = {"DATABASE_POOL": "1"} if os.environ.get("DATABASE_URL", "").startswith("postgres") else {}
    return Child(
        name="web",
        command=[sys.executable, "-m", "config.runtime.web"],
        log=site.log("web"),
        env={**env, **pool},
        is_ready=site.answers,
    )


def live(site: Site, env: Mapping[str, str]) -> list[Child]:
    """Two at one port; none where somebody has turned them off."""
    if not boolean("LIVE_EVENTS", default=True):
        return []
    command = [sys.executable, "-m", "config.runtime.live"]
    return [
        Child(name=name, command=command, log=site.log(name), env=env, is_ready=site.live_answers)
        for name in (f"live{which}" for which in TWICE)
    ]


def background(site: Site, env: Mapping[str, str]) -> list[Child]:
    """Workers and beat. The schedule is static and jobs look at rows, so beat keeps no file of when it last ran."""
    beat = [*CELERY, "beat", "--scheduler", "celery.beat:Scheduler"]
    return [
        *(worker(site, env, f"worker{which}") for which in TWICE),
        Child(name="beat", command=beat, log=site.log("beat"), env=env, is_ready=lambda: True),
    ]


def worker(site: Site, env: Mapping[str, str], name: str) -> Child:
    """One that does one job after another."""
    file_name = name.replace(" ", "-")
    ready = site.data_dir / f"{file_name}-is-ready"
    ready.unlink(missing_ok=True)
    options = ["--concurrency=1", "--without-gossip", "--without-mingle", "--hostname", f"{file_name}@%h"]
    return Child(
        name=name,
        command=[*CELERY, "worker", *options],
        log=site.log(name),
        env={**env, "PLUMBLINE_READY_FILE": str(ready)},
        is_ready=taken(ready),
    )


def taken(path: Path) -> Callable[[], bool]:
    """Whether the file is there; it is removed, so that a restarted process has to make it anew."""

    def is_there() -> bool:
        there = path.exists()
        path.unlink(missing_ok=True)
        return there

    return is_there


def web_that_reloads(site: Site, env: Mapping[str, str]) -> Child:
    address = f"{site.host}:{site.port}"
    return Child(
        name="web",
        command=[sys.executable, "manage.py", "runserver", address],
        log=None,
        env=env,
        is_ready=site.answers,
        cwd=ROOT,
    )


def vite(env: Mapping[str, str]) -> Child:
    """Vite's server, which sends changed modules to the browser."""
    folder = ROOT / "frontend"
    port = os.environ.get("VITE_PORT") or "5173"
    command = ["node", "node_modules/vite/bin/vite.js", "--port", port, "--strictPort", "--clearScreen", "false"]
    guarded = [sys.executable, "-I", str(broker.GUARD), *command]
    return Child(name="vite", command=guarded, log=None, env=env, is_ready=lambda: True, cwd=folder)
