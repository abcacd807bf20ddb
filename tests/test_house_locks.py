"""The lock files: hashed, without a host's name, of one mind; and what the tools are told about the packages."""

import json
import re
import tomllib
from typing import Any

import pytest

from tests.machine import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-node.lock")
NOT_OURS = {"bootstrap", "tests"}


def entries(name: str) -> dict[str, str]:
    """Package → version and marker, as the lock file says."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\\\n]*?)\s*\\?$", text, re.MULTILINE))


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_every_file_by_its_hash_and_no_host(name):
    text = (ROOT / name).read_text(encoding="utf-8")

    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE)
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert [block for block in blocks if not block.startswith("#") and "--hash=sha256:" not in block] == []


def test_lock_for_development_contains_the_one_for_running():
    run, dev = entries("requirements.lock"), entries("requirements-dev.lock")

    assert run.items() <= dev.items()


def test_lock_names_what_the_project_asks_for():
    asked = pyproject()["project"]["dependencies"]
    names = {re.split(r"[\[~=<>; ]", line)[0].lower() for line in asked}

    assert names <= {name.lower() for name in entries("requirements.lock")}


def test_front_end_lock_names_no_host():
    text = (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")

    assert '"resolved"' not in text
    assert '"integrity"' in text


def test_front_end_asks_for_exact_versions():
    package = json.loads((ROOT / "frontend" / "package.json").read_text(encoding="utf-8"))
    asked = package["dependencies"] | package["devDependencies"]

    assert {name: version for name, version in asked.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)} == {}


def test_import_linter_looks_at_every_package():
    here = {path.parent.name for path in ROOT.glob("*/__init__.py")} - NOT_OURS

    assert set(pyproject()["tool"]["importlinter"]["root_packages"]) == here


def test_import_linter_knows_the_place_of_every_package():
    contracts = pyproject()["tool"]["importlinter"]["contracts"]
    named = set(re.findall(r"\w+", " ".join(contracts[0]["layers"])))

    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} - NOT_OURS <= named


def test_page_of_libraries_lists_what_is_asked_for_and_nothing_else():
    page = (ROOT / "docs" / "decisions" / "libraries.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| ([@a-z][^ |]*) \|", page, re.MULTILINE)
    project = pyproject()
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    package = json.loads((ROOT / "frontend" / "package.json").read_text(encoding="utf-8"))
    asked = {re.split(r"[\[~=<>; ]", line)[0] for group in groups for line in group}

    assert sorted(name for name in listed if name != "package") == sorted(
        asked | package["dependencies"].keys() | package["devDependencies"].keys()
    )
