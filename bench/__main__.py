"""`python -m bench [--quick] [--only PARTS] [--sizes 10k,…] [--people 8,…] [--peers]`: what make bench runs."""

import argparse
import os
import secrets
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from bench import database
from bench.cells import ROUNDS, Timing
from bench.figures import PEOPLE, SIZES
from bench.plan import PARTS, Plan


def main(arguments: list[str]) -> int:
    plan = plan_of(arguments)
    free_gb = shutil.disk_usage(Path.cwd()).free / 1e9
    if free_gb < plan.needed_gb:
        print(f"This run needs {plan.needed_gb} GB of free disk; there are {free_gb:.0f}. Choose --sizes or --only.")
        return 1
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="plumbline-bench-")))
        server_url = stack.enter_context(database.server())
        url = stack.enter_context(database.fresh(server_url, "site"))
        set_up_django(url, folder)
        from bench.opening import Opening
        from bench.running import Run

        run = Run(Opening(plan, stack, url=url, server_url=server_url, folder=folder))
        try:
            run.all()
        finally:
            run.keep(at=datetime.now(tz=UTC))  # noqa: TID251 (the edge)
    return 0


def plan_of(arguments: list[str]) -> Plan:
    parser = argparse.ArgumentParser(prog="python -m bench", description="What a claim and a submit cost.")
    parser.add_argument("--only", type=words, default=list(PARTS), help=f"parts, of {','.join(PARTS)}")
    parser.add_argument("--sizes", type=words, default=list(SIZES), help="of 10k,100k,1m")
    parser.add_argument("--people", type=numbers, default=list(PEOPLE), help="how many at once, of 1,8,32")
    parser.add_argument("--places", type=numbers, default=[1, 3], help="people per task, of 1,3")
    parser.add_argument("--systems", type=words, default=["plumbline", "ceiling", "pgbench"])
    parser.add_argument(
        "--seconds", type=float, default=6.0, help="of each cell, in three rounds, each after two of warm-up"
    )
    parser.add_argument("--peers", action="store_true", help="Label Studio beside us, added to the last figures")
    parser.add_argument("--quick", action="store_true", help="a trial: 10k tasks, short cells, few rows")
    found = parser.parse_args(arguments)
    if found.quick:
        found.sizes, found.seconds = ["10k"], min(found.seconds, 3.0)
    if found.peers:
        found.only, found.systems, found.places = ["pairs"], ["plumbline", "ceiling", "label_studio"], [1]
        # Fewer would not see enough of a peer's pairs; in more the ceiling could use up 10,000 tasks.
        found.seconds = max(found.seconds, 12.0)
        found.sizes = [size for size in found.sizes if size != "1m"]
    timing = Timing(2.0, found.seconds / ROUNDS)
    return Plan(
        found.only, found.sizes, found.people, found.places, found.systems, timing, quick=found.quick, adds=found.peers
    )


def words(text: str) -> list[str]:
    return text.split(",")


def numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


def set_up_django(url: str, folder: Path) -> None:
    """This process works on the database that is measured, with the settings of a company's site."""
    os.environ |= {"DATABASE_URL": url, "DATA_DIR": str(folder), "SECRET_KEY": secrets.token_urlsafe(48)}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    for name in ("DATABASE_POOL", "DEV", "PUBLIC_URL", "PORT", "HOST"):
        os.environ.pop(name, None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def end(_number: int, _frame: FrameType | None) -> None:
    """A termination is treated like Ctrl-C: servers are ended, databases dropped, and figures kept."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Stopped.")
