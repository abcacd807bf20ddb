"""The commands, each a list of steps; the last step replaces this process, so that signals reach what runs."""

import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bootstrap import building, checking, node, packages
from bootstrap.steps import ROOT, SetUpError, say


def main(arguments: list[str]) -> int:
    """Run one command; a failure of the set-up is a sentence, not a traceback."""
    name = arguments[0] if arguments else "run"
    if name not in COMMANDS:
        say(f"There is no {name}; there are: {', '.join(COMMANDS)}.")
        return 2
    os.chdir(ROOT)
    try:
        with alone():
            return COMMANDS[name](arguments[1:])
    except SetUpError as error:
        say(str(error))
    except KeyboardInterrupt:
        say("Stopped.")
    return 1


@contextmanager
def alone() -> Iterator[None]:
    """Two set-ups of one folder would remove each other's files: the second waits for the first."""
    with Path(__file__).open(encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is at work in this folder; waiting for it.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def run(arguments: list[str]) -> int:
    set_up_to_serve(packages.install_to_run)
    return become("config.runtime", *arguments)


def build(_arguments: list[str]) -> int:
    """All that can be done before there is a database: what an image contains."""
    set_up_to_serve(packages.install_to_run)
    return 0


def dev(arguments: list[str]) -> int:
    packages.install_to_develop()
    building.compile_catalogues()
    os.environ["PATH"] = node.install()["PATH"]
    return become("config.runtime", "--dev", *arguments)


def test(arguments: list[str]) -> int:
    set_up_to_serve(packages.install_to_develop)
    os.environ["PATH"] = node.install()["PATH"]
    return become("tests.tiers", *arguments)


def proof(arguments: list[str]) -> int:
    packages.install_to_develop()
    return become("tests.tiers", "proof", *arguments)


def mutants(arguments: list[str]) -> int:
    packages.install_to_develop()
    return become("tests.proof.mutants", *arguments)


def screenshots(arguments: list[str]) -> int:
    set_up_to_serve(packages.install_to_develop)
    return become("tests.pictures", *arguments)


def bench(arguments: list[str]) -> int:
    set_up_to_serve(packages.install_to_develop)
    return become("bench", *arguments)


def check(arguments: list[str]) -> int:
    set_up_to_serve(packages.install_to_develop)
    return checking.check(arguments, env=node.install())


def set_up_to_serve(install: Callable[[], None]) -> None:
    install()
    building.build_front_end()
    building.compile_catalogues()
    building.collect_static_files()


def become(module: str, *arguments: str) -> int:
    sys.stdout.flush()
    os.execv(packages.PYTHON, [str(packages.PYTHON), "-m", module, *arguments])


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "build": build,
    "dev": dev,
    "test": test,
    "proof": proof,
    "mutants": mutants,
    "screenshots": screenshots,
    "check": check,
    "bench": bench,
}
