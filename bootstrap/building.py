"""What is made from the sources before the server starts: the front end, catalogues, the folder of static files."""

import os
from collections.abc import Iterator
from pathlib import Path

from bootstrap import node
from bootstrap.packages import PYTHON, RUN_LOCK
from bootstrap.steps import ROOT, fingerprint, once, run

FRONT = ROOT / "frontend"
DIST = FRONT / "dist"
STATIC = ROOT / "static"
NOT_SOURCES = {"node_modules", "dist", ".venv", ".venv-node", "var", "static", ".git"}


def sources(folder: Path, *suffixes: str) -> Iterator[Path]:
    """Files below a folder, of some suffixes or all, without what is installed or built."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in NOT_SOURCES and not name.startswith(".")]
        yield from (Path(parent) / name for name in names if not suffixes or Path(name).suffix in suffixes)


def build_front_end() -> None:
    """Bundle frontend/ into frontend/dist; Node is looked for only when there is something to build."""
    mark = fingerprint(sources(FRONT))
    once("front", mark, "Building the front end", bundle, result=DIST / "manifest.json")


def bundle() -> None:
    run(["npm", "run", "build"], cwd=FRONT, env=node.install())


def compile_catalogues() -> None:
    """Turn locale/*/LC_MESSAGES/*.po into the files that gettext reads."""
    catalogues = list(sources(ROOT / "locale", ".po"))
    if catalogues:
        once("catalogues", fingerprint(catalogues), "Compiling translations", lambda: compile_each(catalogues))


def compile_each(catalogues: list[Path]) -> None:
    for catalogue in catalogues:
        run([PYTHON.parent / "pybabel", "compile", "-i", catalogue, "-o", catalogue.with_suffix(".mo")])


def collect_static_files() -> None:
    """Gather the files of all apps and the bundle in static/, compressed."""
    files = [path for app in ROOT.glob("*/static") for path in sources(app)]
    files += [RUN_LOCK, ROOT / "config" / "settings.py", *(path for path in DIST.rglob("*") if path.is_file())]
    command: list[str | Path] = [PYTHON, "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity", "0"]
    once("static", fingerprint(files), "Collecting static files", lambda: run(command), result=STATIC)
