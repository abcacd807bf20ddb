"""What the whole house keeps to and no tool checks; tests/house/ has what needs a look at the syntax."""

import re
import subprocess
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest
from django.apps import apps

from tests.house.reading import APPS
from tests.machine import ROOT

# Global, or reached only through a row that has `visible_to`: said here with the reason.
WITHOUT_VISIBLE_TO = {
    "accounts.AccessLog": "of the site; the site admins' pages only",
    "accounts.User": "people are found through memberships, workers and invitations",
    "automation.BudgetLevel": "read with a rule; counts",
    "automation.Tally": "read with a rule; counts",
    "automation.TallyMark": "of the counter",
    "config.Pulse": "of the site: when its processes last said that they live",
    "core.LimitsCache": "of the site: counts of failed sign-ins",
    "delivery.Attempt": "through its delivery",
    "events.Outbox": "of the site: what has still to reach somebody; the site admins' pages only",
    "events.SealChain": "of the sealer",
    "events.SealMark": "of the sealer",
    "labeling.Amendment": "through its submission",
    "labeling.Lane": "of the queue; nobody looks at it",
    "labeling.LaneCursor": "of the queue; nobody looks at it",
    "labeling.Position": "of the queue; nobody looks at it",
    "labeling.Report": "through its assignment; open ones on the site admins' page",
    "labeling.Resolution": "through its task",
    "labeling.Review": "through its submission",
    "labeling.WorkItem": "of the queue; a worker reaches it through an assignment",
    "projects.Attachment": "through its task",
    "projects.BatchGroup": "read with its batch",
    "projects.BudgetPool": "of the queue; nobody looks at it",
    "projects.BudgetToken": "of the queue; nobody looks at it",
    "projects.GroupMember": "read with its group",
    "projects.RequiredSkill": "read with its project",
    "projects.Requirement": "read with its project",
    "projects.WallMember": "read with its wall",
    "workers.WorkerLanguage": "read with its worker",
    "leaving.Counterpart": "through its origin",
    "labeling.WorkDay": "of the queue; pages read intervals",
    "labeling.WorkedFor": "of the queue; it would tell who the customers are",
    "projects.DraftFile": "through its draft",
    "projects.ImportRefusal": "through its import",
    "projects.ProjectVersion": "through its project",
    "projects.TakenUpload": "through its upload",
    "projects.TaskContent": "through its task",
    "projects.TaskTag": "through its task",
    "quality.AuditLease": "through its audit",
    "quality.SampledTask": "through its sample",
    "workers.TeamMember": "through its team",
}
# Where the words are forbidden, a rule of ruff's that is named so, and a role in the dialect of Scale's client.
WORDS_ALLOWED = {
    "tests/test_house.py",
    "docs/decisions/0001-layers-and-words.md",
    "pyproject.toml",
    "api/v1/teams.py",
    "tests/api/test_teams.py",
    "tests/api/methods/of_people.py",
}
SYNONYMS = re.compile(r"\b(annotators?|labell?ers?|slots?)\b", re.IGNORECASE)
PLACES = re.compile(r"/work/(?:main|shared)|/root/|files\.pythonhosted\.org|pypi\.org/simple|registry\.npmjs\.org")
STYLES = re.compile(r"\sstyle=|\|\s*safe\b|\son[a-z]+=[\"']", re.IGNORECASE)
SCRIPTS = re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE)
READ = {".py", ".html", ".md", ".toml", ".yml", ".ts", ".tsx", ".css", ".txt", ".lock", ".json", ""}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False).stdout.decode()
    names = [name for name in listed.split("\0") if name] or [
        str(path.relative_to(ROOT)) for app in (*APPS, "docs", "tests") for path in (ROOT / app).rglob("*.*")
    ]
    return [ROOT / name for name in names if Path(name).suffix in READ and (ROOT / name).is_file()]


def lines_with(pattern: re.Pattern[str], paths: list[Path], allowed: AbstractSet[str] = frozenset()) -> list[str]:
    found = []
    for path in paths:
        name = str(path.relative_to(ROOT))
        if name not in allowed:
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [f"{name}:{number}" for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)]
    return found


def test_every_model_says_who_may_see_its_rows():
    own = [model for model in apps.get_models() if model.__module__.split(".")[0] in APPS]
    without = {model._meta.label for model in own if not hasattr(model._default_manager, "visible_to")}

    assert without == set(WITHOUT_VISIBLE_TO)


def test_one_word_per_concept():
    paths = [path for path in tracked() if path.name != "package-lock.json" and path.suffix != ".lock"]

    assert lines_with(SYNONYMS, paths, WORDS_ALLOWED) == []


def test_nothing_of_a_customer_is_fetched_by_the_server():
    """Addresses that customers give are never opened: whoever wants to go out is named here."""
    going_out = re.compile(
        r"^\s*(?:import|from) (?:requests|urllib\.request|urllib3|httpx|aiohttp|http\.client|ftplib)\b"
    )
    paths = [path for path in tracked() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in APPS]

    found = {place.rsplit(":", 1)[0] for place in lines_with(going_out, paths)}

    assert found <= {"files/fetching.py", *(name for name in found if name.startswith("config/runtime/"))}


def test_no_machine_and_no_registry_is_named():
    assert lines_with(PLACES, tracked(), {"tests/test_house.py"}) == []


@pytest.mark.parametrize("pattern", [STYLES, SCRIPTS], ids=["styles", "scripts"])
def test_templates_have_no_inline_style_and_no_inline_script(pattern):
    templates = [path for path in tracked() if path.suffix == ".html"]

    assert len(templates) > 50
    assert lines_with(pattern, templates) == []
