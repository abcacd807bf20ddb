"""`python -m config.runtime [--dev]`: what make run and make dev start when everything is installed."""

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from config.runtime import site
from config.runtime.supervisor import Supervisor


class StartError(Exception):
    """The text says why, and what to do."""


@contextmanager
def alone(here: site.Site) -> Iterator[None]:
    """One supervisor per folder of data: a second one would take the first one's broker away."""
    try:
        here.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StartError(f"DATA_DIR cannot be used: {error}") from None
    with (here.data_dir / "supervisor.lock").open("w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(f"Plumbline is running already with DATA_DIR={here.data_dir}. Stop it first.") from None
        yield


def main(arguments: list[str]) -> int:
    try:
        here = site.from_environment()
        with alone(here):
            free_port(here)
            return Supervisor(here.with_free_live_port(), dev="--dev" in arguments).run()
    except (StartError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def free_port(here: site.Site) -> None:
    if problem := here.port_problem():
        raise StartError(problem)


sys.exit(main(sys.argv[1:]))
