"""Who is killed, and how: kill -9 for a process, pg_terminate_backend for a connection."""

import os
import random
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.db import connection

from tests.proof.kills.site import APPLICATION, LiveSite

# A tab dies more often than anything else: it is where work can be lost.
WEIGHTS = {
    "tab": 4,
    "window": 4,
    "web": 2,
    "web process": 3,
    "worker": 3,
    "worker process": 3,
    "beat": 2,
    "broker": 3,
    "live": 1,
    "live process": 1,
    "connection": 4,
}


def kinds() -> list[str]:
    """SQLite has no connections to kill."""
    return [kind for kind in WEIGHTS if kind != "connection" or connection.vendor == "postgresql"]


def choose(chance: random.Random, count: int) -> list[str]:
    """Each kind at least once where there is room for all, the rest by weight, in any order."""
    all_kinds = kinds()
    chosen = chance.sample(all_kinds, min(count, len(all_kinds)))
    chosen += chance.choices(all_kinds, [WEIGHTS[kind] for kind in all_kinds], k=count - len(chosen))
    chance.shuffle(chosen)
    return chosen


def parents() -> dict[int, tuple[int, str]]:
    """Each living process: its parent and its command."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            command = (folder / "cmdline").read_text(errors="replace").replace("\0", " ")
            stat = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            if stat[0] != "Z":
                found[int(folder.name)] = (int(stat[1]), command)
    return found


def below(pid: int, all_processes: dict[int, tuple[int, str]]) -> set[int]:
    """The children of the process, and theirs."""
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        children = {child for child, (above, _command) in all_processes.items() if above == parent} - found
        found |= children
        waiting += children
    return found


def server_processes(site: LiveSite, kind: str) -> list[int]:
    """The main process of web, worker, beat or broker, or the processes below one."""
    everything = parents()
    mark = {
        "web": "config.runtime.web",
        "live": "config.runtime.live",
        "worker": " worker ",
        "beat": " beat ",
        "broker": "broker.sock",
    }
    program = kind.split(maxsplit=1)[0]
    mains = [
        pid
        for pid in below(site.process.pid, everything)
        if everything[pid][0] == site.process.pid and mark[program] in f"{everything[pid][1]} "
    ]
    return mains if kind == program else [pid for main in mains for pid in below(main, everything)]


def tab_processes(profile: Path, kind: str) -> list[int]:
    """`window`: the browser itself; `tab`: what draws its pages."""
    everything = parents()
    flag = f"--user-data-dir={profile}"
    mains = [pid for pid, (_above, command) in everything.items() if flag in command and "--type=" not in command]
    if kind == "window":
        return mains
    return [pid for main in mains for pid in below(main, everything) if "--type=renderer" in everything[pid][1]]


def kill(pids: list[int]) -> bool:
    """Whether at least one was alive."""
    killed = False
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            killed = True
    return killed


def kill_connection(choice: Callable[[list[int]], int]) -> bool:
    """End one of the site's connections, whatever it is in the middle of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()",
            [APPLICATION],
        )
        found = [pid for (pid,) in cursor.fetchall()]
        if not found:
            return False
        cursor.execute("SELECT pg_terminate_backend(%s)", [choice(found)])
    return True
