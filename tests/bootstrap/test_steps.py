import subprocess
import sys

import pytest

from bootstrap import building, node, packages, steps
from bootstrap.steps import SetUpError
from tests.machine import ROOT


@pytest.fixture(autouse=True)
def stamps(tmp_path, monkeypatch):
    monkeypatch.setattr(steps, "STAMPS", tmp_path / "stamps")
    monkeypatch.setattr(packages, "STAMPS", tmp_path / "stamps")


def test_once_works_again_only_for_another_mark(tmp_path):
    done = []

    for mark in ("a", "a", "b", "b", "a"):
        steps.once("thing", mark, "Making a thing", lambda mark=mark: done.append(mark))

    assert done == ["a", "b", "a"]


def test_once_works_again_when_its_result_has_gone(tmp_path):
    result = tmp_path / "result"
    for _ in range(2):
        steps.once("thing", "a", "Making a thing", result.touch, result=result)
    result.unlink()

    steps.once("thing", "a", "Making a thing", result.touch, result=result)

    assert result.exists()


def test_once_that_failed_is_done_again(tmp_path):
    steps.once("thing", "a", "Making a thing", lambda: None)

    with pytest.raises(ZeroDivisionError):
        steps.once("thing", "b", "Making a thing", lambda: 1 // 0)

    done = []
    steps.once("thing", "a", "Making a thing", lambda: done.append("a"))
    assert done == ["a"]


def test_run_shows_what_a_failed_program_printed(capsys):
    with pytest.raises(SetUpError, match="failed with code 3"):
        steps.run([sys.executable, "-c", "print('no space left'); raise SystemExit(3)"])

    assert capsys.readouterr().out == "no space left\n"


def test_fingerprint_sees_contents_and_names(tmp_path, monkeypatch):
    monkeypatch.setattr(steps, "ROOT", tmp_path)
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text("a")
    before = steps.fingerprint([first])

    first.write_text("b")
    changed = steps.fingerprint([first])
    first.rename(second)

    assert len({before, changed, steps.fingerprint([second])}) == 3


def test_entry_of_uv_has_its_version_and_all_its_hashes():
    lock = packages.DEV_LOCK.read_text(encoding="utf-8")

    lines = packages.entry_of("uv", lock).strip().splitlines()

    assert lines[0].startswith("uv==")
    assert len(lines) > 2
    assert all(line.strip().startswith("--hash=sha256:") for line in lines[1:])
    assert "\n".join(lines) in lock


def test_entry_of_what_the_lock_does_not_name_is_an_error():
    with pytest.raises(SetUpError, match="does not name nothing"):
        packages.entry_of("nothing", "uv==1 \\\n    --hash=sha256:0\n")


@pytest.mark.parametrize("stamped", ["requirements.lock", "requirements-dev.lock"])
def test_packages_to_run_are_there_when_either_lock_is_installed(stamped, tmp_path, monkeypatch):
    installed = []
    monkeypatch.setattr(packages, "make_environment", lambda folder: None)
    monkeypatch.setattr(packages, "sync", lambda lock, python: installed.append(lock.name))
    (tmp_path / "stamps").mkdir()
    (tmp_path / "stamps" / "packages").write_text(packages.mark_of(ROOT / stamped))

    packages.install_to_run()

    assert installed == []
    packages.install_to_develop()
    assert installed == ([] if stamped == "requirements-dev.lock" else ["requirements-dev.lock"])


def test_packages_are_installed_when_the_lock_has_changed(tmp_path, monkeypatch):
    installed = []
    monkeypatch.setattr(packages, "make_environment", lambda folder: None)
    monkeypatch.setattr(packages, "sync", lambda lock, python: installed.append(lock.name))
    (tmp_path / "stamps").mkdir()
    (tmp_path / "stamps" / "packages").write_text("requirements-dev.lock of-yesterday")

    packages.install_to_run()
    packages.install_to_run()

    assert installed == ["requirements.lock"]


@pytest.mark.parametrize(
    ("said", "version", "is_new_enough"),
    [
        ("v24.15.0", (24, 15), True),
        ("v24.14.9", (24, 14), False),
        ("v20.20.2", (20, 20), False),
        ("v26.0.1", (26, 0), True),
        ("", (), False),
    ],
)
def test_node_is_used_when_it_is_new_enough(said, version, is_new_enough, tmp_path):
    program = tmp_path / "node"
    program.write_text(f"#!/bin/sh\necho {said}\n")
    program.chmod(0o755)

    assert node.version_of(str(program)) == version
    assert (version >= node.OLDEST) is is_new_enough


def test_sources_of_the_front_end_are_without_what_is_built():
    found = {str(path.relative_to(ROOT / "frontend")) for path in building.sources(ROOT / "frontend")}

    assert {"package.json", "vite.config.ts"} <= found
    assert not [path for path in found if path.startswith(("node_modules", "dist"))]


def test_an_unknown_command_is_answered_with_those_there_are():
    done = subprocess.run(
        [sys.executable, "-m", "bootstrap", "fly"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    names = "run, build, dev, test, proof, mutants, screenshots, check, bench"
    assert done.stdout == f"There is no fly; there are: {names}.\n"
