"""The guide's tables name what the code reads and answers, no more and no less."""

import ast
import re
from pathlib import Path

from config.operating import background
from tests.machine import ROOT

GUIDE = ROOT / "docs" / "guides" / "operators.md"
READERS = {"text", "boolean", "integer", "integers", "networks", "secret", "get"}
# What our own programs tell each other.
INTERNAL = {"DJANGO_SETTINGS_MODULE", "PLUMBLINE_PARENT", "PLUMBLINE_READY_FILE"}


def variables_read() -> set[str]:
    """The first arguments of env.text(…), os.environ.get(…) and their like in the settings and the runtime."""
    files = [
        ROOT / "config" / "settings.py",
        ROOT / "config" / "celery.py",
        *(ROOT / "config" / "runtime").glob("*.py"),
    ]
    return {name for file in files for name in names_in(file)} - INTERNAL


def names_in(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in READERS
            and node.args
        ):
            first = node.args[0]
            if isinstance(first, ast.Constant) and re.fullmatch(r"[A-Z][A-Z_]+", str(first.value)):
                found.add(str(first.value))
    return found


def table(title: str) -> set[str]:
    """The first column of the first table under the title."""
    part = GUIDE.read_text(encoding="utf-8").split(f"\n## {title}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE))


def test_guide_lists_the_variables_that_are_read():
    assert table("Environment") == variables_read()


def test_guide_explains_the_codes_of_readyz():
    codes = set(re.findall(r'Finding\(\s*"(\w+)"', Path(background.__file__).read_text(encoding="utf-8")))

    assert table("Health") == codes - {"outbox_failed", "events_unsealed", "jobs_stuck"}


def test_guide_names_the_commands_that_exist():
    named = set(re.findall(r"manage\.py (\w+)", GUIDE.read_text(encoding="utf-8")))
    own = {path.stem for path in ROOT.glob("*/management/commands/*.py")} | {"migrate", "check"}

    assert named <= own
    assert {"doctor", "backup", "restore"} <= named
