import ast
import zoneinfo
from pathlib import Path

import pytest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Role
from events.wording import WORDS, Said, Wording, register, say

ROOT = Path(__file__).parents[2]
NAIROBI = zoneinfo.ZoneInfo("Africa/Nairobi")


@pytest.fixture(autouse=True)
def words(monkeypatch):
    monkeypatch.setitem(
        WORDS,
        "t_paused",
        Wording(
            subject=ngettext_lazy("%(count)s project is paused", "%(count)s projects are paused", "count"),
            body=_("Until %(until)s. 71 %% are done, %(pay_micros)s are yours as %(role)s."),
            choices={"role": Role},
            link="events:job",
            link_params=("public_id",),
        ),
    )


def test_say_puts_numbers_instants_money_and_codes_into_words():
    params = {
        "count": 2,
        "until": "2026-11-23T12:09:00+00:00",
        "pay_micros": 1_650_000,
        "currency": "USD",
        "role": "manager",
        "public_id": "abc",
    }
    with timezone.override(NAIROBI):
        said = say("t_paused", params)

    body = "Until 23 Nov 2026, 15:09 EAT. 71 % are done, $1.65 are yours as Manager."
    assert said == Said("2 projects are paused", body, "/jobs/abc/")
    assert said.url == "http://localhost:8000/jobs/abc/"


def test_say_chooses_the_singular():
    assert say("t_paused", {"count": 1}).subject == "1 project is paused"


def test_say_survives_missing_params():
    assert say("t_paused", {}) == Said("… projects are paused", "Until …. 71 % are done, … are yours as ….")


def test_say_survives_an_unknown_code():
    assert say("never heard of", {"count": 1}).subject == "Something happened that has no words yet."
    assert say("never heard of", {"sentence": "The disk is full."}).subject == "The disk is full."


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(["count", "until", "pay_micros", "currency", "role", "public_id", "x_at"])


@pytest.mark.filterwarnings("ignore:Plural value must be an integer")
@settings(deadline=None)  # the first sentence loads the catalogues and the URLs
@given(params=st.dictionaries(NAMES, JSON))
def test_say_never_raises(params):
    WORDS["t_any"] = Wording(
        subject=ngettext_lazy("%(count)d thing", "%(count)d things", "count"),
        body="%(until)s %(pay_micros)s %(role)s %(x_at)s",
        choices={"role": Role},
        link="events:job",
        link_params=("public_id",),
    )
    assert say("t_any", params).subject
    assert say("unknown", params).subject
    del WORDS["t_any"]


def test_register_refuses_a_second_wording_for_a_code():
    with pytest.raises(AssertionError, match="has a wording already"):
        register("t_paused", Wording(subject="Another"))


def codes_told():
    """Each code that the product's calls of tell() and Progress() name literally, with where."""
    for path in sorted(ROOT.glob("[a-z]*/**/*.py")):
        if path.relative_to(ROOT).parts[0] in {"tests", "frontend", "var", "static"}:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            for keyword in getattr(node, "keywords", []) if is_telling(node) else []:
                if keyword.arg in {"code", "message_code"} and isinstance(keyword.value, ast.Constant):
                    yield keyword.value.value, path.relative_to(ROOT).as_posix()


def is_telling(node):
    return isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"tell", "Progress"}


def test_everything_that_people_are_told_has_words():
    told = {code: path for code, path in codes_told() if code}
    assert "invitation_accepted" in told
    assert {code: path for code, path in told.items() if code not in WORDS} == {}
