"""CPU time and memory of processes, from /proc; nothing where there is none."""

import os
from collections.abc import Iterable
from pathlib import Path

import psycopg

PROC = Path("/proc")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
# Behind the name in parentheses, which may itself hold spaces: field 3 of proc(5) is the first.
PARENT, USER_TICKS, SYSTEM_TICKS = 1, 11, 12


def stat(pid: int) -> list[str]:
    """The fields behind the name; empty for a process that has ended."""
    try:
        return (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def cpu_s(pids: Iterable[int]) -> dict[int, float]:
    """Seconds of CPU that each has used so far."""
    found = {pid: stat(pid) for pid in pids}
    return {pid: (int(f[USER_TICKS]) + int(f[SYSTEM_TICKS])) / TICKS_PER_S for pid, f in found.items() if f}


def family(pid: int) -> list[int]:
    """The process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for path in PROC.glob("[0-9]*"):
        if fields := stat(int(path.name)):
            children.setdefault(int(fields[PARENT]), []).append(int(path.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


class Backends:
    """The server processes of PostgreSQL that work for one database; the one that asks is not counted."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)

    def pids(self) -> list[int]:
        found = self.connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [row[0] for row in found]

    def vacuum(self) -> None:
        """What autovacuum does on a site within a minute or two, here between cells, whether it is on or off."""
        self.connection.execute("VACUUM (ANALYZE, SKIP_LOCKED)")

    def close(self) -> None:
        self.connection.close()


def spent_s(before: dict[int, float], after: dict[int, float]) -> float | None:
    """What was used between; a process that is new began at 0. None where nothing could be read."""
    return sum(used - before.get(pid, 0.0) for pid, used in after.items()) if after else None


def peak_mb(pid: int) -> float | None:
    """The most memory that the process has held, in megabytes of 10^6 bytes."""
    try:
        lines = (PROC / str(pid) / "status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM")), None)
